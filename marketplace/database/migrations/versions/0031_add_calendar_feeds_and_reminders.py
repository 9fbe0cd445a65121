"""Add calendar feeds and reminders."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_calendar_feed_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_calendar_feed_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
        sa.UniqueConstraint("user_id", "garden_id", name=op.f("uq_calendar_feed_user_id")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_garden_id"), ["garden_id"], unique=False)

    with op.batch_alter_table("course_session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "reminded_before_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "reminded_today_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True
            )
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("course_session", schema=None) as batch_op:
        batch_op.drop_column("reminded_today_at")
        batch_op.drop_column("reminded_before_at")

    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_garden_id"))

    op.drop_table("calendar_feed")
