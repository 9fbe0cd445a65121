"""Add casework, hours, money, state aid and report issues."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "aid_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_ore >= 0", name=op.f("ck_aid_grant_amount_not_negative")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_aid_grant_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_aid_grant_company_id_company"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_aid_grant_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["aid_grant.id"], name=op.f("fk_aid_grant_replaces_id_aid_grant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_grant")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_aid_grant_replaces_id")),
    )
    with op.batch_alter_table("aid_grant", schema=None) as batch_op:
        batch_op.create_index(
            "ix_aid_grant_number_granted", ["organisation_number", "granted_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_aid_grant_project_id"), ["project_id"], unique=False)

    op.create_table(
        "funding_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("agreed_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate_e4", sa.BigInteger(), nullable=True),
        sa.Column("rate_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("agreed_minor >= 0", name=op.f("ck_funding_source_agreed_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_funding_source_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_funding_source_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["funding_source.id"], name=op.f("fk_funding_source_replaces_id_funding_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_source")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_funding_source_replaces_id")),
    )
    with op.batch_alter_table("funding_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_source_project_id"), ["project_id"], unique=False)

    op.create_table(
        "report_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("as_of", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_report_issue_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user_account.id"], name=op.f("fk_report_issue_issued_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_report_issue_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_issue")),
        sa.UniqueConstraint("garden_id", "project_id", "number", name=op.f("uq_report_issue_garden_id")),
    )
    with op.batch_alter_table("report_issue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_issue_project_id"), ["project_id"], unique=False)

    op.create_table(
        "report_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_opened_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_report_link_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_report_link_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_report_link_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_report_link_token_hash")),
    )
    with op.batch_alter_table("report_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_link_project_id"), ["project_id"], unique=False)

    op.create_table(
        "hours_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("activity", sa.String(length=12), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> user_id",
            name=op.f("ck_hours_entry_approved_by_another"),
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_hours_entry_minutes_not_negative")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_hours_entry_approved_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["project_place.id"], name=op.f("fk_hours_entry_place_id_project_place")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_hours_entry_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_hours_entry_recorded_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["hours_entry.id"], name=op.f("fk_hours_entry_replaces_id_hours_entry")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_hours_entry_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entry")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_hours_entry_replaces_id")),
    )
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.create_index("ix_hours_entry_project_month", ["project_id", "month"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_entry_user_id"), ["user_id"], unique=False)

    op.create_table(
        "money_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate_e4", sa.BigInteger(), nullable=True),
        sa.Column("rate_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(source_id IS NULL) <> (category = '')", name=op.f("ck_money_entry_income_or_cost")
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_money_entry_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_money_entry_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["project_place.id"], name=op.f("fk_money_entry_place_id_project_place")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_money_entry_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["money_entry.id"], name=op.f("fk_money_entry_replaces_id_money_entry")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["funding_source.id"], name=op.f("fk_money_entry_source_id_funding_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_entry")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_money_entry_replaces_id")),
    )
    with op.batch_alter_table("money_entry", schema=None) as batch_op:
        batch_op.create_index("ix_money_entry_project_booked", ["project_id", "booked_on"], unique=False)

    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("participation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("written_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("shared_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(company_id IS NULL) <> (participation_id IS NULL)", name=op.f("ck_case_note_about_one")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_case_note_minutes_not_negative")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_case_note_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_case_note_company_id_company"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_case_note_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_case_note_participation_id_participation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_note_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_case_note_garden_company", ["garden_id", "company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_note_participation_id"), ["participation_id"], unique=False)

    op.create_table(
        "case_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("participation_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("done_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(company_id IS NULL) <> (participation_id IS NULL)", name=op.f("ck_case_task_about_one")
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_case_task_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_case_task_company_id_company"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_case_task_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["user_account.id"], name=op.f("fk_case_task_done_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_case_task_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_case_task_participation_id_participation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_task")),
    )
    with op.batch_alter_table("case_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_task_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_task_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_case_task_garden_due", ["garden_id", "done_at", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_task_participation_id"), ["participation_id"], unique=False)

    op.create_table(
        "participation_fee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_ore >= 0", name=op.f("ck_participation_fee_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_participation_fee_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_participation_fee_participation_id_participation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation_fee")),
    )
    with op.batch_alter_table("participation_fee", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_participation_fee_participation_id"), ["participation_id"], unique=False
        )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("participation_fee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_fee_participation_id"))

    op.drop_table("participation_fee")
    with op.batch_alter_table("case_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_task_participation_id"))
        batch_op.drop_index("ix_case_task_garden_due")
        batch_op.drop_index(batch_op.f("ix_case_task_company_id"))
        batch_op.drop_index(batch_op.f("ix_case_task_assignee_id"))

    op.drop_table("case_task")
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_note_participation_id"))
        batch_op.drop_index("ix_case_note_garden_company")
        batch_op.drop_index(batch_op.f("ix_case_note_company_id"))

    op.drop_table("case_note")
    with op.batch_alter_table("money_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_money_entry_project_booked")

    op.drop_table("money_entry")
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hours_entry_user_id"))
        batch_op.drop_index("ix_hours_entry_project_month")

    op.drop_table("hours_entry")
    with op.batch_alter_table("report_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_link_project_id"))

    op.drop_table("report_link")
    with op.batch_alter_table("report_issue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_issue_project_id"))

    op.drop_table("report_issue")
    with op.batch_alter_table("funding_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_funding_source_project_id"))

    op.drop_table("funding_source")
    with op.batch_alter_table("aid_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_aid_grant_project_id"))
        batch_op.drop_index("ix_aid_grant_number_granted")

    op.drop_table("aid_grant")
