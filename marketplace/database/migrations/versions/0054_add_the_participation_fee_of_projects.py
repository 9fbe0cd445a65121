"""Add the participation fee of projects."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fee_nok", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("fee_nok")
