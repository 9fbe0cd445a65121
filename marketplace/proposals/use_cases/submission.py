"""Save, submit, change, withdraw and restore an offer."""

from dataclasses import replace

from sqlalchemy import delete, func, select

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import best_effort_write, lock_row, session, transaction
from marketplace.core.errors import Conflict, RuleBroken, or_404
from marketplace.core.i18n import format_time, gettext as _
from marketplace.core.identifiers import random_id
from marketplace.core.viewer import Viewer
from marketplace.files.checks import check_document
from marketplace.files.models import StoredFile
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.limits import MAX_FILES, MAX_OFFERS_PER_DAY, MAX_STORED_FILES
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.offer_content import AttachedFile, OfferContent
from marketplace.proposals.queries import (
    SupplierOffer,
    count_submitted_within_a_day,
    letter_for,
    load_supplier_offer,
    open_file,
    own_proposal,
)
from marketplace.proposals.use_cases.transitions import (
    apply_transition,
    lock_brief_for_supplier,
    record_action,
    supplier_actor,
    supplier_recipients,
)
from marketplace.suppliers.models import Supplier


def _lock_open_offer(viewer: Viewer, reference: str) -> SupplierOffer:
    """Lock a brief and return it with the viewer's offer. Raises RuleBroken if the viewer cannot answer the brief."""
    lock_brief_for_supplier(viewer, reference)
    supplier_offer = load_supplier_offer(viewer, reference)
    if reason := why_closed(supplier_offer):
        raise RuleBroken(reason)
    return supplier_offer


def why_closed(supplier_offer: SupplierOffer) -> str:
    """Return why the viewer cannot answer the brief, as text; empty if it is open to the viewer."""
    if supplier_offer.phase is Phase.WITHDRAWN:
        return _("The brief has been withdrawn. Offers can no longer be written or changed.")
    if supplier_offer.phase is not Phase.OPEN:
        return _("The deadline has passed. Offers can no longer be written or changed.")
    if not supplier_offer.can_answer:
        return _("You are not approved for this kind of job, or the company does not accept offers from you.")
    return ""


def save(viewer: Viewer, reference: str, content: OfferContent, seen_revision: int | None = None) -> Proposal:
    """Save the draft and return the offer; the last submitted revision remains valid. Its files are unchanged.

    `seen_revision` is the revision that the form was rendered with. Raises Conflict if a colleague has saved since,
    RuleBroken after the deadline.
    """
    with transaction():
        supplier_offer = _lock_open_offer(viewer, reference)
        files = supplier_offer.content.files
        return _store_content(viewer, supplier_offer, replace(content, files=files), seen_revision)


def attach_file(viewer: Viewer, reference: str, name: str, data: bytes) -> Proposal:
    """Add a file to the saved draft, unless it has the same file already: a form with errors may be sent twice.

    Raises RuleBroken for a file that is refused, or too many files.
    """
    checked = check_document(name, data)
    with transaction():
        supplier_offer = _lock_open_offer(viewer, reference)
        proposal = _own(viewer, supplier_offer.brief.id)
        files = supplier_offer.content.files
        same = (file for file in files if (file.name, file.size) == (checked.name, len(checked.data)))
        if any(open_file(proposal, files, file.id)[1] == checked.data for file in same):
            return proposal
        stored = session.scalar(select(func.count()).where(StoredFile.proposal_id == proposal.id)) or 0
        if len(files) >= MAX_FILES or stored >= MAX_STORED_FILES:
            raise RuleBroken(
                _(
                    "An offer can have %(num)s files. Remove one, or put them together in one PDF.",
                    num=MAX_FILES,
                ),
                "files",
            )
        sealed = proposal.seal_file(checked)
        session.add(sealed)
        attached = AttachedFile(sealed.id, checked.name, checked.media_type, len(checked.data))
        return _store_content(
            viewer, supplier_offer, replace(supplier_offer.content, files=(*files, attached)), None
        )


def remove_file(viewer: Viewer, reference: str, file_id: int) -> Proposal:
    """Remove a file from the saved draft. A file of a submitted revision remains stored with that revision."""
    with transaction():
        supplier_offer = _lock_open_offer(viewer, reference)
        proposal = _own(viewer, supplier_offer.brief.id)
        files = tuple(file for file in supplier_offer.content.files if file.id != file_id)
        sent = {file.id for sent in proposal.revisions for file in OfferContent.from_dict(sent.content).files}
        if file_id not in sent:
            session.execute(
                delete(StoredFile).where(StoredFile.id == file_id, StoredFile.proposal_id == proposal.id)
            )
        return _store_content(viewer, supplier_offer, replace(supplier_offer.content, files=files), None)


def _store_content(
    viewer: Viewer, supplier_offer: SupplierOffer, content: OfferContent, seen_revision: int | None
) -> Proposal:
    proposal = supplier_offer.proposal
    stored = content.adapted_to(supplier_offer.requirements).to_dict()
    if proposal is None:
        proposal = Proposal(
            id=_unused_id(),
            brief_id=supplier_offer.brief.id,
            supplier_id=viewer.organisation_id,
            brief_version_id=supplier_offer.version.id,
            created_by_id=viewer.user_id,
            content=stored,
            revision=1,
        )
        session.add(proposal)
        session.flush()
        record_action(viewer, "proposal.begin", supplier_offer.brief, proposal)
        return proposal
    if proposal.state == ProposalState.WITHDRAWN:
        raise RuleBroken(_("This offer has been withdrawn. Restore it before you change it."))
    if seen_revision is not None and seen_revision != proposal.revision and proposal.content != stored:
        raise Conflict(
            _(
                "This offer was saved at %(time)s, by a colleague or in another window. Your text is still here. Save again to replace the saved text.",
                time=format_time(proposal.updated_at),
            ),
            {"revision": proposal.revision},
        )
    apply_transition(proposal, "save", supplier_actor(viewer), supplier_offer.phase)
    if proposal.content != stored:
        proposal.content = stored
        proposal.revision += 1
        record_action(viewer, "proposal.save", supplier_offer.brief, proposal)
    return proposal


def _unused_id() -> int:
    """Return a random id that no offer has."""
    number = random_id()
    while session.scalar(select(Proposal.id).where(Proposal.id == number)) is not None:
        number = random_id()
    return number


def submit(viewer: Viewer, reference: str, seen_revision: int) -> Proposal:
    """Submit the saved draft as a new revision. Only the newest revision is valid; earlier ones are retained.

    Raises RuleBroken if a field is missing or the deadline has passed, Conflict if a colleague has saved since
    `seen_revision`. Submitting the same content twice changes nothing.
    """
    with transaction():
        supplier_offer = _lock_open_offer(viewer, reference)
        proposal = _own(viewer, supplier_offer.brief.id)
        if not viewer.is_owner:
            raise RuleBroken(
                _("Only an owner can send the offer. It has been saved. Ask an owner to send it.")
            )
        if seen_revision != proposal.revision:
            raise Conflict(
                _(
                    "This offer has been saved since you opened it, by a colleague or in another window. Read it again before you send it."
                )
            )
        if supplier_offer.problems:
            raise RuleBroken(supplier_offer.problems[0].message, supplier_offer.problems[0].field)
        _check_daily_limit(proposal)
        again = supplier_offer.is_sent
        if again and not supplier_offer.has_unsent_changes and not supplier_offer.answers_older_version:
            return proposal
        apply_transition(proposal, "submit", supplier_actor(viewer), supplier_offer.phase)
        now = clock.now()
        # Submit the fields that the brief asks for today, even if the brief changed after the last save.
        content = supplier_offer.content.to_dict()
        proposal.content = proposal.submitted_content = content
        proposal.brief_version_id = supplier_offer.version.id
        proposal.submitted_at = now
        proposal.add_revision(content, now, viewer.user_id)
        record_action(viewer, "proposal.submit", supplier_offer.brief, proposal)
        notice = notices.offer_sent(
            supplier_offer.version.title, reference, supplier_offer.deadline, again=again
        )
        send(notice, supplier_recipients(proposal))
        return proposal


def _check_daily_limit(proposal: Proposal) -> None:
    """Refuse the first submission of an offer if its supplier has reached the daily limit. Raises RuleBroken."""
    if proposal.revisions:
        return
    # Serialise concurrent submissions of a supplier, so that both are counted.
    lock_row(Supplier.id, proposal.supplier_id)
    if count_submitted_within_a_day(proposal.supplier_id) >= MAX_OFFERS_PER_DAY:
        raise RuleBroken(
            _(
                "You have sent %(most)s offers within 24 hours. This one has been saved. Send it tomorrow.",
                most=MAX_OFFERS_PER_DAY,
            )
        )


def withdraw(viewer: Viewer, reference: str, reason: str) -> None:
    """Withdraw a submitted offer. It can be restored until the deadline."""
    with transaction():
        brief = lock_brief_for_supplier(viewer, reference)
        proposal = _own(viewer, brief.id)
        supplier_offer = load_supplier_offer(viewer, reference)
        apply_transition(proposal, "withdraw", supplier_actor(viewer), supplier_offer.phase)
        proposal.withdrawn_at = clock.now()
        proposal.supplier_reason = reason
        record_action(viewer, "proposal.withdraw", brief, proposal)
        is_final = supplier_offer.phase is not Phase.OPEN
        send(
            notices.offer_withdrawn(supplier_offer.version.title, reference, is_final=is_final),
            supplier_recipients(proposal),
        )
        if is_final:
            notice = notices.supplier_withdrew(
                proposal.supplier.name, supplier_offer.version.title, reference, reason
            )
            send(notice, company_recipients(brief))


def resume(viewer: Viewer, reference: str) -> None:
    """Restore a withdrawn offer as a draft while the brief is open. Raises Conflict if it cannot be restored."""
    with transaction():
        supplier_offer = _lock_open_offer(viewer, reference)
        proposal = _own(viewer, supplier_offer.brief.id)
        if not proposal.can_be_restored:
            raise Conflict(_("The offer was withdrawn after it was opened, so it cannot be restored."))
        apply_transition(proposal, "resume", supplier_actor(viewer), supplier_offer.phase)
        proposal.withdrawn_at = None
        proposal.submitted_content = None
        record_action(viewer, "proposal.resume", supplier_offer.brief, proposal)


def _own(viewer: Viewer, brief_id: int) -> Proposal:
    return or_404(own_proposal(viewer, brief_id))


def mark_letter_seen(viewer: Viewer, proposal_id: int) -> None:
    """Record that the supplier has read its outcome letter."""
    with best_effort_write(), transaction():
        proposal = letter_for(viewer, proposal_id).proposal
        if proposal.outcome_seen_at is None:
            proposal.outcome_seen_at = clock.now()
