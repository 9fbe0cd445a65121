"""Conflicts of interest that have ended still count for a while.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time of the end."""
    with op.batch_alter_table("supplier_tie", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Delete ended conflicts, as the earlier version did at once."""
    op.execute("DELETE FROM supplier_tie WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("supplier_tie", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
