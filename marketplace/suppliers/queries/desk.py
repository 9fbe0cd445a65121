"""The garden's desk: applications that wait, one application, and the garden's suppliers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pages import Page, paginate
from marketplace.core.viewer import Viewer
from marketplace.suppliers import second_look, vetting
from marketplace.suppliers.models import Supplier, Vetting, VettingDecision
from marketplace.suppliers.queries.belonging import has_tie
from marketplace.suppliers.queries.profiles import standing_of
from marketplace.suppliers.reading_again import found_in
from marketplace.suppliers.second_look_models import Refusal

PAGE_SIZE = 25
WAITING = "waiting"
FILTERS = (WAITING, *vetting.STANDINGS)


@dataclass(frozen=True)
class Line:
    """One line of the queue."""

    vetting: Vetting
    standing: str
    waited: int
    has_proposal: bool

    @property
    def late(self) -> bool:
        """Say whether the garden has let its promise pass."""
        return self.standing == vetting.SUBMITTED and self.waited > vetting.PROMISED_WORKING_DAYS


def _stands(standing: str) -> ColumnElement[bool]:
    """Return the condition for a standing, the computed ones too."""
    now = clock.now()
    due, dormant = (
        vetting.months_before(now, months) for months in (vetting.DUE_MONTHS, vetting.DORMANT_MONTHS)
    )
    approved = Vetting.state == vetting.APPROVED
    conditions: dict[str, ColumnElement[bool]] = {
        vetting.APPROVED: and_(approved, Vetting.approved_at > due),
        vetting.DUE: and_(approved, Vetting.approved_at <= due, Vetting.approved_at > dormant),
        vetting.DORMANT: and_(approved, Vetting.approved_at <= dormant),
    }
    if standing == WAITING:
        return or_(Vetting.state == vetting.SUBMITTED, conditions[vetting.DUE])
    return conditions.get(standing, Vetting.state == standing)


def queue(viewer: Viewer, standing: str = WAITING, number: int = 1) -> Page[Line]:
    """Return the applications of the viewer's garden in a standing, the one that has waited longest first."""
    if not viewer.is_garden:
        raise NotFound
    query = (
        select(Vetting)
        .join(Vetting.supplier)
        .where(Vetting.garden_id == viewer.organisation_id, Supplier.is_active, _stands(standing))
        .order_by(Vetting.state.desc(), Vetting.submitted_at, Vetting.id)
    )
    page = paginate(query, number, size=PAGE_SIZE, options=[contains_eager(Vetting.supplier)])
    today = clock.today()
    proposed = _with_proposals([item.id for item in page.items])
    lines = [
        Line(item, standing_of(item), vetting.waited(item.submitted_at, today), item.id in proposed)
        for item in page.items
    ]
    return Page(lines, page.number, page.size, page.total)


def _with_proposals(vetting_ids: Sequence[int]) -> set[int]:
    """Return which applications wait for a second curator."""
    query = select(Refusal.vetting_id).where(
        Refusal.vetting_id.in_(vetting_ids), Refusal.state == second_look.PROPOSED
    )
    return set(session.scalars(query)) if vetting_ids else set()


def to_read_again(viewer: Viewer) -> list[Vetting]:
    """Return one approval of each supplier whose profile was changed since and looks made for the ranking."""
    if not viewer.is_garden:
        raise NotFound
    other = aliased(Vetting)
    query = (
        select(Vetting.id, Supplier.id, Supplier.version, Supplier.updated_at, func.length(Supplier.about))
        .join(Vetting.supplier)
        .where(
            Vetting.garden_id == viewer.organisation_id,
            Supplier.is_active,
            Vetting.state == vetting.APPROVED,
            Vetting.decided_at < Supplier.updated_at,
            ~exists().where(
                other.supplier_id == Supplier.id,
                other.state == vetting.APPROVED,
                other.decided_at >= Supplier.updated_at,
            ),
        )
        .order_by(Supplier.updated_at, Vetting.id)
    )
    first: dict[State, int] = {}
    for vetting_id, *state in session.execute(query):
        first.setdefault(tuple(state), vetting_id)
    _read([state for state in first if state not in _odd])
    wanted = [vetting_id for state, vetting_id in first.items() if _odd.get(state)]
    found = select(Vetting).where(Vetting.id.in_(wanted)).options(joinedload(Vetting.supplier))
    by_id = {item.id: item for item in session.scalars(found)} if wanted else {}
    return [by_id[vetting_id] for vetting_id in wanted]


State = tuple[Any, ...]
_odd: dict[State, bool] = {}
"""Whether a profile in a state (supplier, version, time of change, length) looks made for the ranking.

Reading hundreds of profiles takes half a second, so each process reads a state of a profile once.
"""
_MOST_KEPT = 50_000


def _read(states: Sequence[State]) -> None:
    if len(_odd) + len(states) > _MOST_KEPT:
        _odd.clear()
    by_supplier = {state[0]: state for state in states}
    numbers = list(by_supplier)
    for start in range(0, len(numbers), 500):
        query = (
            select(Supplier)
            .where(Supplier.id.in_(numbers[start : start + 500]))
            .options(selectinload(Supplier.services), selectinload(Supplier.cases), joinedload(Supplier.held))
        )
        for supplier in session.scalars(query):
            _odd[by_supplier[supplier.id]] = bool(found_in(supplier))


def counts(viewer: Viewer) -> dict[str, int]:
    """Return how many applications of the viewer's garden stand where."""
    query = (
        select(Vetting.state, Vetting.approved_at)
        .join(Vetting.supplier)
        .where(Vetting.garden_id == viewer.organisation_id, Supplier.is_active)
    )
    now = clock.now()
    found: Counter[str] = Counter(vetting.standing(state, at, now) for state, at in session.execute(query))
    found[WAITING] = found[vetting.SUBMITTED] + found[vetting.DUE]
    return {name: found[name] for name in FILTERS}


@dataclass(frozen=True)
class Application:
    """An application as the desk shows it."""

    vetting: Vetting
    supplier: Supplier
    standing: str
    siblings: Sequence[Vetting]
    has_tie: bool
    waited: int


def whole_application(vetting_id: int) -> Vetting | None:
    """Return an application with its supplier and history, whoever asks, or None."""
    query = (
        select(Vetting)
        .where(Vetting.id == vetting_id)
        .options(
            joinedload(Vetting.garden),
            joinedload(Vetting.decided_by),
            joinedload(Vetting.supplier).joinedload(Supplier.held),
            selectinload(Vetting.decisions).joinedload(VettingDecision.by),
            *(
                joinedload(Vetting.supplier).selectinload(part)
                for part in (
                    Supplier.services,
                    Supplier.sectors,
                    Supplier.areas,
                    Supplier.languages,
                    Supplier.cases,
                    Supplier.vettings,
                )
            ),
        )
    )
    return session.scalars(query).unique().one_or_none()


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


def garden_suppliers(viewer: Viewer, standing: str = "", text: str = "", number: int = 1) -> Page[Supplier]:
    """Return the suppliers that have the viewer's garden as theirs, by name; `standing` is that of a vetting."""
    if not viewer.is_garden:
        raise NotFound
    query = select(Supplier).where(Supplier.garden_id == viewer.organisation_id, Supplier.is_active)
    if standing == "paused":
        query = query.where(Supplier.paused_at.is_not(None))
    elif standing:
        query = query.where(Supplier.vettings.any(_stands(standing)))
    if text:
        query = query.where(Supplier.name.ilike(f"%{text.replace('%', '').replace('_', '')}%"))
    options: list[Any] = [selectinload(Supplier.vettings)]
    return paginate(
        query.order_by(func.lower(Supplier.name), Supplier.id), number, size=PAGE_SIZE, options=options
    )
