"""Keep each answer to an outcome questionnaire; existing answers become the first.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ANSWERS = (
    ("on_time", sa.String(length=10)),
    ("within_price", sa.String(length=10)),
    ("goal_met", sa.String(length=10)),
    ("order_again", sa.String(length=10)),
    ("measured", sa.String(length=60)),
    ("text", sa.Text()),
)
NAMES = ", ".join(name for name, _type in ANSWERS)


def upgrade() -> None:
    """Move the answers to a table of their own."""
    op.create_table(
        "outcome_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in ANSWERS),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_outcome_answer_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"],
            ["outcome.id"],
            name=op.f("fk_outcome_answer_outcome_id_outcome"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_answer")),
    )
    op.create_index(op.f("ix_outcome_answer_outcome_id"), "outcome_answer", ["outcome_id"], unique=False)
    op.execute(
        f"INSERT INTO outcome_answer (outcome_id, answered_at, answered_by_id, {NAMES}) "  # noqa: S608 because the names are constants
        f"SELECT id, answered_at, answered_by_id, {NAMES} FROM outcome WHERE answered_at IS NOT NULL"
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_constraint("fk_outcome_answered_by_id_user_account", type_="foreignkey")
        for name in ("answered_by_id", *(name for name, _type in ANSWERS)):
            batch_op.drop_column(name)


def downgrade() -> None:
    """Keep the latest answer only, as the earlier version did."""
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_by_id", sa.Integer(), nullable=True))
        for name, kind in ANSWERS:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch_op.create_foreign_key(
            "fk_outcome_answered_by_id_user_account", "user_account", ["answered_by_id"], ["id"]
        )
    for name in ("answered_by_id", *(name for name, _type in ANSWERS)):
        op.execute(
            f"UPDATE outcome SET {name} = (SELECT {name} FROM outcome_answer WHERE outcome_id = outcome.id "  # noqa: S608 because the names are constants
            "ORDER BY id DESC LIMIT 1) WHERE answered_at IS NOT NULL"
        )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        for name, _type in ANSWERS:
            batch_op.alter_column(name, server_default=None)
    op.drop_table("outcome_answer")
