"""Store when a supplier was reminded of changes to its offer that are not sent.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("proposal", sa.Column("reminded_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("proposal", "reminded_at")
