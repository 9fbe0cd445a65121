"""Places and cohorts of a project."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.details import write_details
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.lifecycle import ParticipationActor, ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPlace
from marketplace.programme.notices.gardens import garden_cohort_cancelled
from marketplace.programme.notices.sessions import cohort_cancelled, cohort_cancelled_for_member
from marketplace.programme.queries.cohorts import cohort_for, place_for
from marketplace.programme.queries.seats import cohorts_to_offer, count_free_seats
from marketplace.programme.use_cases.calendar import dates_of, remove_dates
from marketplace.programme.use_cases.projects import lock_project_as_leader, participating_garden_ids
from marketplace.programme.use_cases.seating import (
    TransitionOrigin,
    change_state,
    hand_over_cohorts,
    offer_free_seats,
    others_of,
)
from marketplace.programme.use_cases.sessions import cancel_sessions_of


@dataclass(frozen=True, slots=True)
class PlaceDetails:
    """A place of a project and the garden responsible for it."""

    name: str
    municipality_number: str
    garden_id: int


@dataclass(frozen=True, slots=True)
class CohortDetails:
    """A cohort of a project."""

    place_id: int
    name: str
    seats: int
    sign_up_until: dt.date | None


def save_place(
    viewer: Viewer, slug: str, details: PlaceDetails, place_id: int | None = None, expected: str | None = None
) -> None:
    """Add or change a place. Raises RuleBroken for a name in use, and Conflict if the place has changed meanwhile."""
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        project = access.project
        place = ProjectPlace(project_id=project.id) if place_id is None else place_for(access, place_id)
        if place_id is not None:
            check_object_unchanged(viewer, "project", project.id, expected, place, details)
        _require_unused_name(ProjectPlace, project, details.name, place_id)
        if details.garden_id not in participating_garden_ids(project):
            raise RuleBroken(_("Choose one from the list."), "garden_id")
        former_garden_id = place.garden_id
        write_details(place, details)
        session.add(place)
        session.flush()
        if former_garden_id not in {None, place.garden_id}:
            at_place = session.scalars(select(Cohort).where(Cohort.place_id == place.id).order_by(Cohort.id))
            hand_over_cohorts(viewer, at_place.all(), place, former_garden_id)
        record(viewer, "project.save_place", "project", project.id, place=place.id)


def remove_place(viewer: Viewer, slug: str, place_id: int) -> None:
    """Remove a place. Raises RuleBroken if it has cohorts."""
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        place = place_for(access, place_id)
        if session.scalar(select(Cohort.id).where(Cohort.place_id == place.id)) is not None:
            raise RuleBroken(_("There are cohorts at this place. Move them to another place first."))
        session.delete(place)
        record(viewer, "project.remove_place", "project", access.project.id, place=place_id)


def save_cohort(
    viewer: Viewer,
    slug: str,
    details: CohortDetails,
    cohort_id: int | None = None,
    expected: str | None = None,
) -> Cohort:
    """Add or change a cohort, and offer new seats to the waiting list.

    Raises RuleBroken for a name in use and for fewer seats than are taken, and Conflict if the cohort has changed
    meanwhile.
    """
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        project = access.project
        cohort = Cohort(project_id=project.id) if cohort_id is None else cohort_for(access, cohort_id)
        if cohort_id is not None:
            check_object_unchanged(viewer, "cohort", cohort.id, expected, cohort, details)
            _check_seats(cohort, details.seats)
        _require_unused_name(Cohort, project, details.name, cohort_id)
        place = place_for(access, details.place_id)
        former_garden_id = cohort.place.garden_id if cohort_id is not None else place.garden_id
        write_details(cohort, details)
        session.add(cohort)
        session.flush()
        if former_garden_id != place.garden_id:
            hand_over_cohorts(viewer, [cohort], place, former_garden_id)
        record(viewer, "cohort.save", "cohort", cohort.id)
        offer_free_seats(project.id)
        return cohort


def cancel_cohort(viewer: Viewer, slug: str, cohort_id: int) -> int:
    """Cancel a cohort; return the number of companies that lost their seats.

    These companies join the waiting list as of the time of their sign-up, so that they are offered the next free seats
    in other cohorts of the project before companies that came later.
    """
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        cohort = cohort_for(access, cohort_id)
        if cohort.cancelled_at is not None:
            return 0
        others = session.scalars(
            select(Cohort.id)
            .where(
                Cohort.project_id == cohort.project_id,
                Cohort.cancelled_at.is_(None),
                Cohort.id != cohort.id,
            )
            .order_by(Cohort.id)
        ).all()
        seated = session.scalars(
            select(Participation).where(
                Participation.cohort_id == cohort.id, Participation.state == ParticipationState.SIGNED_UP
            )
        ).all()
        dates = {one.id: dates_of(one) for one in seated}
        cohort.cancelled_at = clock.now()
        session.flush()
        has_others = bool(cohorts_to_offer(cohort.project_id))
        _move_waiting(cohort, others, has_others=has_others)
        for participation in seated:
            signed_up_at = participation.signed_up_at
            change_state(
                participation, "lose_seat", TransitionOrigin(ParticipationActor.GARDEN, viewer, "cancelled")
            )
            participation.waiting_since = signed_up_at or participation.waiting_since
            participation.accepted_cohort_ids = list(others)
            has_dates = bool(dates[participation.id])
            _notify_of_cancelled_cohort(participation, cohort, has_others=has_others, has_dates=has_dates)
            remove_dates(participation, dates[participation.id])
        has_sessions = cancel_sessions_of(viewer, cohort)
        notice = garden_cohort_cancelled(cohort, seated, has_sessions=has_sessions)
        send(notice, others_of(viewer, cohort.place.garden_id))
        record(viewer, "cohort.cancel", "cohort", cohort.id, companies=len(seated))
        offer_free_seats(cohort.project_id)
        return len(seated)


def _notify_of_cancelled_cohort(
    participation: Participation, cohort: Cohort, *, has_others: bool, has_dates: bool
) -> None:
    """Notify the contact person by e-mail, and a company's other members."""
    email = participation.contact_email
    if email:
        notice = cohort_cancelled(
            participation, cohort, has_others=has_others, had_seat=True, has_dates=has_dates
        )
        send_mail(notice, email, participation.locale)
    if participation.company_id is not None and participation.confirmed_at is not None:
        members = [member for member in recipients_for(participation.company_id) if member.email != email]
        send(cohort_cancelled_for_member(participation, cohort, has_others=has_others), members)


def _move_waiting(cohort: Cohort, others: Sequence[int], *, has_others: bool) -> None:
    """Let the companies that wait for a cancelled cohort wait for the other cohorts, and withdraw its offers of seats.

    Those that had it as their first choice, or an offer there, are notified.
    """
    waiting = select(Participation).where(
        Participation.project_id == cohort.project_id,
        Participation.state == ParticipationState.WAITING,
    )
    for participation in session.scalars(waiting.order_by(Participation.id)).all():
        had_offer = participation.offered_cohort_id == cohort.id
        if had_offer:
            participation.offered_cohort_id = participation.offer_expires_at = None
        if participation.cohort_id == cohort.id:
            participation.accepted_cohort_ids = sorted({*participation.accepted_cohort_ids, *others})
        if participation.contact_email and (had_offer or participation.cohort_id == cohort.id):
            notice = cohort_cancelled(participation, cohort, has_others=has_others, had_seat=False)
            send_mail(notice, participation.contact_email, participation.locale)


def _check_seats(cohort: Cohort, seats: int) -> None:
    """Refuse fewer seats than are taken or offered. Raises RuleBroken."""
    taken = cohort.seats - count_free_seats(cohort)
    if seats < taken:
        raise RuleBroken(
            ngettext(
                "%(num)s seat is taken or offered to the waiting list. Enter at least as many, or move a company first.",
                "%(num)s seats are taken or offered to the waiting list. Enter at least as many, or move companies first.",
                taken,
            ),
            "seats",
        )


def _require_unused_name(
    model: type[Cohort] | type[ProjectPlace], project: Project, name: str, except_id: int | None
) -> None:
    query = select(func.count()).where(model.project_id == project.id, model.name == name)
    if except_id is not None:
        query = query.where(model.id != except_id)
    if session.scalar(query):
        raise RuleBroken(_("This project already uses the name. Choose another one."), "name")
