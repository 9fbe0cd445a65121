"""Let mandates include opened offers, and store the details of acts that wait for a confirmation."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", sa.JSON(), server_default="{}", nullable=False))

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reads_offers", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_column("reads_offers")

    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.drop_column("details")
