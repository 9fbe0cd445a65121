"""Data of the public course pages: open projects with their cohorts, free seats, dates and distances."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.queries import last_recorded_at
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import InvalidLink, NotFound
from marketplace.core.grouping import group
from marketplace.core.identifiers import token_hash
from marketplace.core.places import distance_km, find_municipality
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.queries.cohorts import upcoming_sessions
from marketplace.programme.queries.seats import NO_SEATS, cohorts_to_offer, seat_counts
from marketplace.programme.seat_deadlines import confirmation_deadline


@dataclass(frozen=True, slots=True)
class CohortView:
    """A cohort on a public page. `distance_km` is the distance in a straight line from the visitor's municipality."""

    cohort: Cohort
    sessions: Sequence[CourseSession]
    free_seats: int
    waiting: int
    distance_km: int | None = None

    @property
    def label(self) -> str:
        """Return the name of the cohort, with its place unless the name contains it, and the distance if it is known."""
        place = self.cohort.place.name
        name = self.cohort.name if place in self.cohort.name else f"{place}, {self.cohort.name}"
        return name if self.distance_km is None else f"{name} ({self.distance_km} km)"

    @property
    def is_full(self) -> bool:
        """True if a company that signs up now is put on the waiting list."""
        return self.free_seats <= 0

    @property
    def coming(self) -> Sequence[CourseSession]:
        """The sessions that have not begun."""
        now = clock.now()
        return [one for one in self.sessions if one.starts_at > now]

    @property
    def is_over(self) -> bool:
        """True if the cohort has had its last session, even if a catch-up session is still to come."""
        return bool(self.sessions) and all(one.catch_up_of_id for one in self.coming)

    @property
    def is_open(self) -> bool:
        """True if companies can sign up."""
        return is_open(self.cohort) and not self.is_over


def is_open(cohort: Cohort) -> bool:
    """Return True if companies can sign up for a cohort, for a seat or for the waiting list."""
    today = clock.today()
    return (
        cohort.project.is_public
        and cohort.cancelled_at is None
        and (cohort.sign_up_until is None or today <= cohort.sign_up_until)
    )


def open_projects() -> Sequence[Project]:
    """Return the projects that companies can sign up for, newest first."""
    query = (
        select(Project)
        .where(Project.is_sign_up_open, Project.closed_at.is_(None))
        .order_by(Project.starts_on.desc(), Project.id)
    )
    return [project for project in session.scalars(query) if project.is_public]


def public_project(slug: str) -> Project:
    """Return a project with public pages. Raises NotFound."""
    project = session.scalar(select(Project).where(Project.slug == slug))
    if project is None or not project.is_public:
        raise NotFound
    return project


def open_cohort(slug: str, cohort_id: int) -> Cohort:
    """Return a cohort of a project that companies can sign up for. Raises NotFound."""
    query = select(Cohort).join(Cohort.project).where(Project.slug == slug, Cohort.id == cohort_id)
    cohort = session.scalar(query)
    if cohort is None or not is_open(cohort):
        raise NotFound
    return cohort


def cohort_views(project: Project, municipality: str = "") -> list[CohortView]:
    """Return the cohorts of a project that are not cancelled, nearest first if a municipality is given."""
    query = (
        select(Cohort)
        .where(Cohort.project_id == project.id, Cohort.cancelled_at.is_(None))
        .order_by(Cohort.id)
    )
    cohorts = session.scalars(query).all()
    counts = seat_counts(project.id)
    sessions = _sessions_by_cohort(cohort.id for cohort in cohorts)
    start = municipality if find_municipality(municipality) else ""
    views = [
        CohortView(
            cohort,
            sessions.get(cohort.id, ()),
            max(cohort.seats - counts.get(cohort.id, NO_SEATS).used, 0),
            counts.get(cohort.id, NO_SEATS).waiting,
            round(distance_km(start, cohort.place.municipality_number)) if start else None,
        )
        for cohort in cohorts
    ]
    return sorted(views, key=lambda view: (view.distance_km or 0, view.cohort.id))


def coming_sessions(cohort_id: int) -> Sequence[CourseSession]:
    """Return the sessions of a cohort that have not ended and are not cancelled, in order of time."""
    return session.scalars(upcoming_sessions([cohort_id])).all()


def _sessions_by_cohort(cohort_ids: Iterable[int]) -> dict[int, list[CourseSession]]:
    query = (
        select(CourseSession)
        .where(CourseSession.cohort_id.in_(list(cohort_ids)), CourseSession.cancelled_at.is_(None))
        .order_by(CourseSession.starts_at)
    )
    return group((one.cohort_id, one) for one in session.scalars(query))


def participation_by_token(token: str) -> Participation:
    """Return the participation that the contact person manages with a link. Raises InvalidLink."""
    query = select(Participation).where(Participation.token_hash == token_hash(token[:100]))
    participation = session.scalar(query)
    if participation is None:
        raise InvalidLink
    return participation


def contact_since(participation: Participation) -> dt.datetime | None:
    """Return the time at which the contact person last changed, or None if there was only one contact person."""
    former = participation.details_before_sign_up
    if former is not None and former["contact_email"] not in {"", participation.contact_email}:
        return participation.waiting_since or participation.signed_up_at
    return last_recorded_at("participation.change_contact", "participation", participation.id)


def waiting_list_position(participation: Participation) -> int:
    """Return the position on the waiting list, from 1, among the companies that wait for any of the same cohorts.

    0 if the company does not wait, or if none of these cohorts can offer a seat any more.
    """
    if participation.waiting_since is None:
        return 0
    preferred = {participation.cohort_id, *participation.accepted_cohort_ids}
    if not any(cohort.id in preferred for cohort in cohorts_to_offer(participation.project_id)):
        return 0
    query = select(Participation.id, Participation.accepted_cohort_ids, Participation.waiting_since).where(
        Participation.project_id == participation.project_id,
        Participation.state == ParticipationState.WAITING,
        Participation.offered_cohort_id.is_(None),
        Participation.waiting_since <= participation.waiting_since,
    )
    wanted = set(participation.accepted_cohort_ids)
    before = [
        row
        for row in session.execute(query)
        if wanted.intersection(row.accepted_cohort_ids)
        and (row.waiting_since, row.id) < (participation.waiting_since, participation.id)
    ]
    return len(before) + 1


def seat_deadline(participation: Participation) -> dt.datetime | None:
    """Return when an unconfirmed seat or place on the waiting list is released.

    None if it is confirmed, or if the deadline has passed and the company keeps its seat because it attended a session.
    """
    asked_at = participation.asked_to_confirm_at
    deadline = None if participation.confirmed_at or asked_at is None else confirmation_deadline(asked_at)
    return deadline if deadline and deadline > clock.now() else None
