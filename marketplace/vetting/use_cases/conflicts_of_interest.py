"""Declaring conflicts of interest."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import ConflictOfInterest
from marketplace.vetting.rules import last_cooling_off_day

CONFLICT_KINDS = ("owner", "board", "family", "paid")


def declare_conflict(viewer: Viewer, supplier_id: int, kind: str) -> None:
    """Declare the viewer's connection to a supplier. Raises Forbidden, NotFound or RuleBroken."""
    if not viewer.is_garden:
        raise Forbidden
    if kind not in CONFLICT_KINDS:
        raise RuleBroken(_("Choose one from the list."), "kind")
    with transaction():
        if session.get(Supplier, supplier_id) is None:
            raise NotFound
        declared = session.scalar(
            select(ConflictOfInterest).where(
                ConflictOfInterest.user_id == viewer.user_id, ConflictOfInterest.supplier_id == supplier_id
            )
        )
        if declared is not None and declared.ended_at is None:
            raise RuleBroken(_("You have declared a connection to this supplier."), "supplier")
        if declared is None:
            declared = ConflictOfInterest(user_id=viewer.user_id, supplier_id=supplier_id)
            session.add(declared)
        declared.kind, declared.stated_at, declared.ended_at = kind, clock.now(), None
        record(viewer, "supplier.state_tie", "organisation", supplier_id, kind=kind)


def end_conflict(viewer: Viewer, conflict_id: int) -> dt.date:
    """End a declared conflict of interest and return the last day on which it counts. Raises NotFound.

    Otherwise a curator could end a conflict and decide about the supplier a second later.
    """
    with transaction():
        conflict = session.get(ConflictOfInterest, conflict_id)
        if conflict is None or conflict.user_id != viewer.user_id or conflict.ended_at is not None:
            raise NotFound
        conflict.ended_at = clock.now()
        record(viewer, "supplier.end_tie", "organisation", conflict.supplier_id, kind=conflict.kind)
        return last_cooling_off_day(conflict.ended_at)
