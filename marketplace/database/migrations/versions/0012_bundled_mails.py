"""Count e-mails that other users can trigger, so that they can be throttled.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.add_column(sa.Column("bundle", sa.String(length=4), server_default="", nullable=False))
        batch.create_index("ix_outbox_mail_recipient", ["recipient"])


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.drop_index("ix_outbox_mail_recipient")
        batch.drop_column("bundle")
