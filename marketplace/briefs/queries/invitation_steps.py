"""Next steps about invitations, for several briefs of a company at once."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from marketplace.briefs.hooks import supplier_access
from marketplace.briefs.invitation_step import InvitationStep, step_of_open_brief, step_of_waiting_brief
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import BriefReview, BriefVersion
from marketplace.briefs.queries.briefs import BriefSummary
from marketplace.core.database import session


def invitation_steps(briefs: Sequence[BriefSummary]) -> Mapping[int, InvitationStep]:
    """Return the next step about invitations by brief id, for briefs that are open or wait to open for the first time."""
    opened = {one.brief.id: one.brief.reference for one in briefs if one.phase is Phase.OPEN}
    waiting = {one.brief.id: one.brief.reference for one in briefs if one.phase is Phase.WAITING}
    invited, chosen, paused = (
        _with_invitations(opened),
        _with_early_choice(waiting),
        _published_before(waiting),
    )
    return {
        id_: step_of_open_brief(reference, is_chosen=id_ in invited) for id_, reference in opened.items()
    } | {
        id_: step_of_waiting_brief(reference, is_chosen=id_ in chosen)
        for id_, reference in waiting.items()
        if id_ not in paused
    }


def _with_invitations(ids: Collection[int]) -> set[int]:
    # Offers also give suppliers access, but the company must not learn that there are any before they are opened.
    brief, _supplier = supplier_access["invitations"]
    return set(session.scalars(select(brief).where(brief.in_(ids)))) if ids else set()


def _with_early_choice(ids: Collection[int]) -> set[int]:
    if not ids:
        return set()
    query = select(BriefReview.brief_id, BriefReview.chosen_suppliers)
    query = query.where(BriefReview.brief_id.in_(ids), BriefReview.answered_at.is_(None))
    return {id_ for id_, suppliers in session.execute(query) if suppliers}


def _published_before(ids: Collection[int]) -> set[int]:
    if not ids:
        return set()
    return set(session.scalars(select(BriefVersion.brief_id).where(BriefVersion.brief_id.in_(ids))))
