"""Add projects, participations, course sessions and attendance."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0029"
down_revision = "0028"

FORMER_OWNERS = ("supplier_id", "case_id", "brief_id", "proposal_id")
OWNERS = (*FORMER_OWNERS, "material_id")


def _one_of(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns) + " = 1"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("target_companies", sa.Integer(), nullable=False),
        sa.Column("sessions_needed", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_sign_up_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sessions_needed > 0", name=op.f("ck_project_sessions_positive")),
        sa.CheckConstraint("target_companies > 0", name=op.f("ck_project_target_positive")),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_project_garden_id_business_garden")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("slug", name=op.f("uq_project_slug")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_garden_id"), ["garden_id"], unique=False)

    op.create_table(
        "project_garden",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_project_garden_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_garden_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "garden_id", name=op.f("pk_project_garden")),
    )
    with op.batch_alter_table("project_garden", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_garden_garden_id"), ["garden_id"], unique=False)

    op.create_table(
        "project_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("municipality_number", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_project_place_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_place_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_place")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_project_place_project_id")),
    )
    with op.batch_alter_table("project_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_place_garden_id"), ["garden_id"], unique=False)

    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("sign_up_until", sa.Date(), nullable=True),
        sa.Column("cancelled_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_cohort_seats_not_negative")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["project_place.id"], name=op.f("fk_cohort_place_id_project_place")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_cohort_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_cohort_project_id")),
    )
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_place_id"), ["place_id"], unique=False)

    op.create_table(
        "project_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_project_person_percent_range")),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["project_place.id"],
            name=op.f("fk_project_person_place_id_project_place"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_person_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_project_person_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_person")),
    )
    with op.batch_alter_table("project_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_person_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_person_user_id"), ["user_id"], unique=False)

    op.create_table(
        "course_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("uid", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("venue", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("municipality_number", sa.String(length=4), nullable=False),
        sa.Column("lecturer", sa.String(length=120), nullable=False),
        sa.Column("lecturer_email", sa.String(length=254), nullable=False),
        sa.Column("catch_up_of_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=False),
        sa.Column("held_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_course_session_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["catch_up_of_id"],
            ["course_session.id"],
            name=op.f("fk_course_session_catch_up_of_id_course_session"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_course_session_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_session")),
        sa.UniqueConstraint("uid", name=op.f("uq_course_session_uid")),
    )
    with op.batch_alter_table("course_session", schema=None) as batch_op:
        batch_op.create_index("ix_course_session_cohort_number", ["cohort_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_session_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("organisation_number", sa.String(length=9), nullable=True),
        sa.Column("company_name", sa.String(length=120), nullable=False),
        sa.Column("municipality_number", sa.String(length=4), nullable=False),
        sa.Column("sector_code", sa.String(length=40), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("signed_up_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted_cohort_ids", sa.JSON(), nullable=False),
        sa.Column("offered_cohort_id", sa.Integer(), nullable=True),
        sa.Column("offer_expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_token", sa.String(length=300), nullable=False),
        sa.Column("calendar_token_hash", sa.String(length=64), nullable=False),
        sa.Column("allows_figures", sa.Boolean(), nullable=True),
        sa.Column("allows_quotes", sa.Boolean(), nullable=True),
        sa.Column("wants_invitations", sa.Boolean(), nullable=False),
        sa.Column("withdrawal_reason", sa.String(length=12), nullable=False),
        sa.Column("withdrawal_text", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_participation_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_participation_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["offered_cohort_id"], ["cohort.id"], name=op.f("fk_participation_offered_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_participation_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("calendar_token_hash", name=op.f("uq_participation_calendar_token_hash")),
        sa.UniqueConstraint("project_id", "company_id", name=op.f("uq_participation_company")),
        sa.UniqueConstraint("project_id", "organisation_number", name=op.f("uq_participation_project_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_participation_token_hash")),
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participation_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participation_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participation_contact_email"), ["contact_email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_participation_offered_cohort_id"), ["offered_cohort_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_participation_organisation_number"), ["organisation_number"], unique=False
        )
        batch_op.create_index("ix_participation_project_state", ["project_id", "state"], unique=False)

    op.create_table(
        "attendance_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=8), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("marked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_attendance_mark_participation_id_participation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["course_session.id"],
            name=op.f("fk_attendance_mark_session_id_course_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_attendance_mark_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
        sa.UniqueConstraint("client_key", name=op.f("uq_attendance_mark_client_key")),
    )
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attendance_mark_participation_id"), ["participation_id"], unique=False
        )
        batch_op.create_index(
            "ix_attendance_mark_session", ["session_id", "participation_id", "marked_at"], unique=False
        )

    op.create_table(
        "participation_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("transition", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=False),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_participation_event_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_participation_event_participation_id_participation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_participation_event_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation_event")),
    )
    with op.batch_alter_table("participation_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_participation_event_participation_id"), ["participation_id"], unique=False
        )

    op.create_table(
        "session_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("useful", sa.Integer(), nullable=True),
        sa.Column("pace", sa.Integer(), nullable=True),
        sa.Column("used_before", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("allows_quote", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participation.id"],
            name=op.f("fk_session_feedback_participation_id_participation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["course_session.id"],
            name=op.f("fk_session_feedback_session_id_course_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_feedback")),
        sa.UniqueConstraint("session_id", "participation_id", name=op.f("uq_session_feedback_session_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_feedback_token_hash")),
    )
    with op.batch_alter_table("session_feedback", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_feedback_participation_id"), ["participation_id"], unique=False
        )

    op.create_table(
        "session_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_session_link_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["course_session.id"],
            name=op.f("fk_session_link_session_id_course_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_link_token_hash")),
    )
    with op.batch_alter_table("session_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_link_session_id"), ["session_id"], unique=False)

    op.create_table(
        "session_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("use", sa.String(length=8), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["course_session.id"],
            name=op.f("fk_session_material_session_id_course_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_material")),
    )
    with op.batch_alter_table("session_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_material_session_id"), ["session_id"], unique=False)

    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("material_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_stored_file_material_id"), ["material_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_stored_file_material_id_session_material"),
            "session_material",
            ["material_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_constraint(batch_op.f("ck_stored_file_one_owner"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_stored_file_one_owner"), _one_of(OWNERS))


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.execute("DELETE FROM stored_file WHERE material_id IS NOT NULL")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stored_file_one_owner"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_stored_file_one_owner"), _one_of(FORMER_OWNERS))
        batch_op.drop_constraint(
            batch_op.f("fk_stored_file_material_id_session_material"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_stored_file_material_id"))
        batch_op.drop_column("material_id")

    with op.batch_alter_table("session_material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_material_session_id"))

    op.drop_table("session_material")
    with op.batch_alter_table("session_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_link_session_id"))

    op.drop_table("session_link")
    with op.batch_alter_table("session_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_feedback_participation_id"))

    op.drop_table("session_feedback")
    with op.batch_alter_table("participation_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_event_participation_id"))

    op.drop_table("participation_event")
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_mark_session")
        batch_op.drop_index(batch_op.f("ix_attendance_mark_participation_id"))

    op.drop_table("attendance_mark")
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_index("ix_participation_project_state")
        batch_op.drop_index(batch_op.f("ix_participation_organisation_number"))
        batch_op.drop_index(batch_op.f("ix_participation_offered_cohort_id"))
        batch_op.drop_index(batch_op.f("ix_participation_contact_email"))
        batch_op.drop_index(batch_op.f("ix_participation_company_id"))
        batch_op.drop_index(batch_op.f("ix_participation_cohort_id"))

    op.drop_table("participation")
    with op.batch_alter_table("course_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_session_starts_at"))
        batch_op.drop_index("ix_course_session_cohort_number")

    op.drop_table("course_session")
    with op.batch_alter_table("project_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_person_user_id"))
        batch_op.drop_index(batch_op.f("ix_project_person_project_id"))

    op.drop_table("project_person")
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohort_place_id"))

    op.drop_table("cohort")
    with op.batch_alter_table("project_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_place_garden_id"))

    op.drop_table("project_place")
    with op.batch_alter_table("project_garden", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_garden_garden_id"))

    op.drop_table("project_garden")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_garden_id"))

    op.drop_table("project")
