"""Refusals and appeals awaiting the current curator's decision.

The statements select only the columns shown and are built once: loading objects took a third of the page.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, literal, or_, select, union_all

from marketplace.core.database import prepared, session
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


@dataclass(frozen=True, slots=True)
class PendingReviews:
    """The refusals that a viewer can confirm and the appeals that it can decide, longest waiting first."""

    refusals: Sequence[PendingReview] = ()
    appeals: Sequence[PendingReview] = ()


def _select_pending(kind: str, table: Any, since: Any) -> Select[Any]:
    """Select what waits in a table, excluding conflicts of interest and closed suppliers."""
    return (
        select(
            literal(kind), table.c.id.label("id"), since.label("since"), _VETTING.c.category, _SUPPLIER.c.name, _SUPPLIER.c.municipality_number,
            table.c.garden_id, _GARDEN.c.name,
        )
        .join(_VETTING, _VETTING.c.id == table.c.vetting_id)
        .join(_SUPPLIER, _SUPPLIER.c.id == _VETTING.c.supplier_id)
        .join(_GARDEN, _GARDEN.c.id == table.c.garden_id)
        .where(
            _SUPPLIER.c.is_active,
            _VETTING.c.supplier_id.not_in(conflicting_suppliers(_USER_ID, _GARDEN_ID)),
        )
    )  # fmt: skip


_REFUSALS = _select_pending("refusal", _REFUSAL, _REFUSAL.c.proposed_at).where(
    _REFUSAL.c.state == second_review_rules.PROPOSED,
    _REFUSAL.c.proposed_by_id != _USER_ID,
    or_(_REFUSAL.c.garden_id == _GARDEN_ID, _REFUSAL.c.second_garden_id == _GARDEN_ID),
)
_REFUSED_BY_VIEWER = select(_REFUSAL.c.vetting_id).where(
    _REFUSAL.c.state == second_review_rules.CONFIRMED,
    or_(_REFUSAL.c.proposed_by_id == _USER_ID, _REFUSAL.c.decided_by_id == _USER_ID),
)
_APPEALS = (
    _select_pending("appeal", _APPEAL, _APPEAL.c.appealed_at)
    .join(VettingDecision.__table__, _DECISION.id == _APPEAL.c.decision_id)
    .where(
        _APPEAL.c.state == appeal_rules.WAITING,
        _APPEAL.c.garden_id == _GARDEN_ID,
        _APPEAL.c.vetting_id.not_in(_REFUSED_BY_VIEWER),
        _DECISION.by_id.is_distinct_from(_USER_ID),
    )
)
_PENDING = prepared(union_all(_REFUSALS, _APPEALS).order_by("since", "id"))


def pending_reviews(viewer: Viewer) -> PendingReviews:
    """List the refusals and appeals that wait for the viewer."""
    if not viewer.is_curator:
        return PendingReviews()
    found: dict[str, list[PendingReview]] = {"refusal": [], "appeal": []}
    parameters = {"user_id": viewer.user_id, "garden_id": viewer.organisation_id}
    for kind, *columns in session.execute(_PENDING, parameters):
        found[kind].append(PendingReview(*columns))
    return PendingReviews(found["refusal"], found["appeal"])
