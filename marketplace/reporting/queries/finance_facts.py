"""Hours, money, fees and state aid of a project as of a moment. Their rows are only added, and replaced by new ones."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.currencies import to_ore
from marketplace.core.database import session
from marketplace.finance.labels import NOT_NOTED
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.finance.queries.corrections import is_valid
from marketplace.reporting.facts import Aid, Hours, Money
from marketplace.reporting.parts.money import COST, NOK, PLAN, RECEIVED

Entry = TypeVar("Entry", HoursEntry, MoneyEntry, FundingSource, AidGrant)


def hours_of(project_id: int, place_ids: Sequence[int] | None, as_of: dt.datetime) -> list[Hours]:
    """Return the hours that counted at a moment."""
    query = select(HoursEntry).where(HoursEntry.project_id == project_id)
    return [
        Hours(
            one.month,
            one.activity,
            one.minutes,
            one.approved_at is not None and one.approved_at <= as_of,
            one.place_id,
            one.id,
        )
        for one in _valid(_at_places(query, HoursEntry.place_id, place_ids), HoursEntry, as_of)
    ]


def money_of(project_id: int, place_ids: Sequence[int] | None, as_of: dt.datetime) -> list[Money]:
    """Return the plan, the income and the costs that counted at a moment; for some places, their costs."""
    sources = _sources(project_id, as_of)
    query = select(MoneyEntry).where(MoneyEntry.project_id == project_id)
    found = []
    if place_ids is None:
        newest = {source.id: source for source in sources.values()}
        found = [
            Money(
                PLAN,
                source.kind,
                source.currency,
                source.agreed_minor,
                _nok(source, source.agreed_minor),
                row_id=source.id,
            )
            for source in newest.values()
            if source.agreed_minor
        ]
    for one in _valid(_at_places(query, MoneyEntry.place_id, place_ids), MoneyEntry, as_of):
        source = sources.get(one.source_id or 0)
        kind, code = (RECEIVED, source.kind) if source else (COST, one.category)
        if one.source_id and source is None:
            continue
        found.append(
            Money(
                kind,
                code,
                one.currency,
                one.amount_minor,
                _nok(one, one.amount_minor),
                one.booked_on,
                one.place_id,
                one.id,
            )
        )
    return found


def aid_of(project_id: int, as_of: dt.datetime) -> list[Aid]:
    """Return the aid that counted at a moment."""
    query = select(AidGrant).where(AidGrant.project_id == project_id)
    return [
        Aid(one.organisation_number, one.granted_on, one.amount_ore, one.basis)
        for one in _valid(query, AidGrant, as_of)
    ]


def fees_of(participation_ids: Sequence[int], as_of: dt.datetime) -> list[Money]:
    """Return the newest state of each company's fee at a moment."""
    query = (
        select(ParticipationFee)
        .where(
            ParticipationFee.participation_id.in_(participation_ids), ParticipationFee.recorded_at <= as_of
        )
        .order_by(ParticipationFee.id)
    )
    newest = {one.participation_id: one for one in session.scalars(query)}
    return [
        Money("fee", one.state, NOK, one.amount_ore, one.amount_ore, one.on, row_id=one.participation_id)
        for one in newest.values()
        if one.state != NOT_NOTED
    ]


def _sources(project_id: int, as_of: dt.datetime) -> dict[int, FundingSource]:
    """Return the newest row of each funding source by the ids of all its rows."""
    query = select(FundingSource).where(
        FundingSource.project_id == project_id, FundingSource.recorded_at <= as_of
    )
    rows = {one.id: one for one in session.scalars(query.order_by(FundingSource.id))}
    following = {one.replaces_id: one for one in rows.values() if one.replaces_id is not None}
    newest = {}
    for row_id, row in rows.items():
        while row.id in following:
            row = following[row.id]  # noqa: PLW2901 because it follows the chain of corrections
        newest[row_id] = row
    return newest


def _at_places(
    query: Select[Any], column: InstrumentedAttribute[int | None], place_ids: Sequence[int] | None
) -> Select[Any]:
    return query if place_ids is None else query.where(column.in_(place_ids))


def _valid(query: Select[Any], model: type[Entry], as_of: dt.datetime) -> list[Entry]:
    """Return the rows recorded by a moment that no other row recorded by then replaces."""
    return list(session.scalars(query.where(is_valid(model, as_of)).order_by(model.id)))


def _nok(row: MoneyEntry | FundingSource, minor: int) -> int | None:
    """Return an amount in øre by the row's own dated rate; None without a rate."""
    return to_ore(minor, row.currency, row.rate_e4)
