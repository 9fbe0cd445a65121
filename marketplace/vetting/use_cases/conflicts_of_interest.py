"""Declaring conflicts of interest."""

from marketplace.audit.use_cases import record
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries
from marketplace.vetting.models import ConflictOfInterest

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
        if any(conflict.supplier_id == supplier_id for conflict in queries.own_conflicts(viewer)):
            raise RuleBroken(_("You have declared a connection to this supplier."), "supplier")
        session.add(ConflictOfInterest(user_id=viewer.user_id, supplier_id=supplier_id, kind=kind))
        record(viewer, "supplier.state_tie", "organisation", supplier_id, kind=kind)


def end_conflict(viewer: Viewer, conflict_id: int) -> None:
    """End a declared conflict of interest. The audit log keeps it. Raises NotFound."""
    with transaction():
        conflict = session.get(ConflictOfInterest, conflict_id)
        if conflict is None or conflict.user_id != viewer.user_id:
            raise NotFound
        session.delete(conflict)
        record(viewer, "supplier.end_tie", "organisation", conflict.supplier_id, kind=conflict.kind)
