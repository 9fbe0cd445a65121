"""Course sessions, their material, and warnings about their dates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.core import clock
from marketplace.core.collation import sort_key
from marketplace.core.database import prepared, session
from marketplace.core.errors import InvalidLink, NotFound, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.places import distance_km
from marketplace.files.models import StoredFile
from marketplace.programme.attendance import ATTENDED
from marketplace.programme.lifecycle import CALL, ParticipationState
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession, SessionMaterial
from marketplace.programme.queries.attendance import marks_of
from marketplace.programme.queries.projects import ProjectAccess


@dataclass(frozen=True, slots=True)
class Travel:
    """Distances from the companies with a seat to the venue, in whole kilometres between municipality centres."""

    companies: int
    median_km: int
    longest_km: int


@dataclass(frozen=True, slots=True)
class Material:
    """A link or file of a session. `file` is None for links."""

    row: SessionMaterial
    file: StoredFile | None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Content of the page of a session. `attended` counts the companies on the attendance list of a held session.

    `without_email` are companies with a seat that have neither an e-mail address nor an account; after a cancellation only
    those that nobody has called about it.
    """

    warnings: Sequence[str]
    travel: Travel | None
    material: Sequence[Material]
    catch_ups: Sequence[CourseSession]
    seated: int
    attended: int
    without_email: Sequence[Participation]


def sessions_of(access: ProjectAccess) -> Sequence[CourseSession]:
    """Return the sessions at the places that the viewer may see, by time."""
    query = (
        select(CourseSession)
        .join(CourseSession.cohort)
        .options(joinedload(CourseSession.cohort).joinedload(Cohort.place))
        .where(Cohort.project_id == access.project.id, Cohort.place_id.in_(access.place_ids))
        .order_by(CourseSession.starts_at, CourseSession.id)
    )
    return session.scalars(query).all()


def planned_sessions_of(access: ProjectAccess) -> list[CourseSession]:
    """Return the sessions that are neither cancelled, held nor over, at the places that the viewer may see, by time."""
    now = clock.now()
    return [
        row
        for row in sessions_of(access)
        if row.cancelled_at is None and row.held_at is None and row.ends_at > now
    ]


_SESSION = prepared(
    select(CourseSession)
    .join(CourseSession.cohort)
    .options(contains_eager(CourseSession.cohort).joinedload(Cohort.place))
    .where(
        CourseSession.id == bindparam("id"),
        Cohort.project_id == bindparam("project_id"),
        Cohort.place_id.in_(bindparam("place_ids", expanding=True)),
    )
)


def session_for(access: ProjectAccess, session_id: int) -> CourseSession:
    """Return a session at a place that the viewer may see. Raises NotFound."""
    params = {"id": session_id, "project_id": access.project.id, "place_ids": access.place_ids}
    return or_404(session.scalar(_SESSION, params))


def session_of_seat(participation: Participation, session_id: int) -> CourseSession:
    """Return a session of the cohort in which a company has a seat. Raises InvalidLink."""
    course_session = session.get(CourseSession, session_id)
    if (
        course_session is None
        or participation.state != ParticipationState.SIGNED_UP
        or course_session.cohort_id != participation.cohort_id
    ):
        raise InvalidLink
    return course_session


def past_sessions(cohort_id: int) -> Sequence[CourseSession]:
    """Return the sessions of a cohort that are over and were not cancelled, latest first."""
    query = select(CourseSession).where(
        CourseSession.cohort_id == cohort_id,
        CourseSession.cancelled_at.is_(None),
        CourseSession.ends_at <= clock.now(),
    )
    return session.scalars(query.order_by(CourseSession.starts_at.desc(), CourseSession.id.desc())).all()


def cohorts_with_sessions(cohort_ids: Sequence[int]) -> set[int]:
    """Return the ids of the cohorts for which sessions have been planned, even if all are cancelled."""
    query = select(CourseSession.cohort_id).where(CourseSession.cohort_id.in_(cohort_ids)).distinct()
    return set(session.scalars(query))


_SEATS = prepared(
    select(
        Participation.id,
        Participation.company_id,
        Participation.company_name,
        Participation.municipality_number,
        Participation.contact_name,
        Participation.contact_email,
        Participation.contact_phone,
    ).where(
        Participation.cohort_id == bindparam("cohort_id"),
        Participation.state == ParticipationState.SIGNED_UP,
    )
)
"""Rows stand for participations: objects take twice as long to load."""
_MATERIAL = prepared(
    select(SessionMaterial, StoredFile)
    .outerjoin(StoredFile, StoredFile.material_id == SessionMaterial.id)
    .where(SessionMaterial.session_id == bindparam("session_id"))
    .order_by(SessionMaterial.id)
)


def session_page(access: ProjectAccess, course_session: CourseSession) -> SessionPage:
    """Return the content of the page of a session."""
    seats: Sequence[Any] = session.execute(_SEATS, {"cohort_id": course_session.cohort_id}).all()
    without_email = [one for one in seats if not one.contact_email and one.company_id is None]
    if without_email and course_session.cancelled_at is not None:
        called = called_since([one.id for one in without_email], course_session.cancelled_at)
        without_email = [one for one in without_email if one.id not in called]
    catch_ups = session.scalars(
        select(CourseSession)
        .where(CourseSession.catch_up_of_id == course_session.id)
        .order_by(CourseSession.starts_at)
    ).all()
    marks = marks_of([course_session.id]) if course_session.held_at is not None else {}
    return SessionPage(
        warnings=session_warnings(access, [course_session]).get(course_session.id, ()),
        travel=_travel(course_session.municipality_number, [one.municipality_number for one in seats]),
        material=material_of(course_session.id),
        catch_ups=catch_ups,
        seated=len(seats),
        attended=sum(mark in ATTENDED for mark in marks.get(course_session.id, {}).values()),
        without_email=sorted(without_email, key=lambda one: sort_key(one.company_name)),
    )


def called_since(participation_ids: Sequence[int], since: dt.datetime) -> set[int]:
    """Return which companies somebody has called after a time."""
    query = select(ParticipationEvent.participation_id).where(
        ParticipationEvent.participation_id.in_(participation_ids),
        ParticipationEvent.transition == CALL,
        ParticipationEvent.at > since,
    )
    return set(session.scalars(query))


def material_of(session_id: int) -> list[Material]:
    """Return the material of a session, in the order in which it was added."""
    rows = session.execute(_MATERIAL, {"session_id": session_id})
    return [Material(row, file) for row, file in rows]


def material_for(course_session: CourseSession, material_id: int) -> SessionMaterial:
    """Return a link or file of a session. Raises NotFound."""
    material = session.get(SessionMaterial, material_id)
    if material is None or material.session_id != course_session.id:
        raise NotFound
    return material


def material_file(course_session: CourseSession, material_id: int) -> StoredFile:
    """Return the file of a piece of material of a session. Raises NotFound if it is a link."""
    material = material_for(course_session, material_id)
    return or_404(session.scalar(select(StoredFile).where(StoredFile.material_id == material.id)))


def session_warnings(access: ProjectAccess, sessions: Iterable[CourseSession]) -> dict[int, list[str]]:
    """Return warnings about sessions that are neither cancelled nor over, by session id.

    Warnings prevent nothing, because a course may be held on a Saturday, or after the project.
    """
    checked = [row for row in sessions if row.cancelled_at is None and row.ends_at > clock.now()]
    if not checked:
        return {}
    others = session.scalars(
        select(CourseSession)
        .join(CourseSession.cohort)
        .options(joinedload(CourseSession.cohort))
        .where(
            Cohort.project_id == access.project.id,
            CourseSession.cancelled_at.is_(None),
            or_(
                CourseSession.cohort_id.in_({row.cohort_id for row in checked}),
                and_(
                    CourseSession.starts_at < max(row.ends_at for row in checked),
                    CourseSession.ends_at > min(row.starts_at for row in checked),
                ),
            ),
        )
        .order_by(CourseSession.starts_at, CourseSession.id)
    ).all()
    return {row.id: _warnings(access, row, others) for row in checked}


def _warnings(access: ProjectAccess, row: CourseSession, others: Sequence[CourseSession]) -> list[str]:
    day = clock.to_local(row.starts_at).date()
    warnings = []
    if not clock.is_working_day(day):
        warnings.append(_("This day is a weekend day or a public holiday."))
    if _is_outside(access.project, day):
        warnings.append(_("This day is outside the period of the project."))
    warnings += _order_warnings(row, others)
    for other in others:
        if other.id == row.id or other.ends_at <= row.starts_at or other.starts_at >= row.ends_at:
            continue
        if other.cohort_id == row.cohort_id:
            warnings.append(_("The cohort has another session at the same time."))
        elif _has_same_lecturer(row, other):
            warnings.append(
                _("The lecturer has a session for %(cohort)s at the same time.", cohort=other.cohort.name)
                if other.cohort.place_id in access.place_ids
                else _("The lecturer has another session in the project at the same time.")
            )
    return warnings


def _order_warnings(row: CourseSession, others: Sequence[CourseSession]) -> list[str]:
    """Return warnings that an earlier session of the plan is held after this one, or a later one before it."""
    if row.catch_up_of_id is not None:
        return []
    course = [one for one in others if one.cohort_id == row.cohort_id and one.catch_up_of_id is None]
    late = [one for one in course if one.number < row.number and one.starts_at > row.starts_at]
    early = [one for one in course if one.number > row.number and one.starts_at < row.starts_at]
    return [
        *(
            _("“%(title)s” comes before this session in the course, but is held after it.", title=one.heading)
            for one in late[-1:]
        ),
        *(
            _("“%(title)s” comes after this session in the course, but is held before it.", title=one.heading)
            for one in early[:1]
        ),
    ]


def _is_outside(project: Project, day: dt.date) -> bool:
    return day < project.starts_on or (project.ends_on is not None and day > project.ends_on)


def _has_same_lecturer(first: CourseSession, second: CourseSession) -> bool:
    """Return True if two sessions have the same lecturer, by e-mail address, or by name if one of them has no address."""
    if first.lecturer_email and second.lecturer_email:
        return first.lecturer_email.casefold() == second.lecturer_email.casefold()
    return bool(first.lecturer) and first.lecturer.casefold() == second.lecturer.casefold()


def _travel(venue: str, municipalities: Sequence[str]) -> Travel | None:
    """Return the distances to a venue from the companies whose municipality is known, or None."""
    distances = [distance_km(number, venue) for number in municipalities if number]
    if not distances:
        return None
    return Travel(len(distances), round(median(distances)), round(max(distances)))
