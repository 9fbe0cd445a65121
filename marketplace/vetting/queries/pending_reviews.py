"""Refusals and appeals awaiting the current curator's decision.

The statements select only the columns shown and are built once: loading objects took a third of the page.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, or_, select

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.vetting import appeal_rules, second_review_rules
from marketplace.vetting.models import Appeal, Refusal, Vetting, VettingDecision
from marketplace.vetting.queries.conflicts_of_interest import conflicting_suppliers

_REFUSAL, _APPEAL, _VETTING = Refusal.__table__, Appeal.__table__, Vetting.__table__
_DECISION = VettingDecision.__table__.c
_SUPPLIER, _GARDEN = Organisation.__table__.alias("supplier_itself"), Organisation.__table__.alias("garden")
_USER_ID, _GARDEN_ID = bindparam("user_id", type_=Integer), bindparam("garden_id", type_=Integer)


@dataclass(frozen=True, slots=True)
class PendingReview:
    """A refusal or an appeal that awaits a decision; `since` is when it was proposed or made."""

    id: int
    since: dt.datetime
    category: str
    supplier: str
    municipality: str
    garden_id: int
    garden: str


def _select_pending(table: Any, since: Any) -> Select[Any]:
    """Select what waits in a table, excluding conflicts of interest, longest waiting first."""
    return (
        select(
            table.c.id, since, _VETTING.c.category, _SUPPLIER.c.name, _SUPPLIER.c.municipality_number,
            table.c.garden_id, _GARDEN.c.name,
        )
        .join(_VETTING, _VETTING.c.id == table.c.vetting_id)
        .join(_SUPPLIER, _SUPPLIER.c.id == _VETTING.c.supplier_id)
        .join(_GARDEN, _GARDEN.c.id == table.c.garden_id)
        .where(_VETTING.c.supplier_id.not_in(conflicting_suppliers(_USER_ID, _GARDEN_ID)))
        .order_by(since, table.c.id)
    )  # fmt: skip


_REFUSALS = _select_pending(_REFUSAL, _REFUSAL.c.proposed_at).where(
    _REFUSAL.c.state == second_review_rules.PROPOSED,
    _REFUSAL.c.proposed_by_id != _USER_ID,
    or_(_REFUSAL.c.garden_id == _GARDEN_ID, _REFUSAL.c.second_garden_id == _GARDEN_ID),
)
_REFUSED_BY_VIEWER = select(_REFUSAL.c.vetting_id).where(
    _REFUSAL.c.state == second_review_rules.CONFIRMED,
    or_(_REFUSAL.c.proposed_by_id == _USER_ID, _REFUSAL.c.decided_by_id == _USER_ID),
)
_APPEALS = (
    _select_pending(_APPEAL, _APPEAL.c.appealed_at)
    .join(VettingDecision.__table__, _DECISION.id == _APPEAL.c.decision_id)
    .where(
        _APPEAL.c.state == appeal_rules.WAITING,
        _APPEAL.c.garden_id == _GARDEN_ID,
        _APPEAL.c.vetting_id.not_in(_REFUSED_BY_VIEWER),
        _DECISION.by_id.is_distinct_from(_USER_ID),
    )
)


def _list_pending(query: Select[Any], viewer: Viewer) -> list[PendingReview]:
    if not viewer.is_curator:
        return []
    parameters = {"user_id": viewer.user_id, "garden_id": viewer.organisation_id}
    return [PendingReview(*row) for row in session.execute(query, parameters)]


def refusals_to_confirm(viewer: Viewer) -> Sequence[PendingReview]:
    """List the refusals that the viewer can confirm, longest waiting first."""
    return _list_pending(_REFUSALS, viewer)


def appeals_to_decide(viewer: Viewer) -> Sequence[PendingReview]:
    """List the appeals that the viewer can decide, longest waiting first."""
    return _list_pending(_APPEALS, viewer)
