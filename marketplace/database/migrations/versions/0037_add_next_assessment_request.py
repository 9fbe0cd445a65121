"""add next assessment request."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("next_asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_column("next_asked_at")
