"""Users choose how messages are e-mailed: at once, in a digest, or not at all.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choices, the queue of the digests, and what an e-mail can be unsubscribed from."""
    op.create_table(
        "notice_preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("delivery", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_notice_preference_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_preference")),
        sa.UniqueConstraint("user_id", "topic", name=op.f("uq_notice_preference_user_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("topic", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("digest", sa.String(length=6), server_default="", nullable=False))
        batch_op.create_index("ix_notice_digest", ["digest", "created_at"])
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("subscription", sa.String(length=20), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("calendar", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_mail_user_id_user_account"),
            "user_account",
            ["user_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    """Drop the choices; all messages are e-mailed at once again."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_user_id_user_account"), type_="foreignkey")
        batch_op.drop_column("calendar")
        batch_op.drop_column("subscription")
        batch_op.drop_column("user_id")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_digest")
        batch_op.drop_column("digest")
        batch_op.drop_column("topic")
    op.drop_table("notice_preference")
