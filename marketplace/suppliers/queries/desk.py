"""The garden's desk: applications that wait, one application, and the garden's suppliers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, in_range
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.suppliers import second_look, vetting
from marketplace.suppliers.models import Supplier, Vetting
from marketplace.suppliers.queries.belonging import has_tie
from marketplace.suppliers.queries.profiles import standing_of
from marketplace.suppliers.queries.whole import whole_application
from marketplace.suppliers.second_look_models import Refusal

PAGE_SIZE = 25
WAITING = "waiting"
FILTERS = (WAITING, *vetting.STANDINGS)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue: an application, and whose it is."""

    id: int
    category: str
    standing: str
    submitted_at: dt.datetime
    approved_at: dt.datetime | None
    decided_at: dt.datetime | None
    supplier: str
    municipality: str
    has_proposal: bool
    waited: int

    @property
    def late(self) -> bool:
        """Say whether the garden has let its promise pass."""
        return self.standing == vetting.SUBMITTED and self.waited > vetting.PROMISED_WORKING_DAYS


# The pages of the desk ask the tables themselves for the columns they show, in statements that are made once: loading
# whole suppliers and building the statements took longer than all the rest.
_VETTING, _ORGANISATION, _PROFILE = Vetting.__table__, Organisation.__table__, Supplier.__table__
_GARDEN_ID = bindparam("garden_id", type_=Integer)
_OF_THE_GARDEN = (
    select()
    .select_from(_VETTING.join(_ORGANISATION, _ORGANISATION.c.id == _VETTING.c.supplier_id))
    .where(_VETTING.c.garden_id == _GARDEN_ID, _ORGANISATION.c.is_active)
)
_DUE = bindparam("due", type_=_VETTING.c.approved_at.type)
_DORMANT = bindparam("dormant", type_=_VETTING.c.approved_at.type)


def _limits() -> dict[str, dt.datetime]:
    """Return from when an approval is due and from when it sleeps, for the conditions of `_stands`."""
    now = clock.now()
    return {
        "due": vetting.months_before(now, vetting.DUE_MONTHS),
        "dormant": vetting.months_before(now, vetting.DORMANT_MONTHS),
    }


def _stands(standing: str) -> ColumnElement[bool]:
    """Return the condition for a standing, the computed ones too. It is asked with `_limits`."""
    of = _VETTING.c
    approved = of.state == vetting.APPROVED
    conditions: dict[str, ColumnElement[bool]] = {
        vetting.APPROVED: and_(approved, of.approved_at > _DUE),
        vetting.DUE: and_(approved, of.approved_at <= _DUE, of.approved_at > _DORMANT),
        vetting.DORMANT: and_(approved, of.approved_at <= _DORMANT),
    }
    if standing == WAITING:
        return or_(of.state == vetting.SUBMITTED, conditions[vetting.DUE])
    return conditions.get(standing, of.state == standing)


@cache
def _queue(standing: str) -> Select[Any]:
    of = _VETTING.c
    proposed = exists().where(
        Refusal.__table__.c.vetting_id == of.id, Refusal.__table__.c.state == second_look.PROPOSED
    )
    return (
        _OF_THE_GARDEN.add_columns(
            of.id, of.category, of.state, of.submitted_at, of.approved_at, of.decided_at,
            _ORGANISATION.c.name, _ORGANISATION.c.municipality_number, proposed,
        )
        .where(_stands(standing))
        .order_by(of.state.desc(), of.submitted_at, of.id)
        .limit(PAGE_SIZE)
        .offset(bindparam("skipped", type_=Integer))
    )  # fmt: skip


def queue(
    viewer: Viewer, standing: str = WAITING, number: int = 1, counted: Mapping[str, int] | None = None
) -> Page[Line]:
    """Return the applications of the viewer's garden in a standing, the one that has waited longest first.

    `counted` is what `counts` has told, where it is known already.
    """
    if not viewer.is_garden:
        raise NotFound
    total = (counted or counts(viewer))[standing]
    number = in_range(number, total, PAGE_SIZE)
    about = {"garden_id": viewer.organisation_id, "skipped": (number - 1) * PAGE_SIZE, **_limits()}
    now, today = clock.now(), clock.today()
    lines = [
        Line(
            id=id_,
            category=category,
            standing=vetting.standing(state, approved_at, now),
            submitted_at=submitted_at,
            approved_at=approved_at,
            decided_at=decided_at,
            supplier=supplier,
            municipality=municipality,
            has_proposal=has_proposal,
            waited=vetting.waited(submitted_at, today),
        )
        for (
            id_, category, state, submitted_at, approved_at, decided_at, supplier, municipality, has_proposal,
        ) in session.execute(_queue(standing), about)
    ]  # fmt: skip
    return Page(lines, number, PAGE_SIZE, total)


_COUNTED = _OF_THE_GARDEN.add_columns(
    _VETTING.c.state,
    func.count(),
    func.count(case((_VETTING.c.approved_at <= _DUE, 1))),
    func.count(case((_VETTING.c.approved_at <= _DORMANT, 1))),
).group_by(_VETTING.c.state)


def counts(viewer: Viewer) -> dict[str, int]:
    """Return how many applications of the viewer's garden stand where."""
    found = dict.fromkeys(FILTERS, 0)
    for state, number, old, dormant in session.execute(
        _COUNTED, {"garden_id": viewer.organisation_id, **_limits()}
    ):
        if state == vetting.APPROVED:
            found |= {vetting.APPROVED: number - old, vetting.DUE: old - dormant, vetting.DORMANT: dormant}
        else:
            found[state] = number
    found[WAITING] = found[vetting.SUBMITTED] + found[vetting.DUE]
    return found


@dataclass(frozen=True)
class Application:
    """An application as the desk shows it."""

    vetting: Vetting
    supplier: Supplier
    standing: str
    siblings: Sequence[Vetting]
    has_tie: bool
    waited: int


def application(viewer: Viewer, vetting_id: int) -> Application:
    """Return an application to the viewer's garden, with its supplier and history. Raises NotFound."""
    found = whole_application(vetting_id)
    if found is None or not viewer.is_garden or found.garden_id != viewer.organisation_id:
        raise NotFound
    siblings = [
        item for item in found.supplier.vettings if item.id != found.id and item.garden_id == found.garden_id
    ]
    return Application(
        vetting=found,
        supplier=found.supplier,
        standing=standing_of(found),
        siblings=siblings,
        has_tie=has_tie(viewer, found.supplier_id),
        waited=vetting.waited(found.submitted_at, clock.today()),
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """How a supplier stands for one kind of service: `id` is the application's."""

    id: int
    category: str
    standing: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the garden's suppliers."""

    name: str
    slug: str
    municipality: str
    is_paused: bool
    approvals: Sequence[Approval]


_APPROVALS = (
    select(
        _VETTING.c.supplier_id, _VETTING.c.id, _VETTING.c.category, _VETTING.c.state, _VETTING.c.approved_at
    )
    .where(_VETTING.c.supplier_id.in_(bindparam("ids", expanding=True)))
    .order_by(_VETTING.c.category)
)


@cache
def _suppliers(standing: str, *, named: bool) -> tuple[Select[Any], Select[Any]]:
    """Return the queries for how many suppliers are listed, and for one page of them."""
    of, name = _ORGANISATION.c, bindparam("name", type_=String)
    conditions: list[ColumnElement[bool]] = []
    if standing == "paused":
        conditions.append(_PROFILE.c.paused_at.is_not(None))
    elif standing:
        conditions.append(exists().where(_VETTING.c.supplier_id == of.id, _stands(standing)))
    if named:
        conditions.append(of.name.ilike(name))
    query = (
        select()
        .select_from(_ORGANISATION.join(_PROFILE, _PROFILE.c.id == of.id))
        .where(_PROFILE.c.garden_id == _GARDEN_ID, of.is_active, *conditions)
    )
    page = query.add_columns(of.id, of.name, of.slug, of.municipality_number, _PROFILE.c.paused_at)
    page = page.order_by(func.lower(of.name), of.id).limit(PAGE_SIZE)
    return query.add_columns(func.count()), page.offset(bindparam("skipped", type_=Integer))


def garden_suppliers(viewer: Viewer, standing: str = "", text: str = "", number: int = 1) -> Page[Listed]:
    """Return the suppliers that have the viewer's garden as theirs, by name; `standing` is that of a vetting."""
    if not viewer.is_garden:
        raise NotFound
    count, page = _suppliers(standing, named=bool(text))
    name = f"%{text.replace('%', '').replace('_', '')}%"
    about = {"garden_id": viewer.organisation_id, "name": name, **_limits()}
    total = session.scalar(count, about) or 0
    number = in_range(number, total, PAGE_SIZE)
    rows = session.execute(page, about | {"skipped": (number - 1) * PAGE_SIZE}).all()
    approvals: dict[int, list[Approval]] = {row[0]: [] for row in rows}
    now = clock.now()
    for id_, vetting_id, category, state, since in session.execute(_APPROVALS, {"ids": list(approvals)}):
        approvals[id_].append(Approval(vetting_id, category, vetting.standing(state, since, now)))
    lines = [
        Listed(name, slug, place, paused_at is not None, approvals[id_])
        for id_, name, slug, place, paused_at in rows
    ]
    return Page(lines, number, PAGE_SIZE, total)
