"""Current status of vettings, in Python and as SQL conditions, and the approvals that list a supplier now."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core import clock, taxonomy
from marketplace.core.database import UtcDateTime, session
from marketplace.core.dates import cutoff_reached
from marketplace.core.grouping import group
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting, VettingDecision

WAITING = "waiting"
FILTERS = (WAITING, *rules.STATUSES)

_VETTING = Vetting.__table__.c
_OF_SUPPLIER = (
    select(Vetting)
    .where(Vetting.supplier_id == bindparam("supplier_id", type_=Integer))
    .order_by(Vetting.category)
)
_WITH_GARDEN = _OF_SUPPLIER.options(joinedload(Vetting.garden))
DUE_BEFORE = bindparam("due", type_=_VETTING.approved_at.type)
DORMANT_BEFORE = bindparam("dormant", type_=_VETTING.approved_at.type)


def status_of(vetting: Vetting) -> str:
    """Current status of a vetting: its state, or due or dormant."""
    return rules.status(vetting.state, vetting.approved_at, clock.now())


def vettings_of(supplier_id: int, *, with_garden: bool = False) -> list[Vetting]:
    """Load a supplier's vettings, by kind of service."""
    query = _WITH_GARDEN if with_garden else _OF_SUPPLIER
    return list(session.scalars(query, {"supplier_id": supplier_id}))


def listed(vettings: Iterable[Vetting]) -> list[Vetting]:
    """Return those of the vettings by which a supplier is listed and ranked now."""
    return [vetting for vetting in vettings if status_of(vetting) in rules.LISTED]


def is_listed(now: dt.datetime) -> Any:
    """SQL condition for vettings by which a supplier is listed and ranked: approved, and not dormant."""
    return (Vetting.state == rules.APPROVED) & (
        Vetting.approved_at >= cutoff_reached(months=rules.DORMANT_MONTHS, now=now)
    )


def _dormant_before() -> dt.datetime:
    return cutoff_reached(months=rules.DORMANT_MONTHS)


LISTED_NOW: Any = (Vetting.state == rules.APPROVED) & (
    Vetting.approved_at >= bindparam("dormant_before", callable_=_dormant_before, type_=UtcDateTime())
)
"""The condition of `is_listed` at the time of execution, for statements that are built once."""


def status_bounds() -> dict[str, dt.datetime]:
    """Return the parameters of `has_status`: times before which an approval is now due or dormant."""
    return {
        "due": cutoff_reached(months=rules.DUE_MONTHS),
        "dormant": cutoff_reached(months=rules.DORMANT_MONTHS),
    }


def has_status(status: str) -> ColumnElement[bool]:
    """SQL condition for one of `FILTERS`. Execute it with `status_bounds()`."""
    approved = _VETTING.state == rules.APPROVED
    conditions: dict[str, ColumnElement[bool]] = {
        rules.APPROVED: and_(approved, _VETTING.approved_at >= DUE_BEFORE),
        rules.DUE: and_(approved, _VETTING.approved_at < DUE_BEFORE, _VETTING.approved_at >= DORMANT_BEFORE),
        rules.DORMANT: and_(approved, _VETTING.approved_at < DORMANT_BEFORE),
    }
    if status == WAITING:
        return or_(_VETTING.state == rules.SUBMITTED, conditions[rules.DUE])
    return conditions.get(status, _VETTING.state == status)


def approved_services(codes: Iterable[str], categories: Collection[str]) -> tuple[str, ...]:
    """Filter the services that belong to approved kinds. Codes missing from the taxonomy are dropped."""
    known = taxonomy.services()
    return tuple(code for code in codes if code in known and known[code].group in categories)


def services_in_category(supplier: Supplier, category: str) -> list[str]:
    """Services of one kind that a supplier says it sells."""
    return list(approved_services((row.code for row in supplier.services), {category}))


def own_history(viewer: Viewer) -> dict[int, list[VettingDecision]]:
    """Decisions on the vettings of the viewer's supplier, oldest first, by vetting id."""
    query = (
        select(VettingDecision)
        .join(VettingDecision.vetting)
        .where(Vetting.supplier_id == viewer.organisation_id)
        .order_by(VettingDecision.at, VettingDecision.id)
    )
    steps = session.scalars(query) if viewer.is_supplier else ()
    return group((step.vetting_id, step) for step in steps)
