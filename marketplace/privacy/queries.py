"""Export of a person's data, and the conditions that block an erasure."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from marketplace.accounts.models import KnownNetwork, SignInSession, User
from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief, BriefReview, BriefVersion, ClarificationQuestion
from marketplace.casework.models import CaseNote, CaseTask, CompanyReminder
from marketplace.core import clock
from marketplace.core.database import Base, session
from marketplace.core.form_drafts import FormDraft
from marketplace.core.viewer import Viewer
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.mandates.models import Confirmation, Mandate
from marketplace.organisations.models import ColleagueInvitation, Membership, Organisation
from marketplace.organisations.queries import first_other_member, memberships_led_alone
from marketplace.outbox.models import Notice, NoticePreference, OutboxMail
from marketplace.programme.models.calendar import CalendarFeed
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import ProjectPerson
from marketplace.programme.models.sessions import AttendanceMark, SessionLink
from marketplace.proposals.models import (
    Award,
    EmergencyAccess,
    Evaluation,
    Proposal,
    ProposalRevision,
)
from marketplace.proposals.outcome_models import OutcomeAnswer, OutcomeReply
from marketplace.proposals.scoring_models import IndividualScore, ScoreSheet
from marketplace.reporting.models import ReportIssue, ReportLink
from marketplace.sourcing.models import Invitation, OutsideInvitation
from marketplace.strategy.models.actions import ToolConfidence
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Measurement
from marketplace.strategy.models.plan import Strategy, StrategyComment, StrategyReview, StrategyVersion
from marketplace.vetting.models import Appeal, ConflictOfInterest, Refusal, Transfer, Vetting, VettingDecision


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table that refers to users: by which column, and which columns belong in the export."""

    name: str
    model: type[Base]
    person: str
    columns: tuple[str, ...]


EXPORTED_TABLES = (
    ExportedTable("log_ins", SignInSession, "user_id", ("created_at", "last_seen_at", "user_agent")),
    ExportedTable("known_networks", KnownNetwork, "user_id", ("last_at",)),
    ExportedTable("unsent_texts", FormDraft, "user_id", ("updated_at", "path", "values")),
    ExportedTable("messages", Notice, "user_id", ("created_at", "subject", "body", "read_at")),
    ExportedTable("message_choices", NoticePreference, "user_id", ("topic", "delivery")),
    ExportedTable("colleagues_invited", ColleagueInvitation, "invited_by_id", ("created_at", "role")),
    ExportedTable("mandates_given", Mandate, "given_by_id", ("given_at", "until")),
    ExportedTable("mandates_withdrawn", Mandate, "withdrawn_by_id", ("withdrawn_at",)),
    ExportedTable(
        "confirmations_asked_for", Confirmation, "asked_by_id", ("asked_at", "act", "reference", "text")
    ),
    ExportedTable("acts_confirmed", Confirmation, "confirmed_by_id", ("confirmed_at", "act", "reference")),
    ExportedTable(
        "acts_declined", Confirmation, "declined_by_id", ("declined_at", "act", "reference", "decline_reason")
    ),
    ExportedTable("briefs_begun", Brief, "created_by_id", ("reference", "title", "created_at")),
    ExportedTable("briefs_published", BriefVersion, "published_by_id", ("number", "title", "published_at")),
    ExportedTable("advice_asked_for", BriefReview, "asked_by_id", ("asked_at", "message")),
    ExportedTable("advice_given", BriefReview, "answered_by_id", ("answered_at", "verdict", "comment")),
    ExportedTable("questions_asked", ClarificationQuestion, "asked_by_id", ("asked_at", "text")),
    ExportedTable("questions_answered", ClarificationQuestion, "answered_by_id", ("answered_at", "answer")),
    ExportedTable("suppliers_invited", Invitation, "invited_by_id", ("invited_at",)),
    ExportedTable(
        "suppliers_invited_by_mail",
        OutsideInvitation,
        "invited_by_id",
        ("invited_at", "email", "message"),
    ),
    ExportedTable("offers_begun", Proposal, "created_by_id", ("created_at",)),
    ExportedTable("offers_sent", ProposalRevision, "submitted_by_id", ("number", "submitted_at")),
    ExportedTable("scores_given", Evaluation, "by_id", ("at", "criterion", "score", "note")),
    ExportedTable("own_scores_given", IndividualScore, "user_id", ("at", "criterion", "score", "note")),
    ExportedTable("own_scores_begun", ScoreSheet, "user_id", ("begun_at", "finished_at")),
    ExportedTable("choices_made", Award, "awarded_by_id", ("awarded_at", "reason")),
    ExportedTable(
        "results_told",
        OutcomeAnswer,
        "answered_by_id",
        (
            "answered_at",
            "on_time",
            "within_price",
            "goal_met",
            "order_again",
            "measured",
            "measured_on",
            "text",
            "next_company",
            "for_supplier",
            "for_garden",
            "for_similar",
            "story",
            "story_shown",
        ),
    ),
    ExportedTable("replies_to_results", OutcomeReply, "by_id", ("written_at", "text")),
    ExportedTable("self_assessments_begun", Assessment, "by_id", ("stage", "begun_at", "finished_at")),
    ExportedTable("strategies_saved", Strategy, "updated_by_id", ("updated_at", "content")),
    ExportedTable(
        "strategy_versions_saved", StrategyVersion, "saved_by_id", ("number", "saved_at", "reason")
    ),
    ExportedTable("case_notes", CaseNote, "by_id", ("happened_on", "kind", "text", "minutes")),
    ExportedTable("case_tasks_created", CaseTask, "created_by_id", ("created_at", "what", "due_on")),
    ExportedTable("case_tasks_done", CaseTask, "done_by_id", ("done_at", "what")),
    ExportedTable("case_tasks_assigned", CaseTask, "assignee_id", ("created_at", "what", "due_on")),
    ExportedTable("reminders_to_companies", CompanyReminder, "by_id", ("queued_at", "kind", "own_line")),
    ExportedTable("hours_worked", HoursEntry, "user_id", ("month", "activity", "minutes")),
    ExportedTable("hours_recorded", HoursEntry, "recorded_by_id", ("recorded_at", "month", "minutes")),
    ExportedTable("hours_approved", HoursEntry, "approved_by_id", ("approved_at", "month", "minutes")),
    ExportedTable("funding_recorded", FundingSource, "by_id", ("recorded_at", "kind", "name")),
    ExportedTable("money_recorded", MoneyEntry, "by_id", ("recorded_at", "booked_on", "reference")),
    ExportedTable("fees_recorded", ParticipationFee, "by_id", ("recorded_at", "state", "on")),
    ExportedTable("aid_recorded", AidGrant, "by_id", ("recorded_at", "granted_on", "basis")),
    ExportedTable("reports_issued", ReportIssue, "issued_by_id", ("issued_at", "number")),
    ExportedTable("report_links_created", ReportLink, "created_by_id", ("created_at", "label")),
    ExportedTable("strategy_comments", StrategyComment, "by_id", ("at", "section", "text")),
    ExportedTable("strategy_reviews_asked_for", StrategyReview, "asked_by_id", ("asked_at", "message")),
    ExportedTable(
        "strategy_reviews_given", StrategyReview, "answered_by_id", ("answered_at", "verdict", "text")
    ),
    ExportedTable("measurements_made", Measurement, "by_id", ("measured_on", "value_milli", "source")),
    ExportedTable("tool_confidence_given", ToolConfidence, "by_id", ("at", "tool_code", "value")),
    ExportedTable("seals_broken", EmergencyAccess, "by_id", ("at", "until", "reason")),
    ExportedTable(
        "vettings_decided", Vetting, "decided_by_id", ("decided_at", "category", "state", "reason")
    ),
    ExportedTable("vetting_steps", VettingDecision, "by_id", ("at", "to_state", "text")),
    ExportedTable("refusals_proposed", Refusal, "proposed_by_id", ("proposed_at", "reason", "state")),
    ExportedTable("refusals_answered", Refusal, "decided_by_id", ("decided_at", "state", "answer")),
    ExportedTable("appeals_made", Appeal, "appealed_by_id", ("appealed_at", "text", "state")),
    ExportedTable("appeals_answered", Appeal, "decided_by_id", ("decided_at", "state", "reason")),
    ExportedTable("ties_stated", ConflictOfInterest, "user_id", ("kind",)),
    ExportedTable("moves_asked_for", Transfer, "asked_by_id", ("asked_at", "reason", "state")),
    ExportedTable("moves_answered", Transfer, "answered_by_id", ("answered_at", "state")),
    ExportedTable("project_roles", ProjectPerson, "user_id", ("role", "percent", "since", "until")),
    ExportedTable("seats_changed", ParticipationEvent, "user_id", ("at", "transition")),
    ExportedTable("attendance_taken", AttendanceMark, "user_id", ("marked_at", "mark")),
    ExportedTable("session_links_made", SessionLink, "created_by_id", ("created_at", "purpose")),
    ExportedTable("calendars", CalendarFeed, "user_id", ("created_at",)),
    ExportedTable("acts", AuditEvent, "actor_id", ("at", "action", "object_type", "object_id")),
)
NOT_EXPORTED = {
    "outbox_mail.user_id": "exported by address, see `export_personal_data`",
    "one_time_link.user_id": "hashes of tokens, stored for some hours",
    "confirmation_link.user_id": "hashes of tokens; the answers are exported as acts confirmed and declined",
    "recovery_code.user_id": "hashes of codes that only the person knows",
    "membership.user_id": "exported with the organisation's name, see `export_personal_data`",
}
ACCOUNT_COLUMNS = (
    "name",
    "email",
    "locale",
    "is_admin",
    "created_at",
    "last_signed_in_at",
    "email_verified_at",
)

CONTACT_COLUMNS = ("company_name", "contact_name", "contact_email", "contact_phone", "state", "signed_up_at")


def export_personal_data(viewer: Viewer) -> dict[str, Any]:
    """Return all data about the viewer as JSON values, and of others only what they wrote to the viewer."""
    user = session.get_one(User, viewer.user_id)
    memberships = session.execute(
        select(Organisation.name, Membership.role, Membership.created_at)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id == user.id)
    )
    contacts = (
        select(Participation).where(Participation.contact_email == user.email).order_by(Participation.id)
    )
    mails = select(OutboxMail).where(func.lower(OutboxMail.recipient) == user.email).order_by(OutboxMail.id)
    return {
        "made_at": _to_json(clock.now()),
        "account": _row(user, ACCOUNT_COLUMNS) | {"has_second_step": user.second_factor_at is not None},
        "acts_for": [
            {"organisation": name, "role": role, "since": _to_json(at)} for name, role, at in memberships
        ],
        "course_contact": [_row(one, CONTACT_COLUMNS) for one in session.scalars(contacts)],
        "mails": [_row(mail, ("created_at", "subject", "body")) for mail in session.scalars(mails)],
        **{exported.name: _rows(exported, user.id) for exported in EXPORTED_TABLES},
    }


def _rows(exported: ExportedTable, user_id: int) -> list[dict[str, Any]]:
    table: Any = exported.model
    query = select(table).where(getattr(table, exported.person) == user_id).order_by(table.id)
    return [_row(row, exported.columns) for row in session.scalars(query)]


def _row(row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    return {column: _to_json(getattr(row, column)) for column in columns}


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def blocked_organisations(user_id: int) -> list[str]:
    """Return the names of the organisations that must be handed over before this only leader is erased on request.

    Business gardens, organisations with other members, and those with a brief or a job in progress.
    """
    return [
        membership.organisation.name
        for membership in memberships_led_alone(user_id)
        if membership.organisation.kind == "garden"
        or first_other_member(membership.organisation_id, user_id)
        or _has_work_in_progress(membership.organisation_id)
    ]


def organisations_closed_with(user_id: int) -> list[str]:
    """Return the names of the organisations that are closed when this user is erased."""
    blocked = blocked_organisations(user_id)
    led = [membership.organisation.name for membership in memberships_led_alone(user_id)]
    return [name for name in led if name not in blocked]


def _has_work_in_progress(organisation_id: int) -> bool:
    """Return True if a company has a brief, or a supplier an offer, that others wait for."""
    ordered = select(Brief.id).where(
        Brief.company_id == organisation_id, Brief.state.in_(("waiting", "published", "awarded"))
    )
    offered = (
        select(Proposal.id)
        .join(Proposal.brief)
        .where(
            Proposal.supplier_id == organisation_id,
            Proposal.state.in_(("submitted", "shortlisted", "awarded")),
            Brief.state.in_(("published", "awarded")),
        )
    )
    return any(session.scalar(query.limit(1)) is not None for query in (ordered, offered))
