"""add review settings of gardens."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("brief_review", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("business_garden", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reviews_first_brief", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("reviews_unsure", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("reviews_no_budget", sa.Boolean(), server_default=sa.true(), nullable=False)
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("business_garden", schema=None) as batch_op:
        batch_op.drop_column("reviews_no_budget")
        batch_op.drop_column("reviews_unsure")
        batch_op.drop_column("reviews_first_brief")

    with op.batch_alter_table("brief_review", schema=None) as batch_op:
        batch_op.drop_column("reasons")
