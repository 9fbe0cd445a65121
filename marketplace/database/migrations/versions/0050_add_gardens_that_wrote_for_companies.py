"""Add gardens that wrote for companies."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("clarification_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_by_garden_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_clarification_question_answered_by_garden_id_business_garden"),
            "business_garden",
            ["answered_by_garden_id"],
            ["id"],
        )

    with op.batch_alter_table("strategy_comment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_garden_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_strategy_comment_by_garden_id_business_garden"),
            "business_garden",
            ["by_garden_id"],
            ["id"],
        )

    with op.batch_alter_table("strategy_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("saved_by_garden_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_strategy_version_saved_by_garden_id_business_garden"),
            "business_garden",
            ["saved_by_garden_id"],
            ["id"],
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("strategy_version", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_strategy_version_saved_by_garden_id_business_garden"), type_="foreignkey"
        )
        batch_op.drop_column("saved_by_garden_id")

    with op.batch_alter_table("strategy_comment", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_strategy_comment_by_garden_id_business_garden"), type_="foreignkey"
        )
        batch_op.drop_column("by_garden_id")

    with op.batch_alter_table("clarification_question", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_clarification_question_answered_by_garden_id_business_garden"), type_="foreignkey"
        )
        batch_op.drop_column("answered_by_garden_id")
