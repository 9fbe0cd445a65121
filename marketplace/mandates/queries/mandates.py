"""Mandates of a company and of a business garden."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.audit import queries as audit
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import cutoff_reached
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.mandates.limits import DAYS_BETWEEN_REQUESTS
from marketplace.mandates.models import Mandate


def mandates_of_company(company_id: int | None) -> Sequence[Mandate]:
    """Return a company's mandates, the newest first."""
    query = (
        select(Mandate)
        .where(Mandate.company_id == company_id)
        .options(joinedload(Mandate.garden))
        .order_by(Mandate.given_at.desc(), Mandate.id.desc())
    )
    return session.scalars(query).all()


def active_mandate(company_id: int, garden_id: int | None) -> Mandate | None:
    """Return the mandate through which a garden may write for a company now, or None."""
    query = select(Mandate).where(
        Mandate.company_id == company_id,
        Mandate.garden_id == garden_id,
        Mandate.withdrawn_at.is_(None),
        Mandate.until >= clock.today(),
    )
    return session.scalar(query.order_by(Mandate.id.desc()).limit(1))


def own_mandate(viewer: Viewer, mandate_id: int) -> Mandate:
    """Return a mandate that the viewer's company has given. Raises NotFound."""
    mandate = session.get(Mandate, mandate_id)
    if mandate is None or not viewer.is_company or mandate.company_id != viewer.organisation_id:
        raise NotFound
    return mandate


def was_asked_recently(company_id: int, garden_id: int | None) -> bool:
    """Return True if a garden has asked a company for a mandate within a week."""
    wanted = audit.EventFilter(
        action="mandate.ask",
        object_type="organisation",
        object_id=str(company_id),
        since=cutoff_reached(days=DAYS_BETWEEN_REQUESTS),
    )
    return any(event.details.get("garden") == garden_id for event in audit.events(1, wanted).items)
