"""A garden's applications: the queue, and a single application."""

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
from marketplace.vetting import rules, second_review_rules
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.queries.conflicts_of_interest import has_conflict_of_interest
from marketplace.vetting.queries.loading import load_application
from marketplace.vetting.queries.second_reviews import proposed_refusal
from marketplace.vetting.queries.statuses import (
    DORMANT_BEFORE,
    DUE_BEFORE,
    FILTERS,
    WAITING,
    has_status,
    status_bounds,
    status_of,
    vettings_of,
)

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An application as the queue shows it."""

    id: int
    category: str
    status: str
    submitted_at: dt.datetime
    approved_at: dt.datetime | None
    decided_at: dt.datetime | None
    supplier: str
    municipality: str
    has_proposal: bool
    waited: int

    @property
    def is_late(self) -> bool:
        """True if the garden has not answered within the time it promised."""
        return self.status == rules.SUBMITTED and self.waited > rules.PROMISED_WORKING_DAYS


# Only the columns shown, in statements built once: loading suppliers took longer than the rest of the page.
_VETTING, _ORGANISATION, _PROFILE = Vetting.__table__, Organisation.__table__, Supplier.__table__
_GARDEN_ID = bindparam("garden_id", type_=Integer)
_GARDEN_VETTINGS = (
    select()
    .select_from(_VETTING.join(_ORGANISATION, _ORGANISATION.c.id == _VETTING.c.supplier_id))
    .where(_VETTING.c.garden_id == _GARDEN_ID, _ORGANISATION.c.is_active)
)


@cache
def _queue(status: str) -> Select[Any]:
    columns = _VETTING.c
    proposed = exists().where(
        Refusal.__table__.c.vetting_id == columns.id,
        Refusal.__table__.c.state == second_review_rules.PROPOSED,
    )
    return (
        _GARDEN_VETTINGS.add_columns(
            columns.id, columns.category, columns.state, columns.submitted_at, columns.approved_at, columns.decided_at,
            _ORGANISATION.c.name, _ORGANISATION.c.municipality_number, proposed,
        )
        .where(has_status(status))
        .order_by(columns.state.desc(), columns.submitted_at, columns.id)
        .limit(PAGE_SIZE)
        .offset(bindparam("offset", type_=Integer))
    )  # fmt: skip


def queue(
    viewer: Viewer, status: str = WAITING, page: int = 1, counted: Mapping[str, int] | None = None
) -> Page[QueueRow]:
    """List the applications to the viewer's garden with a status, longest waiting first. Raises NotFound.

    `counted` is the result of `count_by_status`, if the caller has it.
    """
    if not viewer.is_garden:
        raise NotFound
    total = (counted or count_by_status(viewer))[status]
    page = clamp_page(page, total, PAGE_SIZE)
    parameters = {"garden_id": viewer.organisation_id, "offset": (page - 1) * PAGE_SIZE, **status_bounds()}
    now, today = clock.now(), clock.today()
    rows = [
        QueueRow(
            id=id_,
            category=category,
            status=rules.status(state, approved_at, now),
            submitted_at=submitted_at,
            approved_at=approved_at,
            decided_at=decided_at,
            supplier=supplier,
            municipality=municipality,
            has_proposal=has_proposal,
            waited=rules.working_days_waited(submitted_at, today),
        )
        for (
            id_, category, state, submitted_at, approved_at, decided_at, supplier, municipality, has_proposal,
        ) in session.execute(_queue(status), parameters)
    ]  # fmt: skip
    return Page(rows, page, PAGE_SIZE, total)


_COUNTS = _GARDEN_VETTINGS.add_columns(
    _VETTING.c.state,
    func.count(),
    func.count(case((_VETTING.c.approved_at < DUE_BEFORE, 1))),
    func.count(case((_VETTING.c.approved_at < DORMANT_BEFORE, 1))),
).group_by(_VETTING.c.state)


def count_by_status(viewer: Viewer) -> dict[str, int]:
    """Count the applications to the viewer's garden by status."""
    counts = dict.fromkeys(FILTERS, 0)
    for state, count, old, dormant in session.execute(
        _COUNTS, {"garden_id": viewer.organisation_id, **status_bounds()}
    ):
        if state == rules.APPROVED:
            counts |= {rules.APPROVED: count - old, rules.DUE: old - dormant, rules.DORMANT: dormant}
        else:
            counts[state] = count
    counts[WAITING] = counts[rules.SUBMITTED] + counts[rules.DUE]
    return counts


@dataclass(frozen=True)
class ApplicationView:
    """An application with its supplier, history and the viewer's permissions."""

    vetting: Vetting
    supplier: Supplier
    status: str
    vettings: Sequence[Vetting]
    siblings: Sequence[Vetting]
    has_conflict_of_interest: bool
    waited: int


def pending_applications(viewer: Viewer, supplier_id: int) -> Sequence[Vetting]:
    """List a supplier's applications to the viewer's garden that can be approved together. Raises NotFound."""
    own = [item for item in vettings_of(supplier_id) if item.garden_id == viewer.organisation_id]
    if not viewer.is_garden or not own:
        raise NotFound
    return [
        item for item in own if status_of(item) in rules.AWAITS_APPROVAL and proposed_refusal(item.id) is None
    ]


def returned_reason(vetting: Vetting, refusals: Sequence[Refusal]) -> str:
    """Return the reason of a proposed refusal that a second curator has returned since the latest decision."""
    latest = refusals[-1] if refusals else None
    if latest is None or latest.state != second_review_rules.RETURNED:
        return ""
    return latest.reason if vetting.decided_at is None or latest.proposed_at > vetting.decided_at else ""


def application_view(viewer: Viewer, vetting_id: int) -> ApplicationView:
    """Load an application to the viewer's garden, with its supplier and history. Raises NotFound."""
    vetting = load_application(vetting_id)
    if vetting is None or not viewer.is_garden or vetting.garden_id != viewer.organisation_id:
        raise NotFound
    vettings = vettings_of(vetting.supplier_id)
    siblings = [item for item in vettings if item.id != vetting.id and item.garden_id == vetting.garden_id]
    return ApplicationView(
        vetting=vetting,
        supplier=vetting.supplier,
        status=status_of(vetting),
        vettings=vettings,
        siblings=siblings,
        has_conflict_of_interest=has_conflict_of_interest(viewer, vetting.supplier_id),
        waited=rules.working_days_waited(vetting.submitted_at, clock.today()),
    )
