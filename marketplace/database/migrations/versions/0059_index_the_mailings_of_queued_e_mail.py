"""Index the mailings of queued e-mail."""

from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mail_mailing", ["mailing", "sent_at"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mail_mailing")
