"""Plain values from which a report is computed: what was recorded by the moment of the report."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.core import clock
from marketplace.core.grouping import group


@dataclass(frozen=True, slots=True)
class Row:
    """A recorded version of a row. `owner_id` is the id of the row that it belongs to, such as the project of a place."""

    row_id: int
    owner_id: int
    recorded_at: dt.datetime
    values: Mapping[str, Any]
    removed: bool = False

    def __getitem__(self, name: str) -> Any:
        """Return a value, or None if the version does not have it."""
        return self.values.get(name)

    def moment(self, name: str) -> dt.datetime | None:
        """Return a value as a time."""
        text = self.values.get(name)
        return dt.datetime.fromisoformat(text) if text else None

    def day(self, name: str) -> dt.date | None:
        """Return a value as a date; for a time, its local date."""
        text = self.values.get(name)
        if not text:
            return None
        return (
            clock.to_local(dt.datetime.fromisoformat(text)).date()
            if "T" in text
            else dt.date.fromisoformat(text)
        )


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """First and last day of a report, both included, and the moment as of which it is computed."""

    from_on: dt.date
    to_on: dt.date
    as_of: dt.datetime

    @property
    def last_day(self) -> dt.date:
        """The end of the period, or the local date of `as_of` if it is earlier."""
        return min(self.to_on, clock.to_local(self.as_of).date())

    @property
    def last_moment(self) -> dt.datetime:
        """The end of the period, or `as_of` if it is earlier."""
        return min(clock.end_of_day(self.to_on), self.as_of)

    @property
    def first_moment(self) -> dt.datetime:
        """The beginning of the period."""
        return clock.start_of_day(self.from_on)


@dataclass(frozen=True, slots=True)
class Presence:
    """The latest attendance mark of a company at a course session."""

    session_id: int
    participation_id: int
    attended: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """Time that a person spent on an activity in a month. `place_id` is None for work on the whole project."""

    month: dt.date
    activity: str
    minutes: int
    is_approved: bool
    place_id: int | None = None
    row_id: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """A planned or booked amount in minor units. `code` is the kind of source or the category of cost.

    `nok_ore` is the amount in øre by its dated exchange rate, or None without a rate. `place_id` is the place of the project
    that a cost belongs to, or None. `row_id` is the id of the source, of the entry, or of the participation with the fee.
    """

    kind: str
    code: str
    currency: str
    minor: int
    nok_ore: int | None
    on: dt.date | None = None
    place_id: int | None = None
    row_id: int = 0


@dataclass(frozen=True, slots=True)
class Aid:
    """State aid granted to a company."""

    organisation_number: str
    on: dt.date
    ore: int
    basis: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything that a report counts. `rows` are the current versions by kind, `history` all versions of some kinds.

    `garden_ids` are the gardens of the project, or the garden itself. `is_project` is False for a garden without a project,
    `is_restricted` is True for a report about some places of a project. `services` are the codes of the services that
    suppliers can offer.
    """

    period: ReportPeriod
    garden_ids: frozenset[int]
    rows: Mapping[str, Sequence[Row]]
    history: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    is_project: bool = False
    is_restricted: bool = False
    presences: Sequence[Presence] = ()
    hours: Sequence[Hours] = ()
    money: Sequence[Money] = ()
    aid: Sequence[Aid] = ()
    fees: Sequence[Money] = ()
    services: Collection[str] = ()

    def of(self, kind: str) -> Sequence[Row]:
        """Return the current rows of a kind."""
        return self.rows.get(kind, ())

    def by_id(self, kind: str) -> dict[int, Row]:
        """Return the current rows of a kind by their id."""
        return {row.row_id: row for row in self.of(kind)}

    def by_owner(self, kind: str) -> dict[int, list[Row]]:
        """Return the current rows of a kind by the id of the row that they belong to."""
        return group((row.owner_id, row) for row in self.of(kind))

    def as_of(self, kind: str, moment: dt.datetime) -> list[Row]:
        """Return the rows of a kind as they were at an earlier moment. `history` must have the kind."""
        latest: dict[int, Row] = {}
        for row in self.history.get(kind, ()):
            if row.recorded_at <= moment:
                latest[row.row_id] = row
        return [row for row in latest.values() if not row.removed]
