"""Add the expiry of queued e-mail."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_column("expires_at")
