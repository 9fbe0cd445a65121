"""Add worker heartbeats, processed forms and rate counters."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "taken_form",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_form")),
    )
    with op.batch_alter_table("taken_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taken_form_at"), ["at"], unique=False)

    op.create_table(
        "visit_count",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "minute", name=op.f("pk_visit_count")),
    )


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.drop_table("visit_count")
    with op.batch_alter_table("taken_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taken_form_at"))

    op.drop_table("taken_form")
    op.drop_table("heartbeat")
