"""Add scores of several people, and let a score have a note before it has a number.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_score_sheet_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_score_sheet_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("brief_id", "user_id", name=op.f("uq_score_sheet_brief_id")),
    )
    op.create_table(
        "individual_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 5", name=op.f("ck_individual_score_score_range")),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_individual_score_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_individual_score_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_individual_score")),
        sa.UniqueConstraint(
            "proposal_id", "criterion", "user_id", name=op.f("uq_individual_score_proposal_id")
        ),
    )
    with op.batch_alter_table("evaluation") as batch_op:
        batch_op.alter_column("score", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.execute("DELETE FROM evaluation WHERE score IS NULL")
    with op.batch_alter_table("evaluation") as batch_op:
        batch_op.alter_column("score", existing_type=sa.Integer(), nullable=False)
    op.drop_table("individual_score")
    op.drop_table("score_sheet")
