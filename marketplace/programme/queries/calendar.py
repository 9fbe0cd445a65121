"""Participants of sessions, and the sessions of calendar feeds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.core.identifiers import token_hash
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership, Organisation
from marketplace.programme.attendance import ATTENDED
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.calendar import CalendarFeed
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPlace
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.queries.attendance import marks_of


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar feed: its sessions, the language of its texts, its name, and an ETag that changes with its content."""

    sessions: Sequence[CourseSession]
    locale: str
    name: str
    etag: str


def participants_of(sessions: Iterable[CourseSession]) -> dict[int, list[Participation]]:
    """Return the companies with a confirmed seat in each session, by session id.

    Companies that attended the original are not participants of a catch-up session.
    """
    rows = list(sessions)
    by_cohort: dict[int | None, list[Participation]] = defaultdict(list)
    query = (
        select(Participation)
        .where(
            Participation.cohort_id.in_({row.cohort_id for row in rows}),
            Participation.state == ParticipationState.SIGNED_UP,
            Participation.confirmed_at.is_not(None),
        )
        .order_by(Participation.id)
    )
    for participation in session.scalars(query):
        by_cohort[participation.cohort_id].append(participation)
    attended = _attendance({row.catch_up_of_id for row in rows if row.catch_up_of_id})
    return {
        row.id: [
            participation
            for participation in by_cohort[row.cohort_id]
            if (row.catch_up_of_id, participation.id) not in attended
        ]
        for row in rows
    }


def _attendance(session_ids: set[int]) -> set[tuple[int | None, int]]:
    """Return pairs of session id and participation id for the companies that attended these sessions."""
    marks = marks_of(session_ids)
    return {
        (session_id, participation_id)
        for session_id, by_company in marks.items()
        for participation_id, mark in by_company.items()
        if mark in ATTENDED
    }


def coming_sessions_of(participation: Participation, cohort_id: int) -> list[CourseSession]:
    """Return the sessions of a cohort that have not begun and are not cancelled.

    Leaves out catch-up sessions of originals that the company attended.
    """
    query = sessions_with_place().where(
        CourseSession.cohort_id == cohort_id,
        CourseSession.cancelled_at.is_(None),
        CourseSession.starts_at > clock.now(),
    )
    rows = session.scalars(query.order_by(CourseSession.starts_at, CourseSession.id)).all()
    attended = _attendance({row.catch_up_of_id for row in rows if row.catch_up_of_id})
    return [row for row in rows if (row.catch_up_of_id, participation.id) not in attended]


def sessions_with_place() -> Select[CourseSession]:
    """Build a query for sessions that also loads their cohort, project, place and garden."""
    cohort = joinedload(CourseSession.cohort)
    return select(CourseSession).options(
        cohort.joinedload(Cohort.project), cohort.joinedload(Cohort.place).joinedload(ProjectPlace.garden)
    )


def feed_by_token(token: str) -> Feed:
    """Return the calendar feed of a company with a seat, or of a member of a business garden. Raises NotFound."""
    hashed = token_hash(token[:100])
    participation = session.scalar(select(Participation).where(Participation.calendar_token_hash == hashed))
    if participation is not None:
        query = sessions_with_place().where(
            CourseSession.cohort_id == (participation.cohort_id if participation.has_confirmed_seat else None)
        )
        return _feed(query, participation.locale, participation.project.name)
    found = or_404(
        session.execute(
            select(CalendarFeed, User, Organisation.name)
            .join(User, User.id == CalendarFeed.user_id)
            .join(Organisation, Organisation.id == CalendarFeed.garden_id)
            .join(
                Membership,
                (Membership.user_id == CalendarFeed.user_id)
                & (Membership.organisation_id == CalendarFeed.garden_id),
            )
            .where(CalendarFeed.token_hash == hashed, User.is_active, Organisation.is_active)
        ).first()
    )
    row, user, garden_name = found
    query = sessions_with_place().join(CourseSession.cohort).join(Cohort.place).join(Cohort.project)
    query = query.where(or_(ProjectPlace.garden_id == row.garden_id, Project.garden_id == row.garden_id))
    return _feed(query, user.locale, garden_name)


def own_feed(viewer: Viewer) -> CalendarFeed | None:
    """Return the viewer's calendar feed in the current business garden, or None."""
    return session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.user_id == viewer.user_id, CalendarFeed.garden_id == viewer.organisation_id
        )
    )


def _feed(query: Select[CourseSession], locale: str, name: str) -> Feed:
    rows = session.scalars(query.order_by(CourseSession.starts_at, CourseSession.id)).all()
    content = [
        (
            row.uid,
            row.sequence,
            row.starts_at,
            row.ends_at,
            row.heading,
            row.lecturer,
            row.venue,
            row.address,
            row.municipality_number,
            row.cancelled_at,
            row.cohort.project.name,
        )
        for row in rows
    ]
    return Feed(rows, locale, name, fingerprint([locale, name, content]))
