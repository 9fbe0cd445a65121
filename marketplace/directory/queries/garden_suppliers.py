"""A garden's own suppliers, with their approvals."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, exists, func, select

from marketplace.core import clock
from marketplace.core.collation import fold_letters, folded, norwegian_order
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, clamp_page
from marketplace.core.text import like_pattern
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries.statuses import has_status, status_bounds

PAGE_SIZE = 25

# Only the columns shown, in statements built once: loading suppliers took longer than the rest of the page.
_VETTING, _ORGANISATION, _PROFILE = Vetting.__table__, Organisation.__table__, Supplier.__table__
_GARDEN_ID = bindparam("garden_id", type_=Integer)


@dataclass(frozen=True, slots=True)
class VettingStatus:
    """Status of a supplier's vetting for one kind of service. `id` is the vetting's."""

    id: int
    category: str
    status: str


@dataclass(frozen=True, slots=True)
class GardenSupplier:
    """A row of the list."""

    id: int
    name: str
    slug: str
    municipality: str
    is_paused: bool
    approvals: Sequence[VettingStatus]


_APPROVALS = prepared(
    select(
        _VETTING.c.supplier_id, _VETTING.c.id, _VETTING.c.category, _VETTING.c.state, _VETTING.c.approved_at
    )
    .where(_VETTING.c.supplier_id.in_(bindparam("ids", expanding=True)))
    .order_by(_VETTING.c.category)
)


@cache
def _suppliers(status: str, *, named: bool, counted: bool) -> tuple[Select[Any], Select[Any]]:
    """Build the count query and the page query."""
    of, name = _ORGANISATION.c, bindparam("name", type_=String)
    conditions: list[ColumnElement[bool]] = []
    if status == "paused":
        conditions.append(_PROFILE.c.paused_at.is_not(None))
    elif status:
        conditions.append(exists().where(_VETTING.c.supplier_id == of.id, has_status(status)))
    if named:
        conditions.append(folded(of.name).like(name))
    if counted:
        conditions.append(of.id.in_(bindparam("counted_ids", expanding=True)))
    query = (
        select()
        .select_from(_ORGANISATION.join(_PROFILE, _PROFILE.c.id == of.id))
        .where(_PROFILE.c.garden_id == _GARDEN_ID, of.is_active, *conditions)
    )
    page = query.add_columns(of.id, of.name, of.slug, of.municipality_number, _PROFILE.c.paused_at)
    page = page.order_by(norwegian_order(of.name), of.id).limit(PAGE_SIZE)
    return query.add_columns(func.count()), page.offset(bindparam("skipped", type_=Integer))


def all_garden_suppliers(
    viewer: Viewer, status: str = "", text: str = "", counted: Collection[int] | None = None
) -> Iterator[GardenSupplier]:
    """Yield all suppliers of the viewer's garden that match, page by page."""
    number = 0
    while True:
        number += 1
        page = garden_suppliers(viewer, status, text, number, counted)
        yield from page.items
        if number >= page.last:
            return


def garden_suppliers(
    viewer: Viewer,
    status: str = "",
    text: str = "",
    number: int = 1,
    counted: Collection[int] | None = None,
) -> Page[GardenSupplier]:
    """List the suppliers of the viewer's garden by name, filtered by vetting status and name. Raises NotFound.

    `counted` are the ids of the suppliers to list, None for all.
    """
    if not viewer.is_garden:
        raise NotFound
    count, page = _suppliers(status, named=bool(text), counted=counted is not None)
    name = like_pattern(fold_letters(text))
    about: dict[str, Any] = {"garden_id": viewer.organisation_id, "name": name, **status_bounds()}
    if counted is not None:
        about["counted_ids"] = list(counted)
    total = session.scalar(count, about) or 0
    number = clamp_page(number, total, PAGE_SIZE)
    rows = session.execute(page, about | {"skipped": (number - 1) * PAGE_SIZE}).all()
    approvals: dict[int, list[VettingStatus]] = {row[0]: [] for row in rows}
    now = clock.now()
    for id_, vetting_id, category, state, since in session.execute(_APPROVALS, {"ids": list(approvals)}):
        approvals[id_].append(VettingStatus(vetting_id, category, rules.status(state, since, now)))
    lines = [
        GardenSupplier(id_, name, slug, place, paused_at is not None, approvals[id_])
        for id_, name, slug, place, paused_at in rows
    ]
    return Page(lines, number, PAGE_SIZE, total)
