"""Add the mailing that a queued e-mail is part of."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mailing", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_column("mailing")
