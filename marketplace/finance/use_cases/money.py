"""Recording and correcting funding sources and booked entries."""

import datetime as dt
from dataclasses import dataclass

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.finance.models import FundingSource, MoneyEntry
from marketplace.finance.queries.corrections import row_to_correct
from marketplace.finance.queries.money import current_sources
from marketplace.programme.queries.projects import ProjectAccess
from marketplace.programme.use_cases.projects import lock_project_as_leader


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of its currency. A foreign currency can have a dated rate to kroner."""

    amount: int
    currency: str
    rate: int | None = None
    rate_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SourceDetails:
    """An agreed contribution to a project."""

    kind: str
    name: str
    money: Money


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """A booked income, with the funding source that paid, or a cost, with its category."""

    money: Money
    booked_on: dt.date
    source_id: int | None = None
    category: str = ""
    place_id: int | None = None
    reference: str = ""


def save_source(viewer: Viewer, slug: str, details: SourceDetails, corrects_id: int | None = None) -> None:
    """Add a funding source, or correct one by a new row. An amount of 0 withdraws it. Raises RuleBroken or Conflict."""
    with transaction():
        project = lock_project_as_leader(viewer, slug).project
        _check_money(details.money)
        if corrects_id is not None:
            row_to_correct(FundingSource, project.id, corrects_id)
        elif details.money.amount == 0:
            raise RuleBroken(_("Enter an amount."), "amount")
        source = FundingSource(
            project_id=project.id,
            kind=details.kind,
            name=details.name,
            currency=details.money.currency,
            agreed_minor=details.money.amount,
            rate_e4=details.money.rate,
            rate_on=details.money.rate_on,
            by_id=viewer.user_id,
            replaces_id=corrects_id,
        )
        session.add(source)
        session.flush()
        record(viewer, "funding.record", "project", project.id, source=source.id, replaces=corrects_id)


def save_entry(viewer: Viewer, slug: str, details: EntryDetails, corrects_id: int | None = None) -> None:
    """Add an income or a cost, or correct one by a new row. An amount of 0 voids it. Raises RuleBroken or Conflict."""
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        project = access.project
        _check_money(details.money)
        _check_entry(access, details)
        if corrects_id is not None:
            row_to_correct(MoneyEntry, project.id, corrects_id)
        elif details.money.amount == 0:
            raise RuleBroken(_("Enter an amount."), "amount")
        entry = MoneyEntry(
            project_id=project.id,
            source_id=details.source_id,
            category=details.category,
            place_id=details.place_id,
            booked_on=details.booked_on,
            currency=details.money.currency,
            amount_minor=details.money.amount,
            rate_e4=details.money.rate,
            rate_on=details.money.rate_on,
            reference=details.reference,
            by_id=viewer.user_id,
            replaces_id=corrects_id,
        )
        session.add(entry)
        session.flush()
        record(viewer, "money.record", "project", project.id, entry=entry.id, replaces=corrects_id)


def _check_money(money: Money) -> None:
    if money.currency == "NOK" and money.rate is not None:
        raise RuleBroken(_("Kroner have no exchange rate. Leave the field empty."), "rate")
    if money.rate is not None and money.rate_on is None:
        raise RuleBroken(_("Enter the date of the exchange rate."), "rate_on")
    if money.rate is None and money.rate_on is not None:
        raise RuleBroken(_("Enter the exchange rate of this date, or remove the date."), "rate")
    if money.rate_on is not None and money.rate_on > clock.today():
        raise RuleBroken(_("The exchange rate cannot be from a later date than today."), "rate_on")


def _check_entry(access: ProjectAccess, details: EntryDetails) -> None:
    if details.source_id is not None and details.source_id not in current_sources(access.project.id):
        raise RuleBroken(_("Choose one from the list."), "source_or_category")
    if details.place_id is not None and details.place_id not in access.place_ids:
        raise RuleBroken(_("Choose one from the list."), "place_id")
    if details.booked_on > clock.today():
        raise RuleBroken(_("The date cannot be later than today."), "booked_on")
