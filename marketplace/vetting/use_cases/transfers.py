"""Transferring suppliers between gardens, with the consent of both, or away from a closed one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from marketplace.audit.use_cases import record
from marketplace.core import clock, places
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries
from marketplace.vetting.models import Transfer, Vetting
from marketplace.vetting.notices import transfers
from marketplace.vetting.use_cases.refusals import supersede_refusals

ASKED, AGREED, DECLINED, WITHDRAWN = "asked", "agreed", "declined", "withdrawn"


def _check_may_decide(viewer: Viewer, supplier_id: int) -> None:
    if not viewer.is_curator:
        raise Forbidden
    if queries.has_conflict_of_interest(viewer, supplier_id):
        raise RuleBroken(_("You are connected to this supplier and cannot decide. Ask another curator."))


def request_transfer(viewer: Viewer, supplier_id: int, to_garden_id: int, reason: str) -> Transfer:
    """Ask another garden to take over a supplier. Raises NotFound, Forbidden or RuleBroken."""
    with transaction():
        organisations.lock_organisation(supplier_id)
        supplier = queries.supplier_of_garden(viewer, supplier_id)
        _check_may_decide(viewer, supplier_id)
        if to_garden_id not in {garden.id for garden in queries.other_gardens(viewer)}:
            raise RuleBroken(_("Choose one from the list."), "garden")
        asked = select(Transfer.id).where(Transfer.supplier_id == supplier_id, Transfer.state == ASKED)
        if session.scalar(asked) is not None:
            raise RuleBroken(_("Another garden has already been asked. Withdraw that request first."))
        transfer = Transfer(
            supplier_id=supplier_id,
            from_garden_id=viewer.organisation_id,
            to_garden_id=to_garden_id,
            reason=reason,
            asked_by_id=viewer.user_id,
        )
        session.add(transfer)
        session.flush()
        record(viewer, "supplier.ask_to_move", "organisation", supplier_id, to=to_garden_id)
        message = transfers.transfer_requested(supplier.name, viewer.organisation_name, reason)
        send(message, organisations.recipients_for(to_garden_id, roles=("curator",)))
        return transfer


def _lock_open_transfer(viewer: Viewer, transfer_id: int, *, giving: bool) -> Transfer:
    """Load and lock an open transfer for the requesting or the receiving garden. Raises NotFound or Conflict."""
    transfer = session.scalar(select(Transfer).where(Transfer.id == transfer_id).with_for_update())
    side = None if transfer is None else transfer.from_garden_id if giving else transfer.to_garden_id
    if transfer is None or not viewer.is_garden or side != viewer.organisation_id:
        raise NotFound
    if transfer.state != ASKED:
        raise Conflict(_("This request has already been answered or withdrawn."))
    return transfer


def answer_transfer(viewer: Viewer, transfer_id: int, *, agree: bool) -> Transfer:
    """Accept or decline a transfer for the receiving garden. Raises NotFound, Forbidden, Conflict or RuleBroken.

    The supplier's vettings move in the same transaction, so the former garden loses access to all of them at once.
    """
    with transaction():
        transfer = _lock_open_transfer(viewer, transfer_id, giving=False)
        _check_may_decide(viewer, transfer.supplier_id)
        supplier = session.get_one(Supplier, transfer.supplier_id)
        if supplier.garden_id != transfer.from_garden_id:
            raise Conflict(_("This request has already been answered or withdrawn."))
        transfer.state = AGREED if agree else DECLINED
        transfer.answered_by_id, transfer.answered_at = viewer.user_id, clock.now()
        if agree:
            move_supplier(supplier, transfer.to_garden_id)
        record(
            viewer,
            "supplier.move" if agree else "supplier.decline_move",
            "organisation",
            supplier.id,
            before=transfer.from_garden_id,
            after=supplier.garden_id,
            asked_by=transfer.asked_by_id,
        )
        giving = organisations.recipients_for(transfer.from_garden_id, roles=("curator",))
        owners = organisations.recipients_for(supplier.id) if agree else []
        send(transfers.transfer_answered(supplier.name, viewer.organisation_name, agree=agree), giving)
        send(transfers.transferred(supplier.name, viewer.organisation_name), owners)
        return transfer


def move_supplier(supplier: Supplier, garden_id: int) -> None:
    """Move a supplier and its vettings to another garden, inside the caller's transaction. Sends no notices.

    Requests for another transfer end, because only the former garden could withdraw them.
    """
    supplier.garden_id = garden_id
    _end_open_transfers(Transfer.supplier_id == supplier.id, WITHDRAWN)
    supersede_refusals(supplier.id)
    session.execute(update(Vetting).where(Vetting.supplier_id == supplier.id).values(garden_id=garden_id))


def responsible_garden(municipality_number: str, garden_id: int | None = None) -> BusinessGarden:
    """Choose the garden that vets a supplier: the requested one, the one covering its municipality, or the nearest.

    Gardens without a curator are chosen only on request, or if no garden has one. Raises RuleBroken if there is none.
    """
    gardens = organisations.gardens()
    chosen = next((garden for garden in gardens if garden.id == garden_id), None)
    if garden_id is not None and chosen is None:
        raise RuleBroken(_("Choose one from the list."), "garden")
    if chosen:
        return chosen
    curated = organisations.curated_garden_ids()
    able = [garden for garden in gardens if garden.id in curated] or gardens
    covering = next((garden for garden in able if municipality_number in garden.covered_municipalities), None)
    if covering:
        return covering
    placed = [
        garden for garden in able if garden.municipality and places.find_municipality(municipality_number)
    ]
    if not placed:
        raise RuleBroken(_("No business garden is accepting applications yet. Try again later."), "garden")
    return min(placed, key=lambda garden: places.distance_km(municipality_number, garden.municipality_number))


def leave_closed_garden(viewer: Viewer | None, supplier: Supplier) -> None:
    """Move a supplier that has no garden, or a closed one, to the responsible garden. Raises RuleBroken if there is none."""
    if supplier.garden is not None and supplier.garden.is_active:
        return
    move_without_request(viewer, supplier, responsible_garden(supplier.municipality_number))


def move_without_request(viewer: Viewer | None, supplier: Supplier, garden: BusinessGarden) -> None:
    """Move a supplier because a garden has closed or opened again, and notify the supplier."""
    before = supplier.garden_id
    move_supplier(supplier, garden.id)
    record(viewer, "supplier.move", "organisation", supplier.id, before=before, after=garden.id)
    send(transfers.transferred(supplier.name, garden.name), organisations.recipients_for(supplier.id))


def _end_open_transfers(which: ColumnElement[bool], state: str) -> Sequence[Transfer]:
    query = select(Transfer).where(Transfer.state == ASKED, which).order_by(Transfer.id).with_for_update()
    transfers_ended = session.scalars(query).all()
    for transfer in transfers_ended:
        transfer.state, transfer.answered_at = state, clock.now()
    return transfers_ended


def decline_transfers_to_closed_garden(viewer: Viewer, garden_id: int) -> None:
    """Decline the transfers that a closed garden has not answered, inside the transaction that closes it."""
    garden = organisations.garden(garden_id)
    for transfer in _end_open_transfers(Transfer.to_garden_id == garden_id, DECLINED):
        record(viewer, "supplier.decline_move", "organisation", transfer.supplier_id, to=garden_id)
        giving = organisations.recipients_for(transfer.from_garden_id, roles=("curator",))
        send(transfers.transfer_answered(transfer.supplier.name, garden.name, agree=False), giving)


def withdraw_transfer(viewer: Viewer, transfer_id: int) -> None:
    """Withdraw a request of the viewer's garden. Raises NotFound, Forbidden or Conflict."""
    with transaction():
        transfer = _lock_open_transfer(viewer, transfer_id, giving=True)
        if not viewer.is_curator:
            raise Forbidden
        transfer.state, transfer.answered_by_id, transfer.answered_at = WITHDRAWN, viewer.user_id, clock.now()
        record(viewer, "supplier.withdraw_move", "organisation", transfer.supplier_id)
