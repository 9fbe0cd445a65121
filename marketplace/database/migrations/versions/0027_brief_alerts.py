"""Suppliers get an alert about each new brief that matches them, once.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time of the alert. Briefs that are published already get none."""
    op.add_column("brief", sa.Column("alerted_at", UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE brief SET alerted_at = published_at WHERE published_at IS NOT NULL")


def downgrade() -> None:
    """Drop the time of the alert."""
    op.drop_column("brief", "alerted_at")
