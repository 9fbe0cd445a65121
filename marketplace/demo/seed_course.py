"""Demo project: cohorts in four places, companies from lead to seat, sessions and attendance."""

import datetime as dt
import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import Viewer
from marketplace.demo import content_files as content
from marketplace.demo.course_days import session_days
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Action, Timeline
from marketplace.programme.attendance import ATTENDED, Mark, MarkSource
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPerson, ProjectPlace
from marketplace.programme.models.sessions import CourseSession, SessionFeedback, SessionLink
from marketplace.programme.queries.attendance import attendance_list
from marketplace.programme.use_cases import (
    attendance,
    cohorts,
    feedback,
    material,
    project_people,
    projects,
    recruiting,
    sessions as course_sessions,
)
from marketplace.programme.use_cases.attendance import MarkOrigin, NewMark
from marketplace.programme.use_cases.cohorts import CohortDetails, PlaceDetails
from marketplace.programme.use_cases.feedback import Answers
from marketplace.programme.use_cases.material import MaterialDetails
from marketplace.programme.use_cases.project_people import PersonDetails
from marketplace.programme.use_cases.projects import ProjectDetails
from marketplace.programme.use_cases.recruiting import ParticipationDetails
from marketplace.programme.use_cases.sessions import CourseDates, SessionDetails
from marketplace.programme.use_cases.sign_up import Contact, SignUp, sign_up

Entry = dict[str, Any]
PHONE = "00 00 00 00"
SEATS, TARGET = 25, 100
STARTS, ENDS = dt.time(13), dt.time(16)
CREATED_DAY, RECRUITED_DAY, SIGNED_UP_DAY, WITHDRAWN_DAY = -72, -66, -60, -12
AFTER_THE_SESSION, FEEDBACK_TIME = dt.time(16, 10), dt.time(20, 30)
REGULAR = "Bjørkvollen ysteri"
"""The company of the demo user, which has attended every session."""
LECTURER_LINK = "demo-lecturer"
"""Token of the lecturer's link to today's session, the same in every demo, so that it can be printed."""
_MARKS = (*[Mark.PRESENT] * 15, Mark.LATE, Mark.EXCUSED, *[Mark.ABSENT] * 3)
"""Attendance of a company at a session, chosen by their names: four of five attend."""


def seed_course(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the project, its recruitment, its past sessions and their attendance to the timeline."""
    plan = content.course()
    days = session_days(timeline.today, plan["places"])
    plan = plan | {"places": [place | {"days": days[place["name"]]} for place in plan["places"]]}
    names = _company_names()

    def create() -> None:
        _create_project(timeline, fixtures, plan)

    def note_others() -> None:
        leader = fixtures.viewer(plan["leader"]["email"])
        for state, number in plan["not_seated"].items():
            for _ in range(number):
                _add_lead(leader, next(names), plan["places"][0], state)

    timeline.add(CREATED_DAY, "course", create)
    for place in plan["places"]:
        _seed_place(timeline, fixtures, place, names)
    timeline.add(RECRUITED_DAY, "course", note_others, minutes=60)


def _seed_place(timeline: Timeline, fixtures: Fixtures, place: Entry, names: Iterator[str]) -> None:
    def seat_by_phone(number: int) -> Action:
        return lambda: _seat_by_phone(fixtures.viewer(place["manager"]["email"]), names, place, number)

    def sign_companies_up() -> None:
        cohort = _cohort(place)
        for entry in content.companies():
            if entry["garden"] == place["garden"]:
                _sign_up(fixtures, cohort, entry)

    def withdraw() -> None:
        cohort = _cohort(place)
        query = select(Participation).where(Participation.cohort_id == cohort.id)
        leaving = session.scalars(query.order_by(Participation.id).limit(1)).one()
        viewer = fixtures.viewer(place["manager"]["email"])
        recruiting.withdraw_company(
            viewer, cohort.project.slug, leaving.id, "time", "Sesongen ble for travel."
        )

    key = f"course {place['name']}"
    timeline.add(RECRUITED_DAY, key, seat_by_phone(place["by_phone"]))
    timeline.add(SIGNED_UP_DAY, key, sign_companies_up)
    timeline.add(SIGNED_UP_DAY + 1, key, seat_by_phone(place.get("waiting", 0)))
    if place["name"] == "Røros":
        timeline.add(WITHDRAWN_DAY, key, withdraw)
    for number, day in enumerate(place["days"], 1):
        if day < 0:
            timeline.add_at(day, AFTER_THE_SESSION, _attendance_action(fixtures, place, number))
            timeline.add_scheduled(day + 1, _ask_for_feedback)
        if day + 1 < 0:
            timeline.add_at(day + 1, FEEDBACK_TIME, _feedback_action(place, number))


def _create_project(timeline: Timeline, fixtures: Fixtures, plan: Entry) -> None:
    leader = fixtures.viewer(plan["leader"]["email"])
    project = projects.create_project(
        leader,
        ProjectDetails(
            name=plan["name"],
            about=plan["about"],
            starts_on=timeline.day(plan["starts"]),
            ends_on=timeline.day(plan["ends"]),
            target_companies=TARGET,
            sessions_needed=4,
            locale="nb",
            currency="NOK",
            fee_nok=plan["fee_nok"],
            is_sign_up_open=True,
        ),
    )
    for place in plan["places"]:
        garden_id = fixtures.organisations[place["garden"]]
        projects.add_partner_garden(leader, project.slug, garden_id)
        cohorts.save_place(
            leader, project.slug, PlaceDetails(place["name"], place["municipality"], garden_id)
        )
    session.flush()
    _share_positions(leader, fixtures, project, plan)
    for place in plan["places"]:
        _plan_cohort(leader, timeline, project, plan, place)


def _share_positions(leader: Viewer, fixtures: Fixtures, project: Project, plan: Entry) -> None:
    own = session.scalars(select(ProjectPerson).where(ProjectPerson.project_id == project.id)).one()
    details = details_of(project_people.PersonDetails, own)
    project_people.save_person(
        leader,
        project.slug,
        PersonDetails(details.user_id, "leader", None, plan["leader"]["percent"], details.since, None),
        own.id,
    )
    for place in plan["places"]:
        if "percent" in place["manager"]:
            user_id = fixtures.people[place["manager"]["email"]]
            share = place["manager"]["percent"]
            manager = PersonDetails(user_id, "manager", _place(place).id, share, project.starts_on, None)
            project_people.save_person(leader, project.slug, manager)


def _plan_cohort(leader: Viewer, timeline: Timeline, project: Project, plan: Entry, place: Entry) -> None:
    details = CohortDetails(_place(place).id, place["name"], SEATS, None)
    cohort = cohorts.save_cohort(leader, project.slug, details)
    lecturer = place["lecturer"]
    first = SessionDetails(
        title="",
        day=timeline.day(place["first"]),
        starts=STARTS,
        ends=ENDS,
        venue=place["venue"],
        address=place["address"],
        municipality_number=place["municipality"],
        lecturer=lecturer["name"],
        lecturer_email=lecturer["email"],
    )
    planned = course_sessions.plan_course(leader, project.slug, cohort.id, CourseDates(place["weeks"], first))
    for course_session, day in zip(planned, place["days"], strict=True):
        course_session.starts_at = clock.from_local(timeline.day(day), STARTS)
        course_session.ends_at = clock.from_local(timeline.day(day), ENDS)
    today = next((one for one in planned if clock.to_local(one.starts_at).date() == timeline.today), None)
    if today is not None:
        attendance.create_link(today.id, "lecturer", leader)
        session.flush()
        link = session.scalars(select(SessionLink).where(SessionLink.session_id == today.id)).one()
        link.token_hash = token_hash(LECTURER_LINK)
    for course_session in planned:
        if place is plan["places"][0]:
            for one in plan["material"]:
                linked = MaterialDetails(one["title"], one["use"], one["url"])
                material.add_link(leader, project.slug, course_session.id, linked)
        if place.get("next_without_venue") and course_session.starts_at >= clock.start_of_day(timeline.today):
            course_session.venue = course_session.address = ""
            break


def _place(place: Entry) -> ProjectPlace:
    return session.scalars(select(ProjectPlace).where(ProjectPlace.name == place["name"])).one()


def _cohort(place: Entry) -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.name == place["name"])).one()


def _company_names() -> Iterator[str]:
    """Return unused names of companies, always in the same order."""
    words = content.words()
    first, second, trades = words["first_parts"], words["second_parts"], list(words["company_trades"])
    for number in range(len(first)):
        yield f"{content.join_parts(first[-1 - number], second[number * 7 % len(second)])} {trades[number * 3 % len(trades)]}"
    for number in range(len(first)):
        yield f"{content.join_parts(first[number], second[(number * 5 + 3) % len(second)])} {trades[(number * 3 + 1) % len(trades)]}"


def _details(name: str, place: Entry, source: str) -> ParticipationDetails:
    words = content.words()
    number = zlib.crc32(name.encode())
    given = words["first_names"][number % len(words["first_names"])]
    family = words["last_names"][number // 100 % len(words["last_names"])]
    return ParticipationDetails(
        company_name=name,
        municipality_number=place["municipality"],
        sector_code=words["company_trades"][name.rpartition(" ")[2]],
        employees=number % 12 + 1,
        contact_name=f"{given} {family}",
        contact_phone=PHONE,
        source=source,
    )


def _add_lead(viewer: Viewer, name: str, place: Entry, state: str) -> Participation:
    slug = _cohort(place).project.slug
    added = recruiting.add_participation(
        viewer, slug, _details(name, place, "contact"), is_other_company=True
    )
    if state == "invited":
        recruiting.note_call(viewer, slug, added.id)
    elif state == "interested":
        recruiting.note_interest(viewer, slug, added.id)
    elif state == "declined":
        recruiting.note_refusal(viewer, slug, added.id)
    return added


def _seat_by_phone(viewer: Viewer, names: Iterator[str], place: Entry, number: int) -> None:
    """Give companies that an adviser has spoken with a seat, or put them on the waiting list."""
    cohort = _cohort(place)
    for _ in range(number):
        added = _add_lead(viewer, next(names), place, "lead")
        recruiting.give_seat(viewer, cohort.project.slug, added.id, cohort.id, is_confirmed=True)


def _sign_up(fixtures: Fixtures, cohort: Cohort, entry: Entry) -> None:
    """Sign a company up on the public page, by its owner's account."""
    owner = fixtures.viewer(owner_email("company", entry["key"]))
    details = SignUp(
        company_name=entry["name"],
        organisation_number=entry.get("organisation_number"),
        municipality_number=entry["municipality"],
        sector_code=entry["sector"],
        contact=Contact(owner.name, owner.email, PHONE),
        allows_figures=True,
        allows_quotes=True,
    )
    sign_up(cohort.project.slug, cohort.id, details, f"network {entry['key']}", owner)


def _attendance_action(fixtures: Fixtures, place: Entry, number: int) -> Action:
    def take_attendance() -> None:
        query = select(CourseSession).join(CourseSession.cohort)
        held = session.scalars(
            query.where(CourseSession.number == number, Cohort.name == place["name"])
        ).one()
        viewer = fixtures.viewer(place["manager"]["email"])
        marks = [
            NewMark(
                row.participation.id,
                _mark(row.participation.company_name, number),
                held.starts_at + dt.timedelta(minutes=5),
                f"demo-{held.id}-{row.participation.id}",
            )
            for row in attendance_list(held).rows
        ]
        attendance.add_marks(held.id, marks, MarkOrigin(MarkSource.STAFF, viewer))
        here = sum(mark.mark in ATTENDED for mark in marks)
        attendance.confirm_held(held.id, attendance.HeldDetails(here + number % 3), viewer)

    return take_attendance


def _ask_for_feedback() -> None:
    feedback.ask_for_feedback()


def _feedback_action(place: Entry, number: int) -> Action:
    def answer() -> None:
        query = (
            select(SessionFeedback)
            .join(SessionFeedback.session)
            .join(CourseSession.cohort)
            .where(CourseSession.number == number, Cohort.name == place["name"])
        )
        comments = content.course()["comments"]
        for asked in session.scalars(query.order_by(SessionFeedback.id)).all():
            chosen = zlib.crc32(f"{asked.participation.company_name} {number} feedback".encode())
            if chosen % 5 == 0:
                continue
            token = f"demo-feedback-{asked.id}"
            asked.token_hash = token_hash(token)
            session.flush()
            comment = comments[chosen // 5 % len(comments)] if chosen % 3 == 0 else ""
            used = chosen % 5 if number > 1 else None
            answers = Answers(3 + chosen % 3, 2 + chosen % 2, used, comment, allows_quote=chosen % 2 == 0)
            feedback.give_feedback(token, answers)

    return answer


def _mark(company_name: str, number: int) -> Mark:
    if company_name == REGULAR:
        return Mark.PRESENT
    return _MARKS[zlib.crc32(f"{company_name} {number}".encode()) % len(_MARKS)]
