"""Reading recorded facts as of a moment: current versions, or the whole history."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from marketplace.core.database import session
from marketplace.core.grouping import group
from marketplace.reporting.fact_models import ReportFact
from marketplace.reporting.facts import Row

Rows = dict[str, list[Row]]


def of_owners(kinds: Sequence[str], owner_ids: Collection[int]) -> ColumnElement[bool]:
    """Build the condition that a fact has one of the kinds and belongs to one of the owners."""
    return and_(ReportFact.kind.in_(kinds), ReportFact.owner_id.in_(owner_ids))


def with_ids(kind: str, row_ids: Collection[int]) -> ColumnElement[bool]:
    """Build the condition that a fact has the kind and is about one of the rows."""
    return and_(ReportFact.kind == kind, ReportFact.row_id.in_(row_ids))


def of_kinds(*kinds: str) -> ColumnElement[bool]:
    """Build the condition that a fact has one of the kinds."""
    return ReportFact.kind.in_(kinds)


def current_rows(as_of: dt.datetime, *conditions: ColumnElement[bool]) -> Rows:
    """Return the rows that existed at a moment, by kind, in the order of their ids."""
    newest = (
        select(func.max(ReportFact.id))
        .where(or_(*conditions), ReportFact.recorded_at <= as_of)
        .group_by(ReportFact.kind, ReportFact.row_id)
    )
    query = select(ReportFact).where(ReportFact.id.in_(newest), ReportFact.removed.is_(False))
    return group(_rows(query.with_only_columns(*_COLUMNS).order_by(ReportFact.row_id)))


def all_versions(as_of: dt.datetime, *conditions: ColumnElement[bool]) -> Rows:
    """Return all versions of rows up to a moment, by kind, oldest first."""
    query = select(*_COLUMNS).where(or_(*conditions), ReportFact.recorded_at <= as_of)
    return group(_rows(query.order_by(ReportFact.id)))


def current_of(versions: Sequence[Row]) -> list[Row]:
    """Return the newest version of each row that still exists, given all versions, oldest first."""
    latest = {row.row_id: row for row in versions}
    return [row for row in latest.values() if not row.removed]


_COLUMNS = (
    ReportFact.kind,
    ReportFact.row_id,
    ReportFact.owner_id,
    ReportFact.recorded_at,
    ReportFact.values,
    ReportFact.removed,
)


def _rows(query: object) -> list[tuple[str, Row]]:
    return [
        (kind, Row(row_id, owner_id, recorded_at, values, removed))
        for kind, row_id, owner_id, recorded_at, values, removed in session.execute(query)  # type: ignore[call-overload]  # because both queries select these columns
    ]
