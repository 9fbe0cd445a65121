"""Create the first tables."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_event_object", ["object_type", "object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=True),
        sa.Column("municipality_number", sa.String(length=4), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("kind", "organisation_number", name=op.f("uq_organisation_kind")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_kind"), ["kind"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organisation_municipality_number"), ["municipality_number"], unique=False
        )

    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link_path", sa.String(length=300), nullable=False),
        sa.Column("link_label", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mail_message_id")),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mail_state_next", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "business_garden",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("covered_municipalities", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organisation.id"], name=op.f("fk_business_garden_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_garden")),
    )
    op.create_table(
        "colleague_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["user_account.id"],
            name=op.f("fk_colleague_invitation_invited_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_colleague_invitation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleague_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_colleague_invitation_token_hash")),
    )
    with op.batch_alter_table("colleague_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_colleague_invitation_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_membership_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("user_id", "organisation_id", name=op.f("uq_membership_user_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link_path", sa.String(length=300), nullable=False),
        sa.Column("link_label", sa.String(length=120), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_user_created", ["user_id", "created_at"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_one_time_link_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("acting_membership_id", sa.Integer(), nullable=True),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_session_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=True),
        sa.Column("sector_code", sa.String(length=40), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_company_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(["id"], ["organisation.id"], name=op.f("fk_company_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_company_garden_id"), ["garden_id"], unique=False)

    op.create_table(
        "supplier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=True),
        sa.Column("text_locale", sa.String(length=2), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("price_from_nok", sa.Integer(), nullable=True),
        sa.Column("next_start", sa.Date(), nullable=True),
        sa.Column("paused_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_supplier_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(["id"], ["organisation.id"], name=op.f("fk_supplier_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    with op.batch_alter_table("supplier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_garden_id"), ["garden_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "brief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("guide_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("confirmed_topics", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("open_door", sa.Boolean(), nullable=False),
        sa.Column("name_hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("deadline", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("question_deadline", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("opened_early_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("closed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.Column("deleted_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_brief_company_id_company")),
        sa.ForeignKeyConstraint(["copied_from_id"], ["brief.id"], name=op.f("fk_brief_copied_from_id_brief")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_brief_created_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        sa.UniqueConstraint("reference", name=op.f("uq_brief_reference")),
    )
    with op.batch_alter_table("brief", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brief_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_brief_state_deadline", ["state", "deadline"], unique=False)

    op.create_table(
        "case_study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("client", sa.String(length=120), nullable=False),
        sa.Column("sector_code", sa.String(length=40), nullable=False),
        sa.Column("service_code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_case_study_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_study")),
    )
    with op.batch_alter_table("case_study", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_study_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "supplier_area",
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_number", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_area_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier_id", "municipality_number", name=op.f("pk_supplier_area")),
    )
    with op.batch_alter_table("supplier_area", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_supplier_area_municipality_number"), ["municipality_number"], unique=False
        )

    op.create_table(
        "supplier_language",
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_language_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier_id", "code", name=op.f("pk_supplier_language")),
    )
    op.create_table(
        "supplier_sector",
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_sector_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier_id", "code", name=op.f("pk_supplier_sector")),
    )
    with op.batch_alter_table("supplier_sector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_sector_code"), ["code"], unique=False)

    op.create_table(
        "supplier_service",
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_service_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier_id", "code", name=op.f("pk_supplier_service")),
    )
    with op.batch_alter_table("supplier_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_service_code"), ["code"], unique=False)

    op.create_table(
        "vetting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_vetting_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_vetting_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_vetting_supplier_id_supplier"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetting")),
        sa.UniqueConstraint("supplier_id", "category", name=op.f("uq_vetting_supplier_id")),
    )
    with op.batch_alter_table("vetting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vetting_garden_id"), ["garden_id"], unique=False)
        batch_op.create_index("ix_vetting_state_category", ["state", "category"], unique=False)
        batch_op.create_index(batch_op.f("ix_vetting_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "brief_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("topic_comments", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_brief_review_answered_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_brief_review_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_review_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_review")),
    )
    with op.batch_alter_table("brief_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brief_review_brief_id"), ["brief_id"], unique=False)

    op.create_table(
        "brief_service",
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_service_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brief_id", "code", name=op.f("pk_brief_service")),
    )
    with op.batch_alter_table("brief_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brief_service_category"), ["category"], unique=False)

    op.create_table(
        "brief_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("guide_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("published_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_version_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["user_account.id"],
            name=op.f("fk_brief_version_published_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_version")),
        sa.UniqueConstraint("brief_id", "number", name=op.f("uq_brief_version_brief_id")),
    )
    op.create_table(
        "clarification_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_clarification_question_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_clarification_question_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"],
            ["brief.id"],
            name=op.f("fk_clarification_question_brief_id_brief"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_clarification_question_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_question")),
    )
    with op.batch_alter_table("clarification_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarification_question_brief_id"), ["brief_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_clarification_question_supplier_id"), ["supplier_id"], unique=False
        )

    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("on_time", sa.String(length=10), nullable=False),
        sa.Column("within_price", sa.String(length=10), nullable=False),
        sa.Column("goal_met", sa.String(length=10), nullable=False),
        sa.Column("order_again", sa.String(length=10), nullable=False),
        sa.Column("measured", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_outcome_answered_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_outcome_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("brief_id", "round", name=op.f("uq_outcome_brief_id")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_brief_id"), ["brief_id"], unique=False)

    op.create_table(
        "vetting_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vetting_id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=20), nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_vetting_decision_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["vetting_id"],
            ["vetting.id"],
            name=op.f("fk_vetting_decision_vetting_id_vetting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetting_decision")),
    )
    with op.batch_alter_table("vetting_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vetting_decision_vetting_id"), ["vetting_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("brief_version_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("submitted_content", sa.JSON(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome_code", sa.String(length=30), nullable=False),
        sa.Column("outcome_text", sa.Text(), nullable=False),
        sa.Column("outcome_good", sa.Text(), nullable=False),
        sa.Column("outcome_seen_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("own_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_proposal_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["brief_version_id"],
            ["brief_version.id"],
            name=op.f("fk_proposal_brief_version_id_brief_version"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_proposal_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_proposal_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("brief_id", "supplier_id", name=op.f("uq_proposal_brief_id")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_brief_id"), ["brief_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "ranking_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("brief_version_id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("directory_stamp", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_ranking_run_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["brief_version_id"],
            ["brief_version.id"],
            name=op.f("fk_ranking_run_brief_version_id_brief_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_run")),
    )
    with op.batch_alter_table("ranking_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ranking_run_brief_id"), ["brief_id"], unique=False)

    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agreed_price_nok", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("awarded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("awarded_by_id", sa.Integer(), nullable=False),
        sa.Column("delivered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("handover", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["awarded_by_id"], ["user_account.id"], name=op.f("fk_award_awarded_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_award_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_award_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("brief_id", name=op.f("uq_award_brief_id")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_award_proposal_id")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 5", name=op.f("ck_evaluation_score_range")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_evaluation_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_evaluation_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("proposal_id", "criterion", name=op.f("uq_evaluation_proposal_id")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("ranking_run_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invited_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("declined_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.String(length=20), nullable=False),
        sa.Column("decline_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_invitation_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["user_account.id"], name=op.f("fk_invitation_invited_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["ranking_run_id"], ["ranking_run.id"], name=op.f("fk_invitation_ranking_run_id_ranking_run")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_invitation_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("brief_id", "supplier_id", name=op.f("uq_invitation_brief_id")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_brief_id"), ["brief_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "proposal_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("submitted_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_revision_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_revision_submitted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_revision")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_proposal_revision_proposal_id")),
    )
    op.create_table(
        "sealed_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_sealed_event_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_sealed_event_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_event")),
    )
    with op.batch_alter_table("sealed_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_event_brief_id"), ["brief_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("sealed_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_event_brief_id"))

    op.drop_table("sealed_event")
    op.drop_table("proposal_revision")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_brief_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_proposal_id"))

    op.drop_table("evaluation")
    op.drop_table("award")
    with op.batch_alter_table("ranking_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ranking_run_brief_id"))

    op.drop_table("ranking_run")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_brief_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("vetting_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vetting_decision_vetting_id"))

    op.drop_table("vetting_decision")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_brief_id"))

    op.drop_table("outcome")
    with op.batch_alter_table("clarification_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_question_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_clarification_question_brief_id"))

    op.drop_table("clarification_question")
    op.drop_table("brief_version")
    with op.batch_alter_table("brief_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brief_service_category"))

    op.drop_table("brief_service")
    with op.batch_alter_table("brief_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brief_review_brief_id"))

    op.drop_table("brief_review")
    with op.batch_alter_table("vetting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vetting_supplier_id"))
        batch_op.drop_index("ix_vetting_state_category")
        batch_op.drop_index(batch_op.f("ix_vetting_garden_id"))

    op.drop_table("vetting")
    with op.batch_alter_table("supplier_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_service_code"))

    op.drop_table("supplier_service")
    with op.batch_alter_table("supplier_sector", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_sector_code"))

    op.drop_table("supplier_sector")
    op.drop_table("supplier_language")
    with op.batch_alter_table("supplier_area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_area_municipality_number"))

    op.drop_table("supplier_area")
    with op.batch_alter_table("case_study", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_study_supplier_id"))

    op.drop_table("case_study")
    with op.batch_alter_table("brief", schema=None) as batch_op:
        batch_op.drop_index("ix_brief_state_deadline")
        batch_op.drop_index(batch_op.f("ix_brief_company_id"))

    op.drop_table("brief")
    with op.batch_alter_table("supplier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_updated_at"))
        batch_op.drop_index(batch_op.f("ix_supplier_garden_id"))

    op.drop_table("supplier")
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_garden_id"))

    op.drop_table("company")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_user_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_user_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_user_created")

    op.drop_table("notice")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_organisation_id"))

    op.drop_table("membership")
    with op.batch_alter_table("colleague_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_colleague_invitation_organisation_id"))

    op.drop_table("colleague_invitation")
    op.drop_table("business_garden")
    op.drop_table("user_account")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mail_state_next")

    op.drop_table("outbox_mail")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_municipality_number"))
        batch_op.drop_index(batch_op.f("ix_organisation_kind"))

    op.drop_table("organisation")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_organisation_id"))
        batch_op.drop_index("ix_audit_event_object")
        batch_op.drop_index(batch_op.f("ix_audit_event_at"))

    op.drop_table("audit_event")
