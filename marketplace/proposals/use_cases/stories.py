"""Case stories: naming the supplier, and removing a story, by the company or by a garden that gives a reason."""

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.queries import own_brief
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.queries import award_of, outcome_for_garden, outcome_for_supplier
from marketplace.proposals.use_cases.transitions import lock_brief, supplier_recipients


def name_supplier(viewer: Viewer, outcome_id: int, *, is_named: bool) -> None:
    """Give or withdraw consent to be named in a company's story, for the viewer's supplier. Raises NotFound, Forbidden.

    A consent covers the present text only.
    """
    with transaction():
        outcome, job = outcome_for_supplier(viewer, outcome_id)
        if not viewer.is_owner:
            raise Forbidden
        lock_brief(job.brief)
        session.refresh(outcome, ["answers"])
        answer = outcome.latest
        if answer is None or not answer.story_shown:
            raise NotFound
        if is_named is (answer.supplier_named_at is not None):
            return
        answer.supplier_named_at = clock.now() if is_named else None
        event = "brief.story_supplier_named" if is_named else "brief.story_supplier_unnamed"
        record(viewer, event, "brief", job.brief.reference, round=outcome.round)


def stop_story(viewer: Viewer, reference: str, name: str) -> None:
    """Stop showing the company's story of a round to others. Raises NotFound."""
    with transaction():
        brief = lock_brief(own_brief(viewer, reference))
        outcome = or_404(
            session.scalar(select(Outcome).where(Outcome.brief_id == brief.id, Outcome.round == name))
        )
        answer = outcome.latest
        if answer is None or not answer.story_shown:
            return
        answer.story_shown = ""
        record(viewer, "brief.story_stopped", "brief", brief.reference, round=name)


def remove_story(viewer: Viewer, outcome_id: int, reason: str) -> None:
    """Remove a public story of a company that the viewer's garden follows, and notify company and supplier of the reason.

    Raises NotFound, RuleBroken without a reason, and Conflict if the story is no longer shown.
    """
    with transaction():
        outcome, job = outcome_for_garden(viewer, outcome_id)
        lock_brief(job.brief)
        session.refresh(outcome, ["answers"])
        answer = outcome.latest
        if answer is None or not answer.story_shown:
            raise Conflict(_("The story is no longer shown to others."))
        if not reason:
            raise RuleBroken(_("Write the reason. The company and the supplier read it."), "reason")
        answer.story_shown, answer.story_removed_at, answer.story_removed_reason = "", clock.now(), reason
        record(viewer, "brief.story_removed", "brief", job.brief.reference, round=outcome.round)
        garden = viewer.organisation_name
        send(notices.story_removed(garden, job.title, reason), company_recipients(job.brief))
        award = award_of(job.brief.id)
        if award is not None:
            notice = notices.story_removed_for_supplier(garden, job.brief.company.name, job.title, reason)
            send(notice, supplier_recipients(award.proposal))
