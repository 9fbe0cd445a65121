"""A supplier writes an offer, sends it, changes it until the deadline, and takes it back."""

from sqlalchemy import select

from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.database import best_effort_write, session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import format_time
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.content import OfferContent
from marketplace.proposals.duplicate_text import MOST_A_DAY
from marketplace.proposals.lifecycle import State
from marketplace.proposals.models import Proposal, new_number
from marketplace.proposals.queries import (
    Answering,
    answering,
    letter_for,
    own_proposal,
    sent_within_a_day,
)
from marketplace.proposals.use_cases.shared import (
    company_people,
    locked_for_supplier,
    log,
    move_proposal,
    supplier_actor,
    supplier_people,
)
from marketplace.suppliers.models import Supplier


def _writing(viewer: Viewer, reference: str) -> Answering:
    """Return the brief with the viewer's offer, locked and still open to it. Raises RuleBroken when it is not."""
    locked_for_supplier(viewer, reference)
    found = answering(viewer, reference)
    if found.phase is not Phase.OPEN:
        raise RuleBroken(_("The deadline has passed. Offers can no longer be written or changed."))
    if not found.may_answer:
        raise RuleBroken(
            _("You are not approved for this kind of job, or the company does not accept offers from you.")
        )
    return found


def save(viewer: Viewer, reference: str, content: OfferContent, seen_revision: int | None = None) -> Proposal:
    """Keep what the supplier has written; what was sent before still counts. Returns the offer.

    `seen_revision` is the one that the writer began from. Raises Conflict when a colleague has saved since,
    RuleBroken after the deadline.
    """
    with transaction():
        return _keep(viewer, _writing(viewer, reference), content, seen_revision)


def _keep(viewer: Viewer, found: Answering, content: OfferContent, seen_revision: int | None) -> Proposal:
    proposal = found.proposal
    stored = content.adapted_to(found.requirements).to_dict()
    if proposal is None:
        proposal = Proposal(
            id=_free_number(),
            brief_id=found.brief.id,
            supplier_id=viewer.organisation_id,
            brief_version_id=found.version.id,
            created_by_id=viewer.user_id,
            content=stored,
            revision=1,
        )
        session.add(proposal)
        session.flush()
        log(viewer, "proposal.begin", found.brief, proposal)
        return proposal
    if proposal.state == State.WITHDRAWN:
        raise RuleBroken(_("This offer has been withdrawn. Restore it before you change it."))
    if seen_revision is not None and seen_revision != proposal.revision and proposal.content != stored:
        raise Conflict(
            _(
                "A colleague saved this offer at %(time)s. Your text is still here. Save again to replace theirs.",
                time=format_time(proposal.updated_at),
            ),
            {"revision": proposal.revision},
        )
    move_proposal(proposal, "save", supplier_actor(viewer), found.phase)
    if proposal.content != stored:
        proposal.content = stored
        proposal.revision += 1
        log(viewer, "proposal.save", found.brief, proposal)
    return proposal


def _free_number() -> int:
    """Return an id at random that no offer has."""
    number = new_number()
    while session.scalar(select(Proposal.id).where(Proposal.id == number)) is not None:
        number = new_number()
    return number


def submit(viewer: Viewer, reference: str, seen_revision: int) -> Proposal:
    """Send the offer as it is saved, or what has changed in it. What was sent last counts; all that was sent is kept.

    Raises RuleBroken when something is missing or the deadline has passed, Conflict when a colleague has
    saved since `seen_revision`. Sending the same twice changes nothing.
    """
    with transaction():
        found = _writing(viewer, reference)
        proposal = _own(viewer, found.brief.id)
        if not viewer.is_owner:
            raise RuleBroken(
                _("Only an owner can send the offer. It has been saved. Ask an owner to send it.")
            )
        if seen_revision != proposal.revision:
            raise Conflict(
                _("A colleague has saved this offer since you opened it. Read it again before you send it.")
            )
        if found.problems:
            raise RuleBroken(found.problems[0].message, found.problems[0].field)
        _must_not_be_too_many(proposal)
        again = found.is_sent
        if again and not found.has_unsent_changes and not found.answers_older_version:
            return proposal
        move_proposal(proposal, "submit", supplier_actor(viewer), found.phase)
        now = clock.now()
        # What is sent holds the parts that the brief asks for today, also when it was changed after the last save.
        content = found.content.to_dict()
        proposal.content = proposal.submitted_content = content
        proposal.brief_version_id = found.version.id
        proposal.submitted_at = now
        proposal.add_revision(content, now, viewer.user_id)
        log(viewer, "proposal.submit", found.brief, proposal)
        told = notices.offer_sent(found.version.title, reference, found.deadline, again=again)
        send(told, supplier_people(proposal))
        return proposal


def _must_not_be_too_many(proposal: Proposal) -> None:
    """Refuse the first sending of an offer when its supplier has sent very many within a day. Raises RuleBroken."""
    if proposal.revisions:
        return
    # Two that are sent at once wait for each other here, so that both are counted.
    session.execute(select(Supplier.id).where(Supplier.id == proposal.supplier_id).with_for_update())
    if sent_within_a_day(proposal.supplier_id) >= MOST_A_DAY:
        raise RuleBroken(
            _(
                "You have sent %(most)s offers within 24 hours. This one has been saved. Send it tomorrow.",
                most=MOST_A_DAY,
            )
        )


def withdraw(viewer: Viewer, reference: str, reason: str) -> None:
    """Take back a sent offer: until the deadline it can be taken up again, after that it is final."""
    with transaction():
        brief = locked_for_supplier(viewer, reference)
        proposal = _own(viewer, brief.id)
        found = answering(viewer, reference)
        move_proposal(proposal, "withdraw", supplier_actor(viewer), found.phase)
        proposal.withdrawn_at = clock.now()
        proposal.own_reason = reason
        log(viewer, "proposal.withdraw", brief, proposal)
        is_final = found.phase is not Phase.OPEN
        send(
            notices.offer_withdrawn(found.version.title, reference, is_final=is_final),
            supplier_people(proposal),
        )
        if is_final:
            told = notices.supplier_withdrew(proposal.supplier.name, found.version.title, reference, reason)
            send(told, company_people(brief))


def resume(viewer: Viewer, reference: str) -> None:
    """Take up a withdrawn offer again as a draft, while the brief is open."""
    with transaction():
        found = _writing(viewer, reference)
        proposal = _own(viewer, found.brief.id)
        move_proposal(proposal, "resume", supplier_actor(viewer), found.phase)
        proposal.withdrawn_at = None
        proposal.submitted_content = None
        log(viewer, "proposal.resume", found.brief, proposal)


def _own(viewer: Viewer, brief_id: int) -> Proposal:
    proposal = own_proposal(viewer, brief_id)
    if proposal is None:
        raise NotFound
    return proposal


def mark_letter_seen(viewer: Viewer, proposal_id: int) -> None:
    """Note that the supplier has read its outcome letter."""
    with best_effort_write(), transaction():
        proposal = letter_for(viewer, proposal_id).proposal
        if proposal.outcome_seen_at is None:
            proposal.outcome_seen_at = clock.now()
