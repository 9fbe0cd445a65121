"""After the award: handover and early termination."""

import datetime as dt
from collections.abc import Mapping

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import own_brief, phase_of
from marketplace.briefs.use_cases.authorization import garden_recipients
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import HANDOVER_ANSWERS, HANDOVER_ITEMS, OUTCOME_ROUNDS, handover_items
from marketplace.proposals.models.offers import Award
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.offer_content import BriefRequirements
from marketplace.proposals.queries import award_of
from marketplace.proposals.use_cases.transitions import (
    apply_brief_transition,
    lock_brief,
    lock_brief_for_company,
    supplier_recipients,
)


def deliver(viewer: Viewer, reference: str, handover: Mapping[str, str]) -> None:
    """Confirm the handover with every item of the checklist answered. Raises RuleBroken.

    Schedules the outcome questionnaires of OUTCOME_ROUNDS.
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
        send(notice, supplier_recipients(award.proposal))


def change_handover(viewer: Viewer, reference: str, handover: Mapping[str, str]) -> None:
    """Change the answers of the handover checklist after the delivery. Raises RuleBroken.

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
            raise RuleBroken(_("Answer every item. “Not done” is an answer too."), item)
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
        send(notice, [*supplier_recipients(award.proposal), *garden_recipients(brief)])


def _award(brief: Brief) -> Award:
    return or_404(award_of(brief.id))
