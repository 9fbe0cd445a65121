"""The suppliers that may be ranked, loaded for the matcher."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.grouping import group
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries.statuses import approved_services, is_listed

_ALL_PARTS = (
    selectinload(Supplier.services),
    selectinload(Supplier.sectors),
    selectinload(Supplier.areas),
    selectinload(Supplier.languages),
    selectinload(Supplier.cases),
    selectinload(Supplier.garden),
    joinedload(Supplier.held),
)


@dataclass(frozen=True)
class MatchableSupplier:
    """A supplier that may be ranked, with its valid approvals and the services that they cover."""

    supplier: Supplier
    vettings: Sequence[Vetting]
    services: tuple[str, ...]

    @property
    def categories(self) -> frozenset[str]:
        """Kinds of service that the supplier is approved for."""
        return frozenset(vetting.category for vetting in self.vettings)


def matchable_suppliers(ids: Sequence[int] | None = None) -> list[MatchableSupplier]:
    """Load the suppliers that may be ranked, or those of them in `ids`, by id and with all their parts.

    These are active, not paused, and approved for at least one service they sell.
    """
    may_be_ranked = [Supplier.is_active, Supplier.paused_at.is_(None)]
    if ids is not None:
        may_be_ranked.append(Supplier.id.in_(ids))
    query = (
        select(Vetting)
        .join(Vetting.supplier)
        .options(joinedload(Vetting.garden))
        .where(is_listed(clock.now()), *may_be_ranked)
        .order_by(Vetting.supplier_id, Vetting.category)
    )
    approvals = group((vetting.supplier_id, vetting) for vetting in session.scalars(query))
    suppliers = (
        select(Supplier)
        .options(*_ALL_PARTS)
        .where(*may_be_ranked)
        .where(Supplier.id.in_(select(Vetting.supplier_id).where(is_listed(clock.now()))))
        .order_by(Supplier.id)
    )
    matchable = []
    for supplier in session.scalars(suppliers):
        vettings = approvals.get(supplier.id, [])
        services = approved_services(
            (row.code for row in supplier.services), {vetting.category for vetting in vettings}
        )
        if services:
            matchable.append(MatchableSupplier(supplier, vettings, services))
    return matchable
