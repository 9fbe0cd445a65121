"""add time of baseline action."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "baseline_action_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True
            )
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.drop_column("baseline_action_at")
