"""Profiles that have changed since a curator approved them, and look made for the ranking."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, exists, func, select, type_coerce
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.types import NullType

from marketplace.core.cache import BoundedCache
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting
from marketplace.vetting.spam_review import found_in

State = tuple[Any, ...]
_MAX_CACHED = 50_000
_odd: BoundedCache[State, bool] = BoundedCache(_MAX_CACHED)
"""Whether a profile in a state (supplier, version, time of change, length) looks made for the ranking.

Reading hundreds of profiles takes half a second, so each process reads a state of a profile once.
"""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Changed:
    """An approval of a supplier whose profile has changed since."""

    id: int
    supplier_id: int
    supplier: str
    municipality: str
    updated_at: dt.datetime


_VETTING, _OTHER = Vetting.__table__, Vetting.__table__.alias("other")
_ORGANISATION, _PROFILE = Organisation.__table__, Supplier.__table__
_WHOLE = _VETTING.join(_ORGANISATION, _ORGANISATION.c.id == _VETTING.c.supplier_id).join(
    _PROFILE, _PROFILE.c.id == _ORGANISATION.c.id
)
_CHANGED = prepared(
    select(
        _VETTING.c.id,
        _PROFILE.c.id,
        _PROFILE.c.version,
        # As the database gives it: all that is asked is whether it is another moment, hundreds of times.
        type_coerce(_PROFILE.c.updated_at, NullType()),
        func.length(_ORGANISATION.c.about),
    )
    .select_from(_WHOLE)
    .where(
        _VETTING.c.garden_id == bindparam("garden_id", type_=Integer),
        _ORGANISATION.c.is_active,
        _VETTING.c.state == rules.APPROVED,
        _VETTING.c.decided_at < _PROFILE.c.updated_at,
        ~exists().where(
            _OTHER.c.supplier_id == _PROFILE.c.id,
            _OTHER.c.state == rules.APPROVED,
            _OTHER.c.decided_at >= _PROFILE.c.updated_at,
        ),
    )
    .order_by(_VETTING.c.id)
)
_TO_READ = prepared(
    select(
        _VETTING.c.id,
        _ORGANISATION.c.id,
        _ORGANISATION.c.name,
        _ORGANISATION.c.municipality_number,
        _PROFILE.c.updated_at,
    )
    .select_from(_WHOLE)
    .where(_VETTING.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(_PROFILE.c.updated_at, _VETTING.c.id)
)


def to_read_again(viewer: Viewer) -> list[Changed]:
    """Return one approval of each supplier whose profile was changed since and looks made for the ranking."""
    if not viewer.is_garden:
        raise NotFound
    rows = session.execute(_CHANGED, {"garden_id": viewer.organisation_id}).all()
    # Backwards, so that of several approvals of a supplier the first one stands.
    first: dict[State, int] = {row[1:]: row[0] for row in reversed(rows)}
    known = {state: _odd.get(state, None) for state in first}
    known |= _read([state for state, odd in known.items() if odd is None])
    wanted = [vetting_id for state, vetting_id in first.items() if known[state]]
    return [Changed(*row) for row in session.execute(_TO_READ, {"wanted": wanted})] if wanted else []


def _read(states: Sequence[State]) -> dict[State, bool]:
    by_supplier = {state[0]: state for state in states}
    numbers, found = list(by_supplier), {}
    for start in range(0, len(numbers), _AT_ONCE):
        query = (
            select(Supplier)
            .where(Supplier.id.in_(numbers[start : start + _AT_ONCE]))
            .options(selectinload(Supplier.services), selectinload(Supplier.cases), joinedload(Supplier.held))
        )
        for supplier in session.scalars(query):
            state = by_supplier[supplier.id]
            found[state] = bool(found_in(supplier))
            _odd.put(state, found[state])
    return found
