"""Add what issued reports are computed from."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("report_issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bases", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("report_issue", schema=None) as batch_op:
        batch_op.drop_column("bases")
