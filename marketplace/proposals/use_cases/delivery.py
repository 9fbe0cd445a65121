"""After the award: handover, early termination and outcome questionnaires."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import own_brief, phase_of
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.content import BriefRequirements
from marketplace.proposals.lifecycle import HANDOVER_ANSWERS, HANDOVER_ITEMS, OUTCOME_ROUNDS, handover_items
from marketplace.proposals.models import Award, Outcome, OutcomeAnswer
from marketplace.proposals.queries import award_of
from marketplace.proposals.use_cases.shared import (
    apply_brief_transition,
    garden_receivers,
    lock_brief,
    lock_brief_for_company,
    supplier_receivers,
)


@dataclass(frozen=True, slots=True)
class OutcomeAnswers:
    """Answers about the outcome: facts before opinions."""

    on_time: str
    within_price: str
    goal_met: str
    order_again: str
    measured: str = ""
    text: str = ""


ON_TIME = ("yes", "late", "no")
WITHIN_PRICE = ("yes", "over", "no")
GOAL_MET = ("yes", "partly", "no", "too_early")
ORDER_AGAIN = ("yes", "maybe", "no")


def deliver(viewer: Viewer, reference: str, handover: Mapping[str, str]) -> None:
    """Confirm the handover with every item of the checklist answered. Raises RuleBroken.

    Schedules outcome questionnaires now, after three months and after a year.
    """
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "deliver")
        award = _award(brief)
        checked = _checked_handover(brief, handover)
        now = clock.now()
        award.delivered_at = now
        award.handover = checked
        apply_brief_transition(brief, "deliver")
        brief.closed_at = now
        for name, days in OUTCOME_ROUNDS.items():
            due = clock.today() + dt.timedelta(days=days)
            session.add(Outcome(brief_id=brief.id, round=name, due_on=due))
        record(viewer, "brief.deliver", "brief", brief.reference)
        notice = notices.job_delivered(brief.company.name, brief.versions[-1].title, award.proposal_id)
        send(notice, supplier_receivers(award.proposal))


def change_handover(viewer: Viewer, reference: str, handover: Mapping[str, str]) -> None:
    """Change the checklist after the handover, when something has been received. Raises RuleBroken.

    Raises Conflict if the job has not been delivered.
    """
    with transaction():
        brief = lock_brief(own_brief(viewer, reference))
        award = _award(brief)
        if not viewer.is_owner:
            raise Forbidden
        if phase_of(brief) is not Phase.DELIVERED:
            raise Conflict(_("The job has not been delivered yet."))
        checked = _checked_handover(brief, handover)
        if checked != award.handover:
            award.handover = checked
            record(viewer, "brief.handover", "brief", brief.reference)


def _checked_handover(brief: Brief, handover: Mapping[str, str]) -> dict[str, str]:
    """Return an answer to each item of the checklist; a deliverable without an answer is not done."""
    version = brief.versions[-1]
    requirements = BriefRequirements.from_answers(version.title, version.answers)
    answers = {}
    for item in handover_items(requirements.deliverables):
        answer = handover.get(item, None if item in HANDOVER_ITEMS else "not_done")
        if answer not in HANDOVER_ANSWERS:
            raise RuleBroken(_("Answer each point. “Not done” is an answer too."), item)
        answers[item] = str(answer)
    return answers


def terminate(viewer: Viewer, reference: str, reason: str) -> None:
    """Terminate a job before delivery, with a reason, and notify supplier and garden. Raises RuleBroken."""
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "terminate")
        award = _award(brief)
        if not reason:
            raise RuleBroken(_("Explain why you are ending the job."), "reason")
        apply_brief_transition(brief, "terminate")
        brief.closed_at, brief.closed_reason = clock.now(), reason
        record(viewer, "brief.terminate", "brief", brief.reference)
        title, company = brief.versions[-1].title, brief.company.name
        notice = notices.job_ended(company, title, reason, brief.reference)
        send(notice, [*supplier_receivers(award.proposal), *garden_receivers(brief)])


def answer_outcome(viewer: Viewer, reference: str, name: str, answers: OutcomeAnswers) -> None:
    """Answer one round of the outcome questionnaire. Raises RuleBroken, NotFound.

    A later answer is added, and earlier ones are kept; the same answer again adds nothing.
    """
    with transaction():
        brief = lock_brief(own_brief(viewer, reference))
        query = select(Outcome).where(Outcome.brief_id == brief.id, Outcome.round == name)
        outcome = session.scalar(query)
        if outcome is None:
            raise NotFound
        if outcome.due_on > clock.today():
            raise Conflict(_("It is too early to answer this."))
        allowed = {
            "on_time": ON_TIME,
            "within_price": WITHIN_PRICE,
            "goal_met": GOAL_MET,
            "order_again": ORDER_AGAIN,
        }
        for field, values in allowed.items():
            if getattr(answers, field) not in values:
                raise RuleBroken(_("Choose one from the list."), field)
        given, latest = asdict(answers), outcome.latest
        if latest is not None and all(getattr(latest, field) == value for field, value in given.items()):
            return
        outcome.answered_at = clock.now()
        outcome.answers.append(
            OutcomeAnswer(answered_at=outcome.answered_at, answered_by_id=viewer.user_id, **given)
        )
        record(viewer, "brief.outcome", "brief", brief.reference, round=name)


def _award(brief: Brief) -> Award:
    award = award_of(brief.id)
    if award is None:
        raise NotFound
    return award
