"""Add the time of the question to confirm a seat."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "asked_to_confirm_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True
            )
        )
    op.execute(
        "UPDATE participation SET asked_to_confirm_at = coalesce(waiting_since, signed_up_at)"
        " WHERE confirmed_at IS NULL AND state IN ('signed_up', 'waiting')"
    )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_column("asked_to_confirm_at")
