"""Add withdrawn measurements."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_column("is_withdrawn")
