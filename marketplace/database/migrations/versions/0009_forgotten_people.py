"""Store when a user was erased.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    op.add_column("user_account", sa.Column("erased_at", UtcDateTime(timezone=True)))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("user_account") as table:
        table.drop_column("erased_at")
