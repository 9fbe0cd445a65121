"""Personal data by table: how long the text in it is stored, and what a person's export contains.

Tests compare both lists with the tables, so that no text is stored forever and no reference to a person is left out of
the export by mistake. The periods are in `retention_periods.py`, the jobs in `retention.py`.
"""

from dataclasses import dataclass

from marketplace.accounts.models import KnownNetwork, SignInSession
from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief, BriefReview, BriefVersion, ClarificationQuestion
from marketplace.casework.models import CaseNote, CaseTask, CompanyReminder
from marketplace.core.database import Base
from marketplace.core.form_drafts import FormDraft
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.mandates.models import Confirmation, Mandate
from marketplace.organisations.models import ColleagueInvitation
from marketplace.outbox.models import Notice, NoticePreference
from marketplace.programme.models.calendar import CalendarFeed
from marketplace.programme.models.participation import ParticipationEvent
from marketplace.programme.models.projects import ProjectPerson
from marketplace.programme.models.sessions import AttendanceMark, SessionLink
from marketplace.proposals.models.offers import (
    Award,
    EmergencyAccess,
    Evaluation,
    Proposal,
    ProposalRevision,
)
from marketplace.proposals.models.outcomes import OutcomeAnswer, OutcomeReply
from marketplace.proposals.models.scoring import IndividualScore, ScoreSheet
from marketplace.reporting.models import ReportIssue, ReportLink
from marketplace.sourcing.models import Invitation, OutsideInvitation
from marketplace.strategy.models.actions import ToolConfidence
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Measurement
from marketplace.strategy.models.plan import Strategy, StrategyComment, StrategyReview, StrategyVersion
from marketplace.vetting.models import Appeal, ConflictOfInterest, Refusal, Transfer, Vetting, VettingDecision

ACCOUNT = "anonymized with the account: erase_own_account, erase_unused_accounts"
EXPIRY = "deleted after expiry: delete_expired"
CLOSED_BRIEF = "erased 24 months after closing: erase_closed_briefs"
OWN_PROFILE = "edited and deleted by the supplier itself; names in it are anonymized with the account"
DECISION = "kept as the record of a decision; names in it are anonymized with the account"
REFUSED = "erased 24 months after a refusal: erase_refused_suppliers"
FACTS = "kept: codes and settings, no text by a person"
PARTICIPATION = "erased 24 months after the project, or 12 months after a sign-up without a seat: erase_old_participations"
PROJECT = "public text of a project"
STRATEGY = "deleted by an owner of the company, or when it is closed: delete_plan_of"
CASEWORK = "erased 24 months after it was written, or with the company: erase_old_casework"
REPORT = "published figures without names"
MANDATE = "deleted 24 months after the mandate ended: delete_old_mandates"
SEALED = "unreadable once erase_closed_briefs has deleted the offer's data key"

RETENTION_RULES = {
    "case_note.text": CASEWORK,
    "case_task.what": CASEWORK,
    "company_reminder.own_line": CASEWORK,
    "report_issue.content": REPORT,
    "report_issue.partner_parts": REPORT,
    "report_fact.values": FACTS,
    "appeal.reason": DECISION,
    "appeal.text": REFUSED,
    "audit_event.changes": FACTS,
    "audit_event.details": FACTS,
    "award.handover": DECISION,
    "award.reason": DECISION,
    "brief.answers": CLOSED_BRIEF,
    "brief.closed_reason": CLOSED_BRIEF,
    "brief.confirmed_topics": FACTS,
    "brief.title": "kept: names the brief in statistics and in the audit log",
    "brief_review.chosen_suppliers": FACTS,
    "brief_review.comment": DECISION,
    "brief_review.message": DECISION,
    "brief_review.reasons": FACTS,
    "brief_review.topic_comments": DECISION,
    "brief_version.answers": CLOSED_BRIEF,
    "brief_version.title": "kept: names the brief in statistics and in the audit log",
    "broken_glass.reason": DECISION,
    "business_garden.covered_municipalities": FACTS,
    "business_garden.email": "public contact address of a business garden",
    "case_study.client": OWN_PROFILE,
    "case_study.result": OWN_PROFILE,
    "case_study.text": OWN_PROFILE,
    "case_study.title": OWN_PROFILE,
    "clarification_question.answer": CLOSED_BRIEF,
    "clarification_question.public_text": CLOSED_BRIEF,
    "clarification_question.text": CLOSED_BRIEF,
    "colleague_invitation.email": "deleted 30 days after expiry: delete_expired; if accepted, anonymized with the account",
    "confirmation.decline_reason": MANDATE,
    "confirmation.details": MANDATE,
    "confirmation.text": MANDATE,
    "evaluation.note": CLOSED_BRIEF,
    "form_draft.path": EXPIRY,
    "form_draft.sealed_content": EXPIRY,
    "held_change.before": "deleted when a curator has reviewed the change",
    "individual_score.note": CLOSED_BRIEF,
    "invitation.decline_text": DECISION,
    "invitation.suggestion": DECISION,
    "notice.body": EXPIRY,
    "notice.link_label": EXPIRY,
    "notice.link_path": EXPIRY,
    "notice.subject": EXPIRY,
    "one_time_link.email": EXPIRY,
    "organisation.about": REFUSED,
    "organisation.name": "public name of an organisation",
    "organisation.slug": "public name of an organisation",
    "organisation.website": "public address of an organisation",
    "outbox_mail.body": EXPIRY,
    "outbox_mail.calendar": EXPIRY,
    "outbox_mail.last_error": EXPIRY,
    "outbox_mail.link_label": EXPIRY,
    "outbox_mail.message_id": EXPIRY,
    "outbox_mail.recipient": EXPIRY,
    "outbox_mail.sealed_link": "erased when the e-mail is sent or has failed: outbox delivery",
    "outbox_mail.subject": EXPIRY,
    "outcome_answer.next_company": CLOSED_BRIEF,
    "outcome_answer.story": CLOSED_BRIEF,
    "outcome_answer.story_removed_reason": CLOSED_BRIEF,
    "outcome_answer.text": DECISION,
    "outcome_reply.text": CLOSED_BRIEF,
    "outside_invitation.email": EXPIRY,
    "outside_invitation.message": EXPIRY,
    "pending_registration.details": EXPIRY,
    "pending_registration.email": EXPIRY,
    "pending_registration.name": EXPIRY,
    "pending_registration.organisation_name": EXPIRY,
    "pending_registration.password_hash": EXPIRY,
    "proposal.data_key": CLOSED_BRIEF,
    "proposal.outcome_good": CLOSED_BRIEF,
    "proposal.outcome_text": CLOSED_BRIEF,
    "proposal.sealed_content": SEALED,
    "proposal.sealed_reason": SEALED,
    "proposal.sealed_submission": SEALED,
    "proposal_revision.sealed_content": SEALED,
    "course_session.address": PROJECT,
    "course_session.cancelled_reason": PROJECT,
    "course_session.lecturer": PARTICIPATION,
    "course_session.lecturer_email": PARTICIPATION,
    "course_session.title": PROJECT,
    "participation.accepted_cohort_ids": FACTS,
    "participation.company_name": "public name of a company",
    "participation.contact_email": PARTICIPATION,
    "participation.contact_name": PARTICIPATION,
    "participation.details_before_sign_up": PARTICIPATION,
    "participation.sealed_token": PARTICIPATION,
    "participation.withdrawal_text": PARTICIPATION,
    "project.about": PROJECT,
    "project.name": PROJECT,
    "project.slug": PROJECT,
    "ranking_run.settings": FACTS,
    "refusal.answer": DECISION,
    "refusal.checklist": DECISION,
    "refusal.reason": DECISION,
    "sealed_event.sealed_content": SEALED,
    "sign_in_session.user_agent": EXPIRY,
    "supplier.contact_email": REFUSED,
    "supplier.contact_name": REFUSED,
    "supplier_move.reason": DECISION,
    "strategy.content": STRATEGY,
    "strategy_comment.text": STRATEGY,
    "strategy_review.message": STRATEGY,
    "strategy_review.text": STRATEGY,
    "strategy_version.content": STRATEGY,
    "strategy_action.what": STRATEGY,
    "objective.text": STRATEGY,
    "taken_form.answer": "deleted after a day with the idempotency key: purge of processed forms",
    "session_feedback.comment": PARTICIPATION,
    "session_material.url": PROJECT,
    "stored_file.alternative_text": OWN_PROFILE,
    "stored_file.name": "deleted with the case study, brief or offer it belongs to",
    "user_account.email": ACCOUNT,
    "user_account.name": ACCOUNT,
    "user_account.password_hash": ACCOUNT,
    "user_account.second_factor_secret": ACCOUNT,
    "vetting.checklist": DECISION,
    "vetting.reason": DECISION,
    "vetting_decision.checklist": DECISION,
    "vetting_decision.text": DECISION,
}
"""By "table.column": the scheduled job that erases the text, or the reason why it is kept."""

CASEWORK_TABLES = (
    (CaseNote, CaseNote.written_at),
    (CaseTask, CaseTask.created_at),
    (CompanyReminder, CompanyReminder.queued_at),
)
"""Tables whose rows erase_old_casework deletes, each with the time that the period counts from."""


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
