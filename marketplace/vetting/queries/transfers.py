"""Transfers of suppliers between gardens."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import BusinessGarden
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import Transfer


def supplier_of_garden(viewer: Viewer, supplier_id: int) -> Supplier:
    """Load a supplier that belongs to the viewer's garden. Raises NotFound."""
    supplier = session.get(Supplier, supplier_id)
    if supplier is None or not viewer.is_garden or supplier.garden_id != viewer.organisation_id:
        raise NotFound
    return supplier


def other_gardens(viewer: Viewer) -> list[BusinessGarden]:
    """List the gardens that a supplier could be transferred to, by name."""
    others = [garden for garden in organisations.gardens() if garden.id != viewer.organisation_id]
    return sorted(others, key=lambda garden: sort_key(garden.name))


def transfers(viewer: Viewer) -> Sequence[Transfer]:
    """List the transfers to and from the viewer's garden, open requests first, then the newest. Raises NotFound."""
    if not viewer.is_garden:
        raise NotFound
    query = (
        select(Transfer)
        .options(
            contains_eager(Transfer.supplier),
            joinedload(Transfer.from_garden),
            joinedload(Transfer.to_garden),
        )
        .join(Transfer.supplier)
        .where(
            or_(Transfer.state != "asked", Supplier.is_active),
            or_(
                Transfer.from_garden_id == viewer.organisation_id,
                Transfer.to_garden_id == viewer.organisation_id,
            ),
        )
        .order_by((Transfer.state != "asked"), Transfer.id.desc())
        .limit(100)
    )
    return session.scalars(query).all()
