"""Recording, correcting and approving hours."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.finance.models import HoursEntry
from marketplace.finance.queries.corrections import is_valid, row_to_correct
from marketplace.finance.queries.hours import managed_place_ids, may_approve, may_correct, people_to_record
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.use_cases.seating import lock_project


@dataclass(frozen=True, slots=True)
class HoursDetails:
    """Time that a person spent in a month. `minutes` of 0 in a correction means that the entry was a mistake."""

    user_id: int
    month: dt.date
    place_id: int | None
    activity: str
    minutes: int


def save_hours(
    viewer: Viewer, slug: str, details: HoursDetails, corrects_id: int | None = None
) -> HoursEntry:
    """Add an entry, or correct one by a new row, which needs a new approval.

    Raises RuleBroken, Forbidden, or Conflict if the entry has been corrected meanwhile.
    """
    with transaction():
        access = project_for(viewer, slug)
        lock_project(access.project.id)
        _check(viewer, access, details, is_new=corrects_id is None)
        if corrects_id is not None:
            old = row_to_correct(HoursEntry, access.project.id, corrects_id)
            if not may_correct(viewer, access, managed_place_ids(viewer, access), old):
                raise Forbidden
            if old.user_id != details.user_id:
                raise RuleBroken(_("A correction must be about the same person."), "user_id")
        entry = HoursEntry(
            project_id=access.project.id,
            recorded_by_id=viewer.user_id,
            replaces_id=corrects_id,
            **asdict(details),
        )
        session.add(entry)
        session.flush()
        record(viewer, "hours.record", "project", access.project.id, entry=entry.id, replaces=corrects_id)
        return entry


def approve_hours(viewer: Viewer, slug: str, entry_ids: Collection[int]) -> int:
    """Approve entries; return their number. Those that the viewer may not approve, or that are approved, are left out."""
    with transaction():
        access = project_for(viewer, slug)
        lock_project(access.project.id)
        managed = managed_place_ids(viewer, access)
        query = select(HoursEntry).where(
            HoursEntry.project_id == access.project.id,
            HoursEntry.id.in_(entry_ids),
            is_valid(HoursEntry),
        )
        query = query.order_by(HoursEntry.id)
        entries = [entry for entry in session.scalars(query) if may_approve(viewer, access, managed, entry)]
        for entry in entries:
            entry.approved_at, entry.approved_by_id = clock.now(), viewer.user_id
            record(viewer, "hours.approve", "project", access.project.id, entry=entry.id)
        return len(entries)


def _check(viewer: Viewer, access: ProjectAccess, details: HoursDetails, *, is_new: bool) -> None:
    project = access.project
    if details.user_id not in {user_id for user_id, _name in people_to_record(viewer, access)} and is_new:
        raise RuleBroken(_("Choose one from the list."), "user_id")
    if details.place_id is not None and details.place_id not in access.place_ids:
        raise RuleBroken(_("Choose one from the list."), "place_id")
    first = project.starts_on.replace(day=1)
    last = min(clock.today(), project.ends_on or clock.today())
    if details.month.day != 1 or not first <= details.month <= last:
        raise RuleBroken(_("Choose a month within the project, not later than this month."), "month")
    if is_new and details.minutes == 0:
        raise RuleBroken(_("Enter how many hours, like 7,5."), "hours")
