"""Add indexes for the scheduled jobs."""

from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index("ix_audit_event_action", ["action", "object_id"], unique=False)

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_read_at", ["read_at"], unique=False)

    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mail_created_at", ["created_at"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mail_created_at")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_read_at")

    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_action")
