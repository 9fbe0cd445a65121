"""The garden's desk: applications that wait, one application, and the garden's suppliers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, exists, func, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, clamp_page
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules, second_review
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.queries.loading import load_application
from marketplace.vetting.queries.standings import (
    DORMANT_BEFORE,
    DUE_BEFORE,
    FILTERS,
    WAITING,
    has_standing,
    standing_bounds,
    standing_of,
    vettings_of,
)
from marketplace.vetting.queries.transfers import has_tie

PAGE_SIZE = 25


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
        return self.standing == rules.SUBMITTED and self.waited > rules.PROMISED_WORKING_DAYS


# The pages of the desk ask the tables themselves for the columns they show, in statements that are made once: loading
# whole suppliers and building the statements took longer than all the rest.
_VETTING, _ORGANISATION, _PROFILE = Vetting.__table__, Organisation.__table__, Supplier.__table__
_GARDEN_ID = bindparam("garden_id", type_=Integer)
_OF_THE_GARDEN = (
    select()
    .select_from(_VETTING.join(_ORGANISATION, _ORGANISATION.c.id == _VETTING.c.supplier_id))
    .where(_VETTING.c.garden_id == _GARDEN_ID, _ORGANISATION.c.is_active)
)


@cache
def _queue(standing: str) -> Select[Any]:
    of = _VETTING.c
    proposed = exists().where(
        Refusal.__table__.c.vetting_id == of.id, Refusal.__table__.c.state == second_review.PROPOSED
    )
    return (
        _OF_THE_GARDEN.add_columns(
            of.id, of.category, of.state, of.submitted_at, of.approved_at, of.decided_at,
            _ORGANISATION.c.name, _ORGANISATION.c.municipality_number, proposed,
        )
        .where(has_standing(standing))
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
    number = clamp_page(number, total, PAGE_SIZE)
    about = {"garden_id": viewer.organisation_id, "skipped": (number - 1) * PAGE_SIZE, **standing_bounds()}
    now, today = clock.now(), clock.today()
    lines = [
        Line(
            id=id_,
            category=category,
            standing=rules.standing(state, approved_at, now),
            submitted_at=submitted_at,
            approved_at=approved_at,
            decided_at=decided_at,
            supplier=supplier,
            municipality=municipality,
            has_proposal=has_proposal,
            waited=rules.waited(submitted_at, today),
        )
        for (
            id_, category, state, submitted_at, approved_at, decided_at, supplier, municipality, has_proposal,
        ) in session.execute(_queue(standing), about)
    ]  # fmt: skip
    return Page(lines, number, PAGE_SIZE, total)


_COUNTED = _OF_THE_GARDEN.add_columns(
    _VETTING.c.state,
    func.count(),
    func.count(case((_VETTING.c.approved_at <= DUE_BEFORE, 1))),
    func.count(case((_VETTING.c.approved_at <= DORMANT_BEFORE, 1))),
).group_by(_VETTING.c.state)


def counts(viewer: Viewer) -> dict[str, int]:
    """Return how many applications of the viewer's garden stand where."""
    found = dict.fromkeys(FILTERS, 0)
    for state, number, old, dormant in session.execute(
        _COUNTED, {"garden_id": viewer.organisation_id, **standing_bounds()}
    ):
        if state == rules.APPROVED:
            found |= {rules.APPROVED: number - old, rules.DUE: old - dormant, rules.DORMANT: dormant}
        else:
            found[state] = number
    found[WAITING] = found[rules.SUBMITTED] + found[rules.DUE]
    return found


@dataclass(frozen=True)
class Application:
    """An application as the desk shows it."""

    vetting: Vetting
    supplier: Supplier
    standing: str
    vettings: Sequence[Vetting]
    siblings: Sequence[Vetting]
    has_tie: bool
    waited: int


def application(viewer: Viewer, vetting_id: int) -> Application:
    """Return an application to the viewer's garden, with its supplier and history. Raises NotFound."""
    found = load_application(vetting_id)
    if found is None or not viewer.is_garden or found.garden_id != viewer.organisation_id:
        raise NotFound
    vettings = vettings_of(found.supplier_id)
    siblings = [item for item in vettings if item.id != found.id and item.garden_id == found.garden_id]
    return Application(
        vetting=found,
        supplier=found.supplier,
        standing=standing_of(found),
        vettings=vettings,
        siblings=siblings,
        has_tie=has_tie(viewer, found.supplier_id),
        waited=rules.waited(found.submitted_at, clock.today()),
    )
