"""Add self-assessments, strategies, objectives, measurements, actions and tools."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=5), nullable=False),
        sa.Column("data_version", sa.String(length=10), nullable=False),
        sa.Column("begun_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_assessment_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_assessment_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("company_id", "stage", name=op.f("uq_assessment_company_id")),
    )
    op.create_table(
        "strategy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("shared_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_strategy_company_id_company"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["user_account.id"], name=op.f("fk_strategy_updated_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy")),
        sa.UniqueConstraint("company_id", name=op.f("uq_strategy_company_id")),
    )
    op.create_table(
        "tool_confidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("tool_code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("value >= 0 AND value <= 4", name=op.f("ck_tool_confidence_confidence_in_range")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_tool_confidence_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_tool_confidence_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_confidence")),
    )
    with op.batch_alter_table("tool_confidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tool_confidence_company_id"), ["company_id"], unique=False)

    op.create_table(
        "tool_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("tool_code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("account_owner", sa.String(length=60), nullable=False),
        sa.Column("yearly_nok", sa.Integer(), nullable=True),
        sa.Column("since", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_tool_use_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_use")),
        sa.UniqueConstraint("company_id", "tool_code", name=op.f("uq_tool_use_company_id")),
    )
    op.create_table(
        "assessment_answer",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'answered') = (value IS NOT NULL)", name=op.f("ck_assessment_answer_value_if_answered")
        ),
        sa.CheckConstraint(
            "value IS NULL OR (value >= 0 AND value <= 4)", name=op.f("ck_assessment_answer_value_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_answer_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", "code", name=op.f("pk_assessment_answer")),
    )
    op.create_table(
        "objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("indicator", sa.String(length=20), nullable=False),
        sa.Column("indicator_name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("baseline_milli", sa.BigInteger(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("target_milli", sa.BigInteger(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("rhythm", sa.String(length=10), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("removed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('up', 'down')", name=op.f("ck_objective_direction_known")),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategy.id"],
            name=op.f("fk_objective_strategy_id_strategy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
    )
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objective_strategy_id"), ["strategy_id"], unique=False)

    op.create_table(
        "strategy_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("resolved_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_strategy_comment_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_strategy_comment_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategy.id"],
            name=op.f("fk_strategy_comment_strategy_id_strategy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_comment")),
    )
    with op.batch_alter_table("strategy_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strategy_comment_strategy_id"), ["strategy_id"], unique=False)

    op.create_table(
        "strategy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("begun_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["user_account.id"], name=op.f("fk_strategy_version_saved_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategy.id"],
            name=op.f("fk_strategy_version_strategy_id_strategy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_version")),
        sa.UniqueConstraint("strategy_id", "number", name=op.f("uq_strategy_version_strategy_id")),
    )
    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("value_milli", sa.BigInteger(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("brief_reference", sa.String(length=12), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_measurement_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["objective.id"],
            name=op.f("fk_measurement_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["measurement.id"], name=op.f("fk_measurement_replaces_id_measurement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_measurement_replaces_id")),
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_objective_id"), ["objective_id"], unique=False)

    op.create_table(
        "strategy_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("performer", sa.String(length=10), nullable=False),
        sa.Column("service_code", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("effect", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("own_hours", sa.Integer(), nullable=True),
        sa.Column("cost_low_nok", sa.Integer(), nullable=True),
        sa.Column("cost_high_nok", sa.Integer(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("depends_on_id", sa.Integer(), nullable=True),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("removed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("effect >= 1 AND effect <= 3", name=op.f("ck_strategy_action_effect_in_range")),
        sa.CheckConstraint("effort >= 1 AND effort <= 3", name=op.f("ck_strategy_action_effort_in_range")),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["strategy_action.id"],
            name=op.f("fk_strategy_action_depends_on_id_strategy_action"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["objective.id"],
            name=op.f("fk_strategy_action_objective_id_objective"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategy.id"],
            name=op.f("fk_strategy_action_strategy_id_strategy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_action")),
    )
    with op.batch_alter_table("strategy_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strategy_action_objective_id"), ["objective_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_strategy_action_strategy_id"), ["strategy_id"], unique=False)

    op.create_table(
        "strategy_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_strategy_review_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_strategy_review_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategy.id"],
            name=op.f("fk_strategy_review_strategy_id_strategy"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["strategy_version.id"],
            name=op.f("fk_strategy_review_version_id_strategy_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_review")),
    )
    with op.batch_alter_table("strategy_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strategy_review_strategy_id"), ["strategy_id"], unique=False)

    with op.batch_alter_table("brief", schema=None) as batch_op:
        batch_op.add_column(sa.Column("action_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("objective_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_brief_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_brief_objective_id"), ["objective_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_brief_action_id_strategy_action"),
            "strategy_action",
            ["action_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_brief_objective_id_objective"),
            "objective",
            ["objective_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("brief_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quality", sa.Integer(), nullable=True))

    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("measured_milli", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.drop_column("measured_milli")

    with op.batch_alter_table("brief_version", schema=None) as batch_op:
        batch_op.drop_column("quality")

    with op.batch_alter_table("brief", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_brief_objective_id_objective"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_brief_action_id_strategy_action"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_brief_objective_id"))
        batch_op.drop_index(batch_op.f("ix_brief_action_id"))
        batch_op.drop_column("objective_id")
        batch_op.drop_column("action_id")

    with op.batch_alter_table("strategy_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strategy_review_strategy_id"))

    op.drop_table("strategy_review")
    with op.batch_alter_table("strategy_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strategy_action_strategy_id"))
        batch_op.drop_index(batch_op.f("ix_strategy_action_objective_id"))

    op.drop_table("strategy_action")
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measurement_objective_id"))

    op.drop_table("measurement")
    op.drop_table("strategy_version")
    with op.batch_alter_table("strategy_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strategy_comment_strategy_id"))

    op.drop_table("strategy_comment")
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objective_strategy_id"))

    op.drop_table("objective")
    op.drop_table("assessment_answer")
    op.drop_table("tool_use")
    with op.batch_alter_table("tool_confidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tool_confidence_company_id"))

    op.drop_table("tool_confidence")
    op.drop_table("strategy")
    op.drop_table("assessment")
