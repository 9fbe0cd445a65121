"""add removal of case stories."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("story_removed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("story_removed_reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.drop_column("story_removed_reason")
        batch_op.drop_column("story_removed_at")
