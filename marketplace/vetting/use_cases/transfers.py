"""Moving a supplier to another garden by two signatures, and stating ties."""

from sqlalchemy import select, update

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries
from marketplace.vetting.models import ConflictOfInterest, Transfer, Vetting
from marketplace.vetting.notices import transfers
from marketplace.vetting.use_cases.refusing import overtake_refusals

ASKED, AGREED, DECLINED, WITHDRAWN = "asked", "agreed", "declined", "withdrawn"
TIE_KINDS = ("owner", "board", "family", "paid")


def _must_decide(viewer: Viewer, supplier_id: int) -> None:
    if not viewer.is_curator:
        raise Forbidden
    if queries.has_tie(viewer, supplier_id):
        raise RuleBroken(_("You are connected to this supplier and cannot decide. Ask another curator."))


def ask_to_move(viewer: Viewer, supplier_id: int, to_garden_id: int, reason: str) -> Transfer:
    """Sign for the giving garden: ask another one to take a supplier. Raises NotFound, Forbidden or RuleBroken."""
    with transaction():
        supplier = queries.own_supplier_of_garden(viewer, supplier_id)
        _must_decide(viewer, supplier_id)
        if to_garden_id not in {garden.id for garden in queries.other_gardens(viewer)}:
            raise RuleBroken(_("Choose one from the list."), "garden")
        asked = select(Transfer.id).where(Transfer.supplier_id == supplier_id, Transfer.state == ASKED)
        if session.scalar(asked) is not None:
            raise RuleBroken(_("Another garden has already been asked. Withdraw that request first."))
        move = Transfer(
            supplier_id=supplier_id,
            from_garden_id=viewer.organisation_id,
            to_garden_id=to_garden_id,
            reason=reason,
            asked_by_id=viewer.user_id,
        )
        session.add(move)
        session.flush()
        record(viewer, "supplier.ask_to_move", "organisation", supplier_id, to=to_garden_id)
        message = transfers.move_asked(supplier.name, viewer.organisation_name, reason)
        send(message, organisations.recipients_for(to_garden_id, roles=("curator",)))
        return move


def _asked(viewer: Viewer, move_id: int, *, giving: bool) -> Transfer:
    """Return a move that waits, locked, for the garden whose turn it is. Raises NotFound or Conflict."""
    move = session.scalar(select(Transfer).where(Transfer.id == move_id).with_for_update())
    side = None if move is None else move.from_garden_id if giving else move.to_garden_id
    if move is None or not viewer.is_garden or side != viewer.organisation_id:
        raise NotFound
    if move.state != ASKED:
        raise Conflict(_("This move has already been answered or withdrawn."))
    return move


def answer_move(viewer: Viewer, move_id: int, *, agree: bool) -> Transfer:
    """Sign for the receiving garden, or decline. Raises NotFound, Forbidden, Conflict or RuleBroken.

    What the supplier has applied for and been approved for goes with it in the same transaction, so nothing that is
    left behind lets the former garden read or decide at its next request.
    """
    with transaction():
        move = _asked(viewer, move_id, giving=False)
        _must_decide(viewer, move.supplier_id)
        supplier = session.get_one(Supplier, move.supplier_id)
        if supplier.garden_id != move.from_garden_id:
            raise Conflict(_("This move has already been answered or withdrawn."))
        move.state = AGREED if agree else DECLINED
        move.answered_by_id, move.answered_at = viewer.user_id, clock.now()
        if agree:
            supplier.garden_id = move.to_garden_id
            overtake_refusals(supplier.id)
            session.execute(
                update(Vetting).where(Vetting.supplier_id == supplier.id).values(garden_id=move.to_garden_id)
            )
        record(
            viewer,
            "supplier.move" if agree else "supplier.decline_move",
            "organisation",
            supplier.id,
            before=move.from_garden_id,
            after=supplier.garden_id,
            asked_by=move.asked_by_id,
        )
        giving = organisations.recipients_for(move.from_garden_id, roles=("curator",))
        owners = organisations.recipients_for(supplier.id) if agree else []
        send(transfers.move_answered(supplier.name, viewer.organisation_name, agree=agree), giving)
        send(transfers.moved(supplier.name, viewer.organisation_name), owners)
        return move


def withdraw_move(viewer: Viewer, move_id: int) -> None:
    """Take back what the viewer's garden asked for. Raises NotFound, Forbidden or Conflict."""
    with transaction():
        move = _asked(viewer, move_id, giving=True)
        if not viewer.is_curator:
            raise Forbidden
        move.state, move.answered_by_id, move.answered_at = WITHDRAWN, viewer.user_id, clock.now()
        record(viewer, "supplier.withdraw_move", "organisation", move.supplier_id)


def state_tie(viewer: Viewer, supplier_id: int, kind: str) -> None:
    """State that the viewer has a tie to a supplier, and so decides nothing about it. Raises NotFound or RuleBroken."""
    if not viewer.is_garden:
        raise Forbidden
    if kind not in TIE_KINDS:
        raise RuleBroken(_("Choose one from the list."), "kind")
    with transaction():
        if session.get(Supplier, supplier_id) is None:
            raise NotFound
        if any(tie.supplier_id == supplier_id for tie in queries.ties(viewer)):
            raise RuleBroken(_("You have declared a connection to this supplier."), "supplier")
        session.add(ConflictOfInterest(user_id=viewer.user_id, supplier_id=supplier_id, kind=kind))
        record(viewer, "supplier.state_tie", "organisation", supplier_id, kind=kind)


def end_tie(viewer: Viewer, tie_id: int) -> None:
    """Say that a tie is over. The record keeps that it was there. Raises NotFound."""
    with transaction():
        tie = session.get(ConflictOfInterest, tie_id)
        if tie is None or tie.user_id != viewer.user_id:
            raise NotFound
        session.delete(tie)
        record(viewer, "supplier.end_tie", "organisation", tie.supplier_id, kind=tie.kind)
