"""Count the mails that others can bring about at will, so that a few in some hours are enough.

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
    """Bring the tables to this version."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.add_column(sa.Column("bundle", sa.String(length=4), server_default="", nullable=False))
        batch.create_index("ix_outbox_mail_recipient", ["recipient"])


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.drop_index("ix_outbox_mail_recipient")
        batch.drop_column("bundle")
