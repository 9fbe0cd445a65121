"""A garden's own suppliers, with their approvals."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, select

from marketplace.core import clock
from marketplace.core.collation import norwegian_order
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, clamp_page, page_of
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.suppliers.models import Supplier
from marketplace.text_search.list_search import search_texts, searched_text
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
    """A supplier of the garden, as the list shows it."""

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
def _suppliers(status: str, *, counted: bool) -> tuple[Select[Any], Select[Any]]:
    """Build the count query, and the query for the rows of the list in order."""
    of = _ORGANISATION.c
    conditions: list[ColumnElement[bool]] = []
    if status == "paused":
        conditions.append(_PROFILE.c.paused_at.is_not(None))
    elif status:
        conditions.append(exists().where(_VETTING.c.supplier_id == of.id, has_status(status)))
    if counted:
        conditions.append(of.id.in_(bindparam("counted_ids", expanding=True)))
    query = (
        select()
        .select_from(_ORGANISATION.join(_PROFILE, _PROFILE.c.id == of.id))
        .where(_PROFILE.c.garden_id == _GARDEN_ID, of.is_active, *conditions)
    )
    rows = query.add_columns(of.id, of.name, of.slug, of.municipality_number, _PROFILE.c.paused_at)
    return query.add_columns(func.count()), rows.order_by(norwegian_order(of.name), of.id)


@cache
def _one_page(status: str, *, counted: bool) -> Select[Any]:
    return _suppliers(status, counted=counted)[1].limit(PAGE_SIZE).offset(bindparam("skipped", type_=Integer))


def _load_page(about: dict[str, Any], status: str, number: int) -> Page[Any]:
    counted = "counted_ids" in about
    total = session.scalar(_suppliers(status, counted=counted)[0], about) or 0
    number = clamp_page(number, total, PAGE_SIZE)
    page = _one_page(status, counted=counted)
    rows = session.execute(page, about | {"skipped": (number - 1) * PAGE_SIZE}).all()
    return Page(rows, number, PAGE_SIZE, total)


def _search(about: dict[str, Any], status: str, text: str, number: int) -> Page[Any]:
    query = _suppliers(status, counted="counted_ids" in about)[1]
    rows = {row.id: row for row in session.execute(query, about)}
    texts = {id_: searched_text(row.name, place=row.municipality_number) for id_, row in rows.items()}
    matches = search_texts(text, texts)
    page = page_of(matches.keys, number, PAGE_SIZE, similar=len(matches.similar))
    return page.with_items([rows[id_] for id_ in page.items])


def all_garden_suppliers(
    viewer: Viewer, status: str = "", text: str = "", counted: Collection[int] | None = None
) -> Iterator[GardenSupplier]:
    """Yield all suppliers of the viewer's garden that match the filters, loaded page by page."""
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
    """List the suppliers of the viewer's garden by name, filtered by vetting status, and by name and place.

    `counted` are the ids of the suppliers to list, None for all. Raises NotFound.
    """
    if not viewer.is_garden:
        raise NotFound
    about: dict[str, Any] = {"garden_id": viewer.organisation_id, **status_bounds()}
    if counted is not None:
        about["counted_ids"] = list(counted)
    page = _search(about, status, text, number) if text else _load_page(about, status, number)
    approvals: dict[int, list[VettingStatus]] = {row[0]: [] for row in page.items}
    now = clock.now()
    for id_, vetting_id, category, state, since in session.execute(_APPROVALS, {"ids": list(approvals)}):
        approvals[id_].append(VettingStatus(vetting_id, category, rules.status(state, since, now)))
    lines = [
        GardenSupplier(id_, name, slug, place, paused_at is not None, approvals[id_])
        for id_, name, slug, place, paused_at in page.items
    ]
    return page.with_items(lines)
