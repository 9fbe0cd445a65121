"""add company reminders."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "company_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("own_line", sa.Text(), nullable=False),
        sa.Column("queued_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("send_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_company_reminder_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_company_reminder_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_company_reminder_garden_id_business_garden")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_reminder")),
    )
    with op.batch_alter_table("company_reminder", schema=None) as batch_op:
        batch_op.create_index("ix_company_reminder_company_kind", ["company_id", "kind"], unique=False)
        batch_op.create_index("ix_company_reminder_due", ["sent_at", "cancelled_at", "send_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_company_reminder_garden_id"), ["garden_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("company_reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_reminder_garden_id"))
        batch_op.drop_index("ix_company_reminder_due")
        batch_op.drop_index("ix_company_reminder_company_kind")

    op.drop_table("company_reminder")
