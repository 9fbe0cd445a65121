"""Add choice of suppliers before opening."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("brief_review", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chosen_suppliers", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("brief_review", schema=None) as batch_op:
        batch_op.drop_column("chosen_suppliers")
