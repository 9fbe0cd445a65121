"""Mandates of a company and of a business garden, and the history of one company's mandates."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts import queries as people
from marketplace.audit import queries as audit
from marketplace.audit.labels import action_label
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.dates import cutoff_reached
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page
from marketplace.core.viewer import Viewer
from marketplace.mandates.limits import DAYS_BETWEEN_REQUESTS
from marketplace.mandates.models import Mandate
from marketplace.organisations.queries import names_of


def mandates_of_company(company_id: int | None) -> Sequence[Mandate]:
    """Return a company's mandates, newest first."""
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


@dataclass(frozen=True, slots=True)
class MandateStatus:
    """Last day of a garden's active mandate or None, and whether the garden recently asked for a mandate."""

    until: dt.date | None
    was_asked: bool


_UNTIL = select(func.max(Mandate.until)).where(
    Mandate.company_id == bindparam("company_id"),
    Mandate.garden_id == bindparam("garden_id"),
    Mandate.withdrawn_at.is_(None),
    Mandate.until >= bindparam("today"),
)
_ASKED = select(AuditEvent.id).where(
    AuditEvent.object_type == "organisation",
    AuditEvent.object_id == bindparam("object_id"),
    AuditEvent.action == "mandate.ask",
    AuditEvent.at >= bindparam("asked_since"),
    AuditEvent.details["garden"].as_integer() == bindparam("garden_id"),
)
_STATUS = prepared(select(_UNTIL.scalar_subquery(), _ASKED.exists()))


def mandate_status(company_id: int, garden_id: int | None) -> MandateStatus:
    """Return a garden's active mandate for a company, and its recent request for one, in one statement."""
    params = {
        "company_id": company_id,
        "garden_id": garden_id,
        "today": clock.today(),
        "object_id": str(company_id),
        "asked_since": cutoff_reached(days=DAYS_BETWEEN_REQUESTS),
    }
    until, was_asked = session.execute(_STATUS, params).one()
    return MandateStatus(until, bool(was_asked))


@dataclass(frozen=True, slots=True)
class MandateHistory:
    """One page of acts, newest first, with the names of their people and gardens by id."""

    page: Page[AuditEvent]
    people: Mapping[int | None, str]
    gardens: Mapping[int | None, str]

    def label(self, event: AuditEvent) -> str:
        """Return the name of an act."""
        return action_label(event.action)


def mandate_history(viewer: Viewer, page: int = 1) -> MandateHistory:
    """Return the acts of business gardens for the viewer's company."""
    found = audit.events(page, audit.EventFilter(mandated_for=viewer.organisation_id))
    names = people.names_of({event.actor_id for event in found.items})
    gardens = names_of({event.details.get("by_garden") for event in found.items})
    return MandateHistory(found, names, gardens)
