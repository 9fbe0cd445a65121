"""Factories for hours, money, fees and state aid."""

import datetime as dt
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project


def hours(of: Project, user_id: int, **values: Any) -> HoursEntry:
    """Add hours of a person in the current month."""
    details: dict[str, Any] = {"month": clock.today().replace(day=1), "activity": "course", "minutes": 450}
    added = HoursEntry(project_id=of.id, user_id=user_id, recorded_by_id=user_id, **(details | values))
    return _stored(added)


def source(of: Project, user_id: int, **values: Any) -> FundingSource:
    """Add public funding of 80,000 euro with a rate."""
    details: dict[str, Any] = {
        "kind": "public",
        "name": "Fylket",
        "currency": "EUR",
        "agreed_minor": 8_000_000,
        "rate_e4": 115_000,
        "rate_on": dt.date(2026, 8, 3),
    }
    return _stored(FundingSource(project_id=of.id, by_id=user_id, **(details | values)))


def entry(of: Project, user_id: int, **values: Any) -> MoneyEntry:
    """Add a cost of 1,000 kroner for a venue."""
    details: dict[str, Any] = {
        "category": "venue",
        "currency": "NOK",
        "amount_minor": 100_000,
        "booked_on": clock.today(),
    }
    return _stored(MoneyEntry(project_id=of.id, by_id=user_id, **(details | values)))


def grant(to: Participation, user_id: int, **values: Any) -> AidGrant:
    """Add aid of 13,000 kroner to a company with an organisation number."""
    details: dict[str, Any] = {"amount_ore": 1_300_000, "basis": "article_28", "granted_on": clock.today()}
    number = to.organisation_number or ""
    added = AidGrant(
        project_id=to.project_id, organisation_number=number, by_id=user_id, **(details | values)
    )
    return _stored(added)


def _stored(row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
