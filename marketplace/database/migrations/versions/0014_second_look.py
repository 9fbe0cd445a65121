"""Add refusals that await a second curator, and appeals to another garden.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    _make_refusals()
    _make_appeals()


def _make_refusals() -> None:
    op.create_table(
        "refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vetting_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("second_garden_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id OR state = 'withdrawn'",
            name=op.f("ck_refusal_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_refusal_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_refusal_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_refusal_proposed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["second_garden_id"],
            ["business_garden.id"],
            name=op.f("fk_refusal_second_garden_id_business_garden"),
        ),
        sa.ForeignKeyConstraint(
            ["vetting_id"], ["vetting.id"], name=op.f("fk_refusal_vetting_id_vetting"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_garden_id"), "refusal", ["garden_id"], unique=False)
    op.create_index(op.f("ix_refusal_second_garden_id"), "refusal", ["second_garden_id"], unique=False)
    op.create_index(op.f("ix_refusal_vetting_id"), "refusal", ["vetting_id"], unique=False)
    op.create_index(
        "uq_refusal_proposed",
        "refusal",
        ["vetting_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )


def _make_appeals() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("vetting_id", sa.Integer(), nullable=False),
        sa.Column("from_garden_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("appealed_by_id", sa.Integer(), nullable=False),
        sa.Column("appealed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["appealed_by_id"], ["user_account.id"], name=op.f("fk_appeal_appealed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_appeal_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["vetting_decision.id"],
            name=op.f("fk_appeal_decision_id_vetting_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["from_garden_id"], ["business_garden.id"], name=op.f("fk_appeal_from_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_appeal_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["vetting_id"], ["vetting.id"], name=op.f("fk_appeal_vetting_id_vetting"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
    )
    op.create_index(op.f("ix_appeal_from_garden_id"), "appeal", ["from_garden_id"], unique=False)
    op.create_index(op.f("ix_appeal_garden_id"), "appeal", ["garden_id"], unique=False)
    op.create_index(op.f("ix_appeal_vetting_id"), "appeal", ["vetting_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.drop_table("appeal")
    op.drop_table("refusal")
