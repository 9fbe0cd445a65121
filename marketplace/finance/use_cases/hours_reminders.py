"""Reminders in the first days of a month: hours that are missing, or wait for approval. One message to each person."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Container

from sqlalchemy import ColumnElement, and_, or_, select

from marketplace.accounts.models import User
from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import failure_logged, load_locked, session, transaction
from marketplace.core.dates import add_months
from marketplace.finance.models import HoursEntry
from marketplace.finance.notices import DueHours, hours_due
from marketplace.finance.queries.corrections import is_valid
from marketplace.organisations.models import Membership
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send
from marketplace.programme.models.projects import Project, ProjectPerson
from marketplace.programme.queries.cohorts import eligible_people
from marketplace.programme.queries.projects import has_role

LAST_DAY = 3
"""Last day of the month on which reminders are sent, so that none is lost if the service is down on the first day."""
SENT = "hours.remind"


@clock.not_before(7)
def remind_of_hours() -> int:
    """Remind people of last month's hours in projects; return the number of people. A scheduled job.

    Those who had a role that month or recorded hours for the month before are reminded of missing hours. Those who approve
    hours are reminded of entries that wait. Idempotent: each person is reminded once a month. People who have left the
    gardens of a project are left out.
    """
    today = clock.today()
    if today.day > LAST_DAY:
        return 0
    month = add_months(today.replace(day=1), -1)
    due = _due_hours(month)
    session.rollback()
    count = 0
    for user_id in sorted(due):
        with failure_logged(user_id):
            count += _remind(user_id, month, due[user_id])
    return count


def _remind(user_id: int, month: dt.date, due: list[DueHours]) -> bool:
    with transaction():
        # The lock makes a second process wait until the first has recorded that the person is reminded.
        user = load_locked(select(User).where(User.id == user_id, User.is_active))
        if user is None or is_recorded(SENT, "user", user_id, month=str(month)):
            return False
        send(hours_due(month, due), [Recipient(user.id, user.email, user.locale)])
        record(None, SENT, "user", user_id, month=str(month), projects=len(due))
        return True


def _due_hours(month: dt.date) -> dict[int, list[DueHours]]:
    """Return by user what is left to do after a month, by project. `month` is its first day."""
    last = add_months(month, 1) - dt.timedelta(days=1)
    query = select(Project).where(
        Project.closed_at.is_(None),
        Project.starts_on <= last,
        or_(Project.ends_on.is_(None), Project.ends_on >= month),
    )
    due: dict[int, list[DueHours]] = defaultdict(list)
    for project in session.scalars(query.order_by(Project.id)).all():
        people = dict(eligible_people(project))
        missing, waiting = _missing(project, month, last), _waiting(project, people)
        for user_id in people:
            if user_id in missing or user_id in waiting:
                due[user_id].append(
                    DueHours(project.slug, project.name, user_id in missing, waiting[user_id])
                )
    return due


def _valid_hours(project: Project) -> ColumnElement[bool]:
    return and_(HoursEntry.project_id == project.id, HoursEntry.minutes > 0, is_valid(HoursEntry))


def _missing(project: Project, month: dt.date, last: dt.date) -> set[int]:
    """Return the users without hours in a month who had a role in it, or recorded hours for the month before it."""
    recorded = select(HoursEntry.user_id).where(HoursEntry.month == month, _valid_hours(project))
    before = select(HoursEntry.user_id).where(
        HoursEntry.month == add_months(month, -1), _valid_hours(project)
    )
    with_role = select(ProjectPerson.user_id).where(
        ProjectPerson.project_id == project.id, has_role(month, last)
    )
    return {*session.scalars(with_role.union(before))} - {*session.scalars(recorded)}


def _waiting(project: Project, eligible: Container[int]) -> Counter[int]:
    """Return the number of entries that wait for the approval of each user.

    The leader and the manager of the place approve. Where neither can, as for the leader's own hours, a curator does.
    """
    roles = [
        (user_id, role, place_id)
        for user_id, role, place_id in session.execute(
            select(ProjectPerson.user_id, ProjectPerson.role, ProjectPerson.place_id).where(
                ProjectPerson.project_id == project.id, has_role(clock.today())
            )
        )
        if user_id in eligible
    ]
    curators = session.scalars(
        select(Membership.user_id).where(
            Membership.organisation_id == project.garden_id, Membership.role == "curator"
        )
    ).all()
    query = select(HoursEntry.user_id, HoursEntry.place_id).where(
        _valid_hours(project), HoursEntry.approved_at.is_(None)
    )
    waiting: Counter[int] = Counter()
    for recorded_for, place_id in session.execute(query):
        responsible = {
            user_id
            for user_id, role, managed_id in roles
            if role == "leader" or (managed_id is not None and managed_id == place_id)
        }
        waiting.update((responsible - {recorded_for}) or ({*curators} - {recorded_for}))
    return waiting
