"""Courses of a company, with seat, sessions, attendance and material, for its members and for business gardens."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import NotFound
from marketplace.core.grouping import group
from marketplace.core.places import distance_km
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile
from marketplace.programme.attendance import ATTENDED, Mark, count_attended
from marketplace.programme.lifecycle import ParticipationPhase, ParticipationState, participation_phase
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, ProjectPlace
from marketplace.programme.models.sessions import AttendanceMark, CourseSession, SessionMaterial
from marketplace.programme.queries.attendance import marks_by_participation
from marketplace.programme.queries.courses import contact_since
from marketplace.programme.queries.sessions import Material, material_file, session_of_seat


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of a company's course. `mark` is None if the company has not been marked."""

    session: CourseSession
    distance_km: int | None
    mark: Mark | None
    material: Sequence[Material]

    @property
    def is_attended(self) -> bool:
        """True if the company was there."""
        return self.mark in ATTENDED


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A company's place in a project. The counts are of sessions of the course plan.

    `held` are the sessions that the company attended or could have attended, `before` those held before it signed up, and
    `left` those that it has not attended and can still attend.
    """

    participation: Participation
    phase: ParticipationPhase
    sessions: Sequence[OwnSession]
    attended: int
    held: int
    before: int
    left: int

    @property
    def next(self) -> OwnSession | None:
        """The next session that is neither over nor cancelled, or None."""
        return next((one for one in self.sessions if is_coming(one.session)), None)

    @property
    def last(self) -> OwnSession | None:
        """The latest session that was held and is over, or None."""
        held = [
            one for one in self.sessions if one.session.held_at is not None and not is_coming(one.session)
        ]
        return held[-1] if held else None


def is_coming(course_session: CourseSession) -> bool:
    """Return True if a session is neither over nor cancelled."""
    return course_session.cancelled_at is None and course_session.ends_at > clock.now()


def may_change_seat(viewer: Viewer, participation: Participation) -> bool:
    """Return True if an owner of the company may open the page of the contact person's link.

    That page shows the contact details, and anybody can register a company with the organisation number of another.
    Therefore the viewer must have the contact person's address, or a business garden must know the company.
    """
    company = participation.company
    if not viewer.is_owner or company is None or company.id != viewer.organisation_id:
        return False
    return company.is_known or normalize_email(viewer.email) == participation.contact_email


def has_course(company_id: int) -> bool:
    """Return True if a company is in a project."""
    query = select(Participation.id).where(Participation.company_id == company_id)
    return session.scalar(query.limit(1)) is not None


_PARTICIPATIONS = prepared(
    select(Participation)
    .options(
        joinedload(Participation.project),
        joinedload(Participation.cohort).joinedload(Cohort.place).joinedload(ProjectPlace.garden),
        joinedload(Participation.offered_cohort),
    )
    .where(Participation.company_id == bindparam("company_id", type_=Integer()))
    .order_by(Participation.id.desc())
)
_IS_OWN_MARK = AttendanceMark.participation_id.in_(bindparam("participation_ids", expanding=True))
_SESSIONS = prepared(
    select(CourseSession, AttendanceMark)
    .outerjoin(AttendanceMark, (AttendanceMark.session_id == CourseSession.id) & _IS_OWN_MARK)
    .where(
        or_(
            CourseSession.cohort_id.in_(bindparam("cohort_ids", expanding=True)),
            CourseSession.id.in_(select(AttendanceMark.session_id).where(_IS_OWN_MARK)),
        )
    )
    .order_by(CourseSession.starts_at, CourseSession.id)
)


def own_courses(company_id: int, *, with_material: bool = True) -> list[OwnCourse]:
    """Return the courses of a company, newest first."""
    participations = session.scalars(_PARTICIPATIONS, {"company_id": company_id}).all()
    cohort_ids = {
        one.cohort_id for one in participations if one.state == ParticipationState.SIGNED_UP and one.cohort_id
    }
    sessions, marks = _sessions_and_marks([one.id for one in participations], cohort_ids)
    material = _material([one.id for one in sessions]) if sessions and with_material else {}
    return [_course(one, sessions, marks.get(one.id, {}), material) for one in participations]


def course_of(participation: Participation) -> OwnCourse:
    """Return the course of one participation for its contact person, without its material.

    Attendance from the time of an earlier contact person is left out, because anybody can sign a company up again and so
    become its contact person.
    """
    cohort_id = participation.cohort_id
    since = contact_since(participation)
    sessions, marks = _sessions_and_marks([participation.id], {cohort_id} if cohort_id else set(), since)
    return _course(participation, sessions, marks.get(participation.id, {}), {})


def _sessions_and_marks(
    participation_ids: Sequence[int], cohort_ids: set[int], since: dt.datetime | None = None
) -> tuple[list[CourseSession], dict[int, dict[int, tuple[int, Mark]]]]:
    """Return the sessions of the given cohorts, and the marks of participations in any cohort recorded since a time."""
    if not participation_ids:
        return [], {}
    params = {"participation_ids": participation_ids, "cohort_ids": cohort_ids}
    rows: Sequence[Any] = session.execute(_SESSIONS, params).all()
    sessions = [one for one in dict.fromkeys(row[0] for row in rows) if one.cohort_id in cohort_ids]
    return sessions, marks_by_participation(
        (one.number, mark)
        for one, mark in rows
        if mark is not None and (since is None or mark.recorded_at >= since)
    )


def _material(session_ids: Sequence[int]) -> dict[int, list[Material]]:
    query = (
        select(SessionMaterial, StoredFile)
        .outerjoin(StoredFile, StoredFile.material_id == SessionMaterial.id)
        .where(SessionMaterial.session_id.in_(session_ids))
        .order_by(SessionMaterial.id)
    )
    return group((row.session_id, Material(row, file)) for row, file in session.execute(query))


def _course(
    participation: Participation,
    sessions: Sequence[CourseSession],
    marks: Mapping[int, tuple[int, Mark]],
    material: Mapping[int, Sequence[Material]],
) -> OwnCourse:
    has_seat = participation.state == ParticipationState.SIGNED_UP
    start = participation.municipality_number
    own = [
        OwnSession(
            one,
            round(distance_km(start, one.municipality_number)) if start else None,
            marks[one.id][1] if one.id in marks else None,
            material.get(one.id, ()),
        )
        for one in sessions
        if has_seat and one.cohort_id == participation.cohort_id
    ]
    attended = count_attended(marks.values())
    is_over = _is_over([one.session for one in own])
    phase = participation_phase(
        ParticipationState(participation.state),
        is_confirmed=participation.confirmed_at is not None,
        attended=attended,
        sessions_needed=participation.project.sessions_needed,
        is_course_over=is_over,
    )
    # A session counts as held from its first mark, but the company can still be marked until it is over.
    over = [one for one in own if one.session.held_at is not None and not is_coming(one.session)]
    joined_at = participation.signed_up_at
    # Also in another cohort, from which the company has moved.
    been_to = {number for number, mark in marks.values() if mark in ATTENDED}
    held = been_to | {
        one.session.number for one in over if joined_at is None or one.session.ends_at > joined_at
    }
    before = {one.session.number for one in over} - held
    left = {one.session.number for one in own if is_coming(one.session)} - been_to
    return OwnCourse(participation, phase, own, attended, len(held), len(before), len(left))


def _is_over(sessions: Sequence[CourseSession]) -> bool:
    planned = [one for one in sessions if one.cancelled_at is None]
    return bool(planned) and not any(is_coming(one) for one in planned)


def own_material_file(company_id: int, session_id: int, material_id: int) -> StoredFile:
    """Return a file of a session in which a company has a seat. Raises NotFound."""
    query = select(Participation).where(Participation.company_id == company_id)
    for participation in session.scalars(query):
        try:
            return material_file(session_of_seat(participation, session_id), material_id)
        except NotFound:
            continue
    raise NotFound


def courses_for_garden(viewer: Viewer, company_id: int) -> list[OwnCourse]:
    """Return the courses of a company that the viewer's garden may see.

    It sees all if it covers the area of the company, otherwise those of its own projects and places.
    """
    garden_id = viewer.organisation_id
    return [
        course
        for course in own_courses(company_id, with_material=False)
        if garden_id == course.participation.project.garden_id
        or (course.participation.company is not None and course.participation.company.garden_id == garden_id)
        or (
            course.participation.cohort is not None
            and course.participation.cohort.place.garden_id == garden_id
        )
    ]
