"""add suggested invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suggested_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("suggestion", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_invitation_suggested_by_id_business_garden"),
            "business_garden",
            ["suggested_by_id"],
            ["id"],
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_invitation_suggested_by_id_business_garden"), type_="foreignkey"
        )
        batch_op.drop_column("suggestion")
        batch_op.drop_column("suggested_by_id")
