"""add calendar sequence of participations."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar_sequence", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.alter_column("calendar_sequence", server_default=None)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_column("calendar_sequence")
