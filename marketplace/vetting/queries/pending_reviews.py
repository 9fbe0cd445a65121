"""Whose turn it is: the refusals that somebody can confirm, and the appeals that somebody can judge.

Two pages of a garden begin with these questions. They are asked of the tables themselves and made once: as whole
objects, with the garden and the supplier behind each, they took a third of such a page.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, or_, select

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.vetting import second_review
from marketplace.vetting.models import Appeal, Refusal, Vetting, VettingDecision
from marketplace.vetting.queries.transfers import suppliers_tied

_REFUSAL, _APPEAL, _VETTING = Refusal.__table__, Appeal.__table__, Vetting.__table__
_STEP = VettingDecision.__table__.c
_SUPPLIER, _GARDEN = Organisation.__table__.alias("supplier_itself"), Organisation.__table__.alias("garden")
_USER_ID, _GARDEN_ID = bindparam("user_id", type_=Integer), bindparam("garden_id", type_=Integer)


@dataclass(frozen=True, slots=True)
class Turn:
    """A refusal or an appeal that waits for somebody: `id` is its own, `since` when it was proposed or made."""

    id: int
    since: dt.datetime
    category: str
    supplier: str
    municipality: str
    garden_id: int
    garden: str


def _waiting(table: Any, since: Any) -> Select[Any]:
    """Return the query for what waits in a table, without ties, the one that has waited longest first."""
    return (
        select(
            table.c.id, since, _VETTING.c.category, _SUPPLIER.c.name, _SUPPLIER.c.municipality_number,
            table.c.garden_id, _GARDEN.c.name,
        )
        .join(_VETTING, _VETTING.c.id == table.c.vetting_id)
        .join(_SUPPLIER, _SUPPLIER.c.id == _VETTING.c.supplier_id)
        .join(_GARDEN, _GARDEN.c.id == table.c.garden_id)
        .where(_VETTING.c.supplier_id.not_in(suppliers_tied(_USER_ID, _GARDEN_ID)))
        .order_by(since, table.c.id)
    )  # fmt: skip


_REFUSALS = _waiting(_REFUSAL, _REFUSAL.c.proposed_at).where(
    _REFUSAL.c.state == second_review.PROPOSED,
    _REFUSAL.c.proposed_by_id != _USER_ID,
    or_(_REFUSAL.c.garden_id == _GARDEN_ID, _REFUSAL.c.second_garden_id == _GARDEN_ID),
)
_TOOK_PART = select(_REFUSAL.c.vetting_id).where(
    _REFUSAL.c.state == second_review.CONFIRMED,
    or_(_REFUSAL.c.proposed_by_id == _USER_ID, _REFUSAL.c.decided_by_id == _USER_ID),
)
_APPEALS = (
    _waiting(_APPEAL, _APPEAL.c.appealed_at)
    .join(VettingDecision.__table__, _STEP.id == _APPEAL.c.decision_id)
    .where(
        _APPEAL.c.state == second_review.WAITING,
        _APPEAL.c.garden_id == _GARDEN_ID,
        _APPEAL.c.vetting_id.not_in(_TOOK_PART),
        _STEP.by_id.is_distinct_from(_USER_ID),
    )
)


def _asked(query: Select[Any], viewer: Viewer) -> list[Turn]:
    if not viewer.is_curator:
        return []
    about = {"user_id": viewer.user_id, "garden_id": viewer.organisation_id}
    return [Turn(*row) for row in session.execute(query, about)]


def refusals_to_confirm(viewer: Viewer) -> Sequence[Turn]:
    """Return the refusals that the viewer can confirm, the one that has waited longest first."""
    return _asked(_REFUSALS, viewer)


def appeals_to_judge(viewer: Viewer) -> Sequence[Turn]:
    """Return the appeals that the viewer can judge, the one that has waited longest first."""
    return _asked(_APPEALS, viewer)
