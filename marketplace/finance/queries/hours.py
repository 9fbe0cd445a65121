"""Hours of a project: entries that a viewer may see, and their sums by month, place and person."""

import datetime as dt
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.finance.models import HoursEntry
from marketplace.finance.queries.corrections import is_valid, row_to_correct
from marketplace.organisations.models import Membership
from marketplace.programme.queries.cohorts import partner_gardens
from marketplace.programme.queries.projects import ProjectAccess, current_roles


@dataclass(frozen=True, slots=True)
class HoursRow:
    """An entry, and what the viewer may do with it."""

    entry: HoursEntry
    can_approve: bool
    can_correct: bool


@dataclass(frozen=True, slots=True)
class HoursPage:
    """Entries, newest month first, with sums in minutes: by month (total and approved), by place name and by person."""

    rows: Sequence[HoursRow]
    by_month: Sequence[tuple[dt.date, int, int]]
    by_place: Sequence[tuple[str, int]]
    by_person: Sequence[tuple[str, int]]

    @property
    def waiting(self) -> int:
        """Number of entries that the viewer can approve."""
        return sum(row.can_approve for row in self.rows)


def managed_place_ids(viewer: Viewer, access: ProjectAccess) -> set[int]:
    """Return the ids of the places that the viewer manages today; all of them for the leader."""
    if access.is_leader:
        return set(access.place_ids)
    managed = current_roles(viewer, access.project, "manager")
    return {one.place_id for one in managed if one.place_id is not None}


def hours_page(viewer: Viewer, access: ProjectAccess, counted: Container[int] | None = None) -> HoursPage:
    """Return the viewer's own entries, and those that the viewer approves as leader or as manager of a place.

    `counted` are the ids of the entries to show, None for all.
    """
    managed = managed_place_ids(viewer, access)
    query = (
        select(HoursEntry)
        .options(joinedload(HoursEntry.user), joinedload(HoursEntry.place))
        .where(HoursEntry.project_id == access.project.id, HoursEntry.minutes > 0, is_valid(HoursEntry))
        .order_by(HoursEntry.month.desc(), HoursEntry.id.desc())
    )
    if not access.is_leader:
        query = query.where(or_(HoursEntry.user_id == viewer.user_id, HoursEntry.place_id.in_(managed)))
    entries = [entry for entry in session.scalars(query) if counted is None or entry.id in counted]
    rows = [
        HoursRow(
            entry, may_approve(viewer, access, managed, entry), may_correct(viewer, access, managed, entry)
        )
        for entry in entries
    ]
    return HoursPage(rows, _months(entries), _places(entries), _people(entries))


def may_approve(viewer: Viewer, access: ProjectAccess, managed: set[int], entry: HoursEntry) -> bool:
    """Return True if the viewer can approve an entry: as leader or manager of its place, and never the viewer's own."""
    responsible = access.is_leader or entry.place_id in managed
    return responsible and entry.approved_at is None and entry.user_id != viewer.user_id


def may_correct(viewer: Viewer, access: ProjectAccess, managed: set[int], entry: HoursEntry) -> bool:
    """Return True if the viewer can correct an entry."""
    return access.is_leader or entry.place_id in managed or entry.user_id == viewer.user_id


def people_to_record(viewer: Viewer, access: ProjectAccess) -> list[tuple[int, str]]:
    """Return id and name of those whose hours the viewer may record: for a leader, all members of the project's gardens."""
    if not access.is_leader:
        return [(viewer.user_id or 0, viewer.name)]
    garden_ids = [access.project.garden_id, *(garden.id for garden in partner_gardens(access.project))]
    query = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id.in_(garden_ids), User.is_active.is_(True))
        .distinct()
    )
    people = sorted(session.execute(query), key=lambda row: (row[0] != viewer.user_id, sort_key(row[1])))
    return [(user_id, name) for user_id, name in people]


def _months(entries: Sequence[HoursEntry]) -> list[tuple[dt.date, int, int]]:
    total: Counter[dt.date] = Counter()
    approved: Counter[dt.date] = Counter()
    for entry in entries:
        total[entry.month] += entry.minutes
        approved[entry.month] += entry.minutes if entry.approved_at else 0
    return [(month, minutes, approved[month]) for month, minutes in sorted(total.items(), reverse=True)]


def _places(entries: Sequence[HoursEntry]) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for entry in entries:
        total[entry.place.name if entry.place else ""] += entry.minutes
    return sorted(total.items(), key=lambda row: sort_key(row[0]))


def _people(entries: Sequence[HoursEntry]) -> list[tuple[str, int]]:
    total: Counter[tuple[int, str]] = Counter()
    for entry in entries:
        total[entry.user_id, entry.user.name] += entry.minutes
    rows = [(name, minutes) for (_id, name), minutes in total.items()]
    return sorted(rows, key=lambda row: sort_key(row[0]))


def entry_to_correct(viewer: Viewer, access: ProjectAccess, entry_id: int) -> HoursEntry:
    """Return a valid entry that the viewer may correct. Raises NotFound, or Conflict if it has been corrected already."""
    entry = row_to_correct(HoursEntry, access.project.id, entry_id)
    if not may_correct(viewer, access, managed_place_ids(viewer, access), entry):
        raise NotFound
    return entry
