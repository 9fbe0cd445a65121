"""One supplier: its own profile, its public page, and what the ranking reads of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core import clock, taxonomy
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.suppliers import vetting
from marketplace.suppliers.models import CaseStudy, Supplier, Vetting, VettingDecision
from marketplace.suppliers.queries.directory import approved_services, listed_vettings
from marketplace.suppliers.queries.whole import whole_supplier

_WHOLE = (
    selectinload(Supplier.services),
    selectinload(Supplier.sectors),
    selectinload(Supplier.areas),
    selectinload(Supplier.languages),
    selectinload(Supplier.cases),
    selectinload(Supplier.vettings).joinedload(Vetting.garden),
    joinedload(Supplier.garden),
    joinedload(Supplier.held),
)


def own_supplier(viewer: Viewer) -> Supplier:
    """Return the supplier that the viewer acts for, with all that belongs to it. Raises NotFound."""
    if not viewer.is_supplier:
        raise NotFound
    found = whole_supplier(number=viewer.organisation_id)
    if found is None:
        raise NotFound
    return found


def own_case(viewer: Viewer, case_id: int) -> CaseStudy:
    """Return a case of the supplier that the viewer acts for. Raises NotFound."""
    found = session.get(CaseStudy, case_id)
    if found is None or not viewer.is_supplier or found.supplier_id != viewer.organisation_id:
        raise NotFound
    return found


def ticked_in(supplier: Supplier, category: str) -> list[str]:
    """Return the services of a kind that a supplier says it sells."""
    return list(approved_services((row.code for row in supplier.services), {category}))


def standing_of(item: Vetting) -> str:
    """Return how a vetting stands now."""
    return vetting.standing(item.state, item.approved_at, clock.now())


def listed(supplier: Supplier) -> list[Vetting]:
    """Return a supplier's vettings that count now."""
    return [item for item in supplier.vettings if standing_of(item) in vetting.LISTED]


@dataclass(frozen=True)
class Shown:
    """A supplier's page, and what of it the viewer may see."""

    supplier: Supplier
    listed: Sequence[Vetting]
    services: Sequence[str]
    sees_contact: bool
    sees_notes: bool
    sees_outcomes: bool
    is_own: bool

    def services_in(self, category: str) -> list[str]:
        """Return the services that belong to a kind."""
        return [code for code in self.services if taxonomy.group_of(code) == category]


def show(viewer: Viewer, slug: str) -> Shown:
    """Return a supplier's page. Raises NotFound when it is not listed, but for itself and for gardens.

    Contact data is for those signed in as companies and gardens; notes are for the home garden, outcomes for others.
    """
    supplier = whole_supplier(slug=slug)
    if supplier is None:
        raise NotFound
    is_own = viewer.is_supplier and viewer.organisation_id == supplier.id
    at_home = viewer.is_garden and any(item.garden_id == viewer.organisation_id for item in supplier.vettings)
    counting = listed(supplier)
    if not (counting and supplier.is_active) and not (is_own or viewer.is_garden or viewer.is_admin):
        raise NotFound
    kinds = {item.category for item in counting}
    return Shown(
        supplier=supplier,
        listed=counting,
        services=approved_services((service.code for service in supplier.services), kinds),
        sees_contact=viewer.is_company or viewer.is_garden or viewer.is_admin or is_own,
        sees_notes=at_home,
        sees_outcomes=viewer.is_garden or viewer.is_admin or is_own,
        is_own=is_own,
    )


@dataclass(frozen=True)
class Matchable:
    """A supplier that may be ranked, with the services that it is approved for."""

    supplier: Supplier
    vettings: Sequence[Vetting]
    services: tuple[str, ...]

    @property
    def categories(self) -> frozenset[str]:
        """Return the kinds of service that it is approved for."""
        return frozenset(item.category for item in self.vettings)


def matchable_suppliers(ids: Sequence[int] | None = None) -> list[Matchable]:
    """Return the suppliers that may be ranked, by id, with all that belongs to them loaded.

    These are active, not pausing, and approved for at least one service they sell; services outside approved kinds
    are left out. `ids` asks for some of them only.
    """
    query = (
        select(Supplier)
        .options(*_WHOLE)
        .where(Supplier.is_active, Supplier.paused_at.is_(None))
        .where(Supplier.vettings.any(listed_vettings(clock.now())))
        .order_by(Supplier.id)
    )
    if ids is not None:
        query = query.where(Supplier.id.in_(ids))
    found = []
    for supplier in session.scalars(query):
        counting = listed(supplier)
        services = approved_services(
            (item.code for item in supplier.services), {item.category for item in counting}
        )
        if services:
            found.append(Matchable(supplier, counting, services))
    return found


def own_history(viewer: Viewer) -> dict[int, list[VettingDecision]]:
    """Return the steps of each of the viewer's supplier's vettings, oldest first, by the vetting's id."""
    query = (
        select(VettingDecision)
        .join(VettingDecision.vetting)
        .where(Vetting.supplier_id == viewer.organisation_id)
        .order_by(VettingDecision.at, VettingDecision.id)
    )
    found: dict[int, list[VettingDecision]] = {}
    for decision in session.scalars(query) if viewer.is_supplier else ():
        found.setdefault(decision.vetting_id, []).append(decision)
    return found
