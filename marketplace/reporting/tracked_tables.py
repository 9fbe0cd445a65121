"""The tables whose history reports need, and the values that are recorded of their rows.

Append-only tables (attendance marks, hours, money, aid) are read directly. Recorded values are codes, numbers and times:
they outlive the row, so none of them may be a name or a text.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core.database import Entity
from marketplace.organisations.models import Company, CompanyFollower
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPerson, ProjectPlace
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.models.outcomes import OutcomeAnswer
from marketplace.sourcing.models import Invitation
from marketplace.strategy.models.actions import ToolConfidence, ToolUse
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy, StrategyReview
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import Vetting

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tracked:
    """How the rows of a table are recorded.

    `kind` is the kind of the facts. `owner` returns the id of the row that a row belongs to. `values` returns the values to
    record, or None while the row must not be counted. `begun` names the column with the time from which a row counts that
    is older than the recording of facts.
    """

    kind: str
    owner: Callable[[Any], int]
    values: Callable[[Any], Values | None]
    begun: str = ""


def _attribute(name: str) -> Callable[[Any], int]:
    return lambda row: int(getattr(row, name) or 0)


def _pick(*names: str) -> Callable[[Any], Values]:
    return lambda row: {name: _to_json(getattr(row, name)) for name in names}


def _to_json(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


_BRIEF = _pick("state", "published_at", "closed_at", "deadline", "opened_early_at")
_SUPPLIER = _pick("garden_id", "municipality_number", "is_active", "paused_at")
_ASSESSMENT = _pick("stage", "data_version", "begun_at", "finished_at")
_FEEDBACK = _pick("participation_id", "asked_at", "answered_at", "useful", "used_before", "allows_quote")


def _brief_values(brief: Brief) -> Values | None:
    """Return the values of a published brief; drafts are private to the company."""
    if brief.published_at is None:
        return None
    values = _BRIEF(brief)
    # The recorded consent is kept when the answers are erased after the retention period.
    return values | {"consent": str(brief.answers.get("report_consent") or "")} if brief.answers else values


def _offer_values(proposal: Proposal) -> Values | None:
    """Return the values of an opened offer; until then nobody may count it."""
    return None if proposal.opened_at is None else {"opened_at": _to_json(proposal.opened_at)}


def _supplier_values(supplier: Supplier) -> Values:
    return _SUPPLIER(supplier) | {"services": sorted(service.code for service in supplier.services)}


def _assessment_values(assessment: Assessment) -> Values:
    answers = {answer.code: [answer.kind, answer.value] for answer in assessment.answers}
    return _ASSESSMENT(assessment) | {"answers": dict(sorted(answers.items()))}


def _feedback_values(feedback: SessionFeedback) -> Values:
    return _FEEDBACK(feedback) | {"has_quote": bool(feedback.comment and feedback.allows_quote)}


TRACKED: Mapping[type[Entity], Tracked] = {
    Project: Tracked(
        "project",
        _attribute("garden_id"),
        _pick("starts_on", "ends_on", "target_companies", "sessions_needed", "currency"),
        "created_at",
    ),
    ProjectPlace: Tracked("place", _attribute("project_id"), _pick("garden_id", "municipality_number")),
    ProjectPerson: Tracked(
        "person", _attribute("project_id"), _pick("role", "place_id", "percent", "since", "until")
    ),
    Cohort: Tracked("cohort", _attribute("project_id"), _pick("place_id", "cancelled_at")),
    CourseSession: Tracked(
        "session",
        _attribute("cohort_id"),
        _pick(
            "number",
            "starts_at",
            "ends_at",
            "municipality_number",
            "catch_up_of_id",
            "cancelled_at",
            "held_at",
            "head_count",
        ),
    ),
    SessionFeedback: Tracked("feedback", _attribute("session_id"), _feedback_values, "asked_at"),
    Participation: Tracked(
        "participation",
        _attribute("project_id"),
        _pick(
            "state",
            "cohort_id",
            "company_id",
            "municipality_number",
            "sector_code",
            "employees",
            "source",
            "signed_up_at",
            "confirmed_at",
            "withdrawal_reason",
            "allows_figures",
            "allows_quotes",
        ),
        "created_at",
    ),
    Assessment: Tracked("assessment", _attribute("company_id"), _assessment_values, "begun_at"),
    Strategy: Tracked(
        "strategy", _attribute("company_id"), _pick("created_at", "started_at", "completed_at"), "created_at"
    ),
    StrategyReview: Tracked(
        "review", _attribute("strategy_id"), _pick("asked_at", "answered_at", "verdict"), "asked_at"
    ),
    Objective: Tracked(
        "objective",
        _attribute("strategy_id"),
        _pick("direction", "baseline_milli", "target_milli", "target_on", "created_at", "removed_at"),
        "created_at",
    ),
    Measurement: Tracked(
        "measurement",
        _attribute("objective_id"),
        _pick("measured_on", "value_milli", "recorded_at", "replaces_id", "is_withdrawn"),
        "recorded_at",
    ),
    ToolUse: Tracked("tool", _attribute("company_id"), _pick("tool_code", "state", "since"), "since"),
    ToolConfidence: Tracked("confidence", _attribute("company_id"), _pick("tool_code", "value", "at"), "at"),
    Brief: Tracked("brief", _attribute("company_id"), _brief_values, "published_at"),
    BriefVersion: Tracked(
        "brief_version", _attribute("brief_id"), _pick("number", "quality", "published_at"), "published_at"
    ),
    Invitation: Tracked(
        "invitation",
        _attribute("brief_id"),
        _pick("invited_at", "declined_at", "decline_reason"),
        "invited_at",
    ),
    Proposal: Tracked("offer", _attribute("brief_id"), _offer_values, "opened_at"),
    Award: Tracked("award", _attribute("brief_id"), _pick("awarded_at", "delivered_at"), "awarded_at"),
    OutcomeAnswer: Tracked(
        "outcome",
        lambda answer: int(answer.outcome.brief_id),
        _pick(
            "outcome_id", "answered_at", "on_time", "within_price", "goal_met", "order_again", "for_garden"
        ),
        "answered_at",
    ),
    Supplier: Tracked("supplier", lambda _supplier: 0, _supplier_values, "created_at"),
    Vetting: Tracked(
        "vetting", _attribute("supplier_id"), _pick("category", "state", "approved_at"), "submitted_at"
    ),
    CompanyFollower: Tracked(
        "follower", _attribute("garden_id"), _pick("company_id", "since", "until"), "since"
    ),
    Company: Tracked(
        "company",
        lambda _company: 0,
        _pick("municipality_number", "sector_code", "employees", "is_active", "created_at"),
        "created_at",
    ),
}
"""How each table is recorded."""
