"""Asking suppliers to answer a brief, and their yes or no."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import brief_for, current_answers, own_brief, phase_of
from marketplace.briefs.use_cases.authorization import lock
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.sourcing import notices
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.lifecycle import DECLINE_REASONS, MOST_INVITED, InvitationState
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.queries.rankings import run_of
from marketplace.sourcing.stored_ranking import open_run


def invite_suppliers(viewer: Viewer, reference: str, supplier_ids: Sequence[int]) -> int:
    """Ask suppliers from the kept ranking; return how many were asked now. Those asked before are passed over.

    Asking again for those alone, as a second click does, changes nothing and returns 0. Raises RuleBroken when nobody
    is chosen, or when more would be asked than the brief allows; seven is the most.
    """
    with transaction():
        lock(reference)
        brief = own_brief(viewer, reference)
        if not viewer.is_owner:
            raise Forbidden
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("The brief is not open, so nobody can be invited now."))
        run = run_of(brief)
        if run is None:
            raise NotFound
        places = open_run(run).places()
        before = {row.supplier_id: row for row in _invitations(brief)}
        chosen = [
            number for number in dict.fromkeys(supplier_ids) if number in places and number not in before
        ]
        if not chosen and before.keys() & set(supplier_ids):
            return 0
        _check(brief, chosen, list(before.values()))
        here = corpus().listings
        for number in chosen:
            if str(number) not in here:
                raise RuleBroken(
                    _("One of them is no longer approved or has paused its profile. Choose another.")
                )
            session.add(
                Invitation(
                    brief_id=brief.id,
                    supplier_id=number,
                    ranking_run_id=run.id,
                    place=places[number],
                    invited_by_id=viewer.user_id,
                )
            )
            record(viewer, "brief.invite", "brief", brief.reference, supplier=number, place=places[number])
            company = None if brief.name_hidden else brief.company.name
            message = notices.invited(company, brief.company.place, brief, brief.deadline or clock.now())
            send(message, recipients_for(number))
        return len(chosen)


def _check(brief: Brief, chosen: Sequence[int], before: Sequence[Invitation]) -> None:
    if not chosen:
        raise RuleBroken(_("Select the suppliers you want to invite."), "supplier")
    if len(before) + len(chosen) > MOST_INVITED:
        raise RuleBroken(
            _(
                "At most %(most)s suppliers can be asked about one brief, including those who decline.",
                most=MOST_INVITED,
            ),
            "supplier",
        )
    asked = sum(invitation.state != InvitationState.DECLINED for invitation in before)
    most = min(int(current_answers(brief).get("invite_count") or MOST_INVITED), MOST_INVITED)
    if asked + len(chosen) > most:
        raise RuleBroken(
            ngettext(
                "You have said that you will ask %(num)s supplier.",
                "You have said that you will ask %(num)s suppliers.",
                most,
            )
            + " "
            + _("%(count)s are selected in total. Remove some.", count=asked + len(chosen)),
            "supplier",
        )


def _invitations(brief: Brief) -> Sequence[Invitation]:
    query = (
        select(Invitation).where(Invitation.brief_id == brief.id).order_by(Invitation.place, Invitation.id)
    )
    return session.scalars(query).all()


def _own(viewer: Viewer, reference: str) -> tuple[Brief, Invitation]:
    lock(reference)
    brief = brief_for(viewer, reference)
    query = select(Invitation).where(
        Invitation.brief_id == brief.id, Invitation.supplier_id == viewer.organisation_id
    )
    invitation = session.scalar(query) if viewer.is_supplier else None
    if invitation is None:
        raise NotFound
    return brief, invitation


def mark_seen(viewer: Viewer, reference: str) -> None:
    """Note that an invited supplier tells that it has read the brief, the first time."""
    with transaction():
        brief, invitation = _own(viewer, reference)
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("The deadline has passed."))
        if invitation.state == InvitationState.INVITED:
            invitation.state, invitation.seen_at = InvitationState.SEEN, clock.now()


def decline(viewer: Viewer, reference: str, reason: str, text: str = "") -> None:
    """Say no to an invitation, with a reason that the company is told. Raises RuleBroken for an unknown reason."""
    with transaction():
        brief, invitation = _own(viewer, reference)
        if reason not in DECLINE_REASONS:
            raise RuleBroken(_("Choose a reason."), "reason")
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("The deadline has passed, so there is nothing to decline."))
        if invitation.state == InvitationState.DECLINED:
            return
        invitation.state, invitation.declined_at = InvitationState.DECLINED, clock.now()
        invitation.decline_reason, invitation.decline_text = reason, text
        record(viewer, "invitation.decline", "brief", brief.reference, reason=reason)
        label = str(DECLINE_REASONS[reason])
        message = notices.declined(viewer.organisation_name, brief.title, brief.reference, label)
        send(message, recipients_for(brief.company_id))


def reconsider(viewer: Viewer, reference: str) -> None:
    """Take back a no while the brief is open."""
    with transaction():
        brief, invitation = _own(viewer, reference)
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("The deadline has passed."))
        if invitation.state != InvitationState.DECLINED:
            return
        invitation.state, invitation.declined_at, invitation.decline_reason = InvitationState.SEEN, None, ""
        record(viewer, "invitation.reconsider", "brief", brief.reference)
        message = notices.reconsidered(viewer.organisation_name, brief.title, brief.reference)
        send(message, recipients_for(brief.company_id))
