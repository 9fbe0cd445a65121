"""Whose a supplier is: moves between gardens, and ties that keep a person from deciding."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, or_, select, union_all
from sqlalchemy.orm import joinedload

from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.i18n import sort_key
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import BusinessGarden, Membership, Organisation
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import ConflictOfInterest, Transfer


def suppliers_tied(user_id: ColumnElement[int], garden_id: ColumnElement[int]) -> Any:
    """Return the query for the suppliers on which a person may not decide, who acts for a garden.

    These are the ones that the person acts for or has stated a tie to, and the one that the garden itself is.
    """
    tie, membership = ConflictOfInterest.__table__.c, Membership.__table__.c
    supplier, garden = Organisation.__table__.alias("same"), Organisation.__table__.alias("own_garden")
    return union_all(
        select(tie.supplier_id).where(tie.user_id == user_id),
        select(membership.organisation_id).where(membership.user_id == user_id),
        select(supplier.c.id)
        .join(garden, garden.c.organisation_number == supplier.c.organisation_number)
        .where(supplier.c.kind == "supplier", garden.c.kind == "garden", garden.c.id == garden_id),
    )


_TIED = prepared(
    select(
        bindparam("supplier_id", type_=Integer).in_(
            suppliers_tied(bindparam("user_id", type_=Integer), bindparam("garden_id", type_=Integer))
        )
    )
)


def has_tie(viewer: Viewer, supplier_id: int) -> bool:
    """Say whether a person may not decide on a supplier: acts for it, has stated a tie, or the garden itself is it."""
    garden_id = viewer.organisation_id if viewer.is_garden else None
    about = {"supplier_id": supplier_id, "user_id": viewer.user_id, "garden_id": garden_id}
    return bool(session.scalar(_TIED, about))


def own_supplier_of_garden(viewer: Viewer, supplier_id: int) -> Supplier:
    """Return a supplier whose home is the viewer's garden. Raises NotFound."""
    found = session.get(Supplier, supplier_id)
    if found is None or not viewer.is_garden or found.garden_id != viewer.organisation_id:
        raise NotFound
    return found


def other_gardens(viewer: Viewer) -> list[BusinessGarden]:
    """Return the gardens that the viewer's could hand a supplier to, by name."""
    found = [garden for garden in organisations.gardens() if garden.id != viewer.organisation_id]
    return sorted(found, key=lambda garden: sort_key(garden.name))


def moves(viewer: Viewer) -> Sequence[Transfer]:
    """Return the moves to and from the viewer's garden, those that wait first, then the newest."""
    if not viewer.is_garden:
        raise NotFound
    query = (
        select(Transfer)
        .options(
            joinedload(Transfer.supplier),
            joinedload(Transfer.from_garden),
            joinedload(Transfer.to_garden),
        )
        .where(
            or_(
                Transfer.from_garden_id == viewer.organisation_id,
                Transfer.to_garden_id == viewer.organisation_id,
            )
        )
        .order_by((Transfer.state != "asked"), Transfer.id.desc())
        .limit(100)
    )
    return session.scalars(query).all()


def ties(viewer: Viewer) -> Sequence[ConflictOfInterest]:
    """Return the ties that the viewer has stated, by the suppliers' names."""
    query = select(ConflictOfInterest).options(joinedload(ConflictOfInterest.supplier))
    found = session.scalars(query.where(ConflictOfInterest.user_id == viewer.user_id)).all()
    return sorted(found, key=lambda tie: sort_key(tie.supplier.name))


def suppliers_to_tie(viewer: Viewer) -> list[tuple[int, str]]:
    """Return the suppliers that the viewer could state a tie to, by name: all who are open."""
    if not viewer.is_garden:
        raise NotFound
    rows = session.execute(select(Supplier.id, Supplier.name).where(Supplier.is_active)).all()
    return sorted(((row.id, row.name) for row in rows), key=lambda row: sort_key(row[1]))
