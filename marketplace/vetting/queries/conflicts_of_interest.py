"""Conflicts of interest that keep a person from deciding about a supplier."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, or_, select, union_all
from sqlalchemy.orm import joinedload

from marketplace.core.collation import sort_key
from marketplace.core.database import UtcDateTime, prepared, session
from marketplace.core.dates import cutoff_passed
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership, Organisation
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import ConflictOfInterest
from marketplace.vetting.rules import COOLING_OFF_DAYS


def _first_ended_day() -> dt.datetime:
    """Return the time since which an ended conflict still counts: the beginning of a local day."""
    return cutoff_passed(days=COOLING_OFF_DAYS)


_conflict = ConflictOfInterest.__table__.c
counts: ColumnElement[bool] = or_(
    _conflict.ended_at.is_(None),
    _conflict.ended_at >= bindparam("counts_since", callable_=_first_ended_day, type_=UtcDateTime),
)
"""Condition: a declared conflict of interest is current, or ended so recently that another curator must decide."""


def conflicting_suppliers(user_id: ColumnElement[int], garden_id: ColumnElement[int]) -> Any:
    """Select the suppliers about which a person acting for a garden must not decide.

    These are suppliers that the person acts for, has declared a connection to or had one to until recently, and the
    garden's own supplier profile.
    """
    conflict, membership = ConflictOfInterest.__table__.c, Membership.__table__.c
    supplier, garden = (
        Organisation.__table__.alias("same_organisation"),
        Organisation.__table__.alias("own_garden"),
    )
    return union_all(
        select(conflict.supplier_id).where(conflict.user_id == user_id, counts),
        select(membership.organisation_id).where(membership.user_id == user_id),
        select(supplier.c.id)
        .join(garden, garden.c.organisation_number == supplier.c.organisation_number)
        .where(supplier.c.kind == "supplier", garden.c.kind == "garden", garden.c.id == garden_id),
    )


_HAS_CONFLICT = prepared(
    select(
        bindparam("supplier_id", type_=Integer).in_(
            conflicting_suppliers(bindparam("user_id", type_=Integer), bindparam("garden_id", type_=Integer))
        )
    )
)


def has_conflict_of_interest(viewer: Viewer, supplier_id: int) -> bool:
    """Return True if the viewer acts for a supplier, has declared a connection to it, or its garden is the supplier."""
    garden_id = viewer.organisation_id if viewer.is_garden else None
    parameters = {"supplier_id": supplier_id, "user_id": viewer.user_id, "garden_id": garden_id}
    return bool(session.scalar(_HAS_CONFLICT, parameters))


def own_conflicts(viewer: Viewer) -> Sequence[ConflictOfInterest]:
    """List the viewer's declared conflicts of interest, by supplier name, with those that ended recently and still count."""
    query = select(ConflictOfInterest).options(joinedload(ConflictOfInterest.supplier))
    conflicts = session.scalars(query.where(ConflictOfInterest.user_id == viewer.user_id, counts)).all()
    return sorted(conflicts, key=lambda conflict: sort_key(conflict.supplier.name))


@dataclass(frozen=True, slots=True)
class StatedInterest:
    """A business garden in which somebody has declared a connection to a supplier. The person is not named."""

    supplier_id: int
    garden: str
    kind: str


_INTERESTS = prepared(
    select(_conflict.supplier_id, Organisation.name, _conflict.kind)
    .join(Membership, Membership.user_id == _conflict.user_id)
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .where(
        counts,
        Organisation.__table__.c.kind == "garden",
    )
    .distinct()
)


def stated_interests() -> dict[int, list[StatedInterest]]:
    """Return the declared connections that count, by supplier, for pages that show suppliers to others.

    Reads all of them, because few people in business gardens declare any.
    """
    found: dict[int, list[StatedInterest]] = defaultdict(list)
    interests = [StatedInterest(*row) for row in session.execute(_INTERESTS)]
    for interest in sorted(interests, key=lambda one: (one.supplier_id, sort_key(one.garden), one.kind)):
        found[interest.supplier_id].append(interest)
    return dict(found)


def suppliers_to_declare(viewer: Viewer) -> list[tuple[int, str]]:
    """List id and name of all active suppliers, by name. Raises NotFound."""
    if not viewer.is_garden:
        raise NotFound
    rows = session.execute(select(Supplier.id, Supplier.name).where(Supplier.is_active)).all()
    return sorted(((row.id, row.name) for row in rows), key=lambda row: sort_key(row[1]))
