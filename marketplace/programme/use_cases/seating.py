"""Seats and the waiting list: the only code that changes the state of a participation.

A project has one waiting list for all its cohorts. The transaction that frees a seat offers it to the company that has
waited longest for that cohort, so that a newcomer finds a free seat only if no company waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import lock_row, session
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import COHORT
from marketplace.organisations.queries import recipients_for
from marketplace.organisations.use_cases import follow_company, stop_following
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import cancel_scheduled, send, send_mail
from marketplace.programme.lifecycle import TRANSITIONS, ParticipationActor, ParticipationState
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort, Project, ProjectPlace
from marketplace.programme.notices.gardens import place_given_away, place_received, seat_offered_by_telephone
from marketplace.programme.notices.sign_up import followed_by_course, seat_offered
from marketplace.programme.queries.seats import NO_SEATS, cohorts_to_offer, count_free_seats, seat_counts
from marketplace.programme.seat_deadlines import offer_deadline

INVITATION_SUBSCRIPTION = "course:"
"""Subscription of the e-mailed invitations to a participation, followed by its id."""
INVITED_STATES = frozenset(
    {ParticipationState.LEAD, ParticipationState.INVITED, ParticipationState.INTERESTED}
)
"""States of a company that can be invited."""


@dataclass(frozen=True, slots=True)
class TransitionOrigin:
    """Origin of a transition: the role, the user if signed in, and a reason code or an empty text."""

    actor: ParticipationActor
    viewer: Viewer | None = None
    reason: str = ""


BY_COMPANY = TransitionOrigin(ParticipationActor.COMPANY)


def lock_project(project_id: int) -> None:
    """Lock a project until the end of the transaction. Every change of seats begins with this lock.

    Objects that were loaded before are expired, because another transaction may have changed them meanwhile.
    """
    lock_row(Project.id, project_id)
    session.flush()
    session.expire_all()


def take_seat_or_wait(
    participation: Participation,
    cohort: Cohort,
    origin: TransitionOrigin,
    accepted_cohort_ids: Sequence[int] = (),
) -> bool:
    """Give a company a seat if the cohort has one free, else put it on the waiting list; return True if it got a seat.

    Joins the caller's transaction, which has locked the project. Raises Conflict in a state that does not allow it.
    """
    if count_free_seats(cohort) > 0:
        change_state(participation, "take_seat", origin, cohort)
        return True
    change_state(participation, "wait", origin, cohort)
    participation.accepted_cohort_ids = sorted({cohort.id, *accepted_cohort_ids})
    return False


def change_state(
    participation: Participation,
    name: str,
    origin: TransitionOrigin,
    cohort: Cohort | None = None,
) -> None:
    """Apply a transition with its event and audit entry, inside the caller's transaction.

    Raises Conflict if the transition is not allowed in the current state or for the actor.
    """
    transition = TRANSITIONS[name]
    source = ParticipationState(participation.state)
    if source not in transition.sources or origin.actor not in transition.actors:
        raise Conflict(_("The company's place in the course has changed since you opened the page."))
    now = clock.now()
    former_garden_id = _garden_of_seat(participation)
    participation.state = transition.target
    if transition.target is ParticipationState.SIGNED_UP:
        participation.signed_up_at = participation.signed_up_at if source is transition.target else now
    participation.waiting_since = now if transition.target is ParticipationState.WAITING else None
    participation.offered_cohort_id = None
    participation.offer_expires_at = None
    if transition.target is not ParticipationState.WAITING:
        participation.accepted_cohort_ids = []
    if cohort is not None:
        participation.cohort = cohort
    if transition.target not in INVITED_STATES:
        cancel_scheduled([f"{INVITATION_SUBSCRIPTION}{participation.id}"])
    update_follower(participation, former_garden_id)
    session.add(
        ParticipationEvent(
            participation_id=participation.id,
            at=now,
            transition=name,
            from_state=source,
            to_state=transition.target,
            cohort_id=participation.cohort_id,
            reason=origin.reason,
            user_id=origin.viewer.user_id if origin.viewer else None,
        )
    )
    record(origin.viewer, f"participation.{name}", "participation", participation.id)


def _garden_of_seat(participation: Participation) -> int | None:
    """Return the id of the garden of the cohort in which a company has a confirmed seat, or None."""
    if not participation.has_confirmed_seat or participation.cohort is None:
        return None
    return participation.cohort.place.garden_id


def update_follower(participation: Participation, former_garden_id: int | None = None) -> None:
    """Let the garden of a cohort follow a company while it has a confirmed seat there, and notify the company.

    `former_garden_id` is the garden of its seat before a change. Joins the caller's transaction. An unconfirmed sign-up
    gives the garden no access, because a stranger could have made it.
    """
    garden_id, company_id = _garden_of_seat(participation), participation.company_id
    if company_id is None or garden_id == former_garden_id:
        return
    if former_garden_id is not None and not _has_other_seat(participation, former_garden_id):
        stop_following(company_id, former_garden_id, COHORT)
    if garden_id is not None and follow_company(company_id, garden_id, COHORT):
        company = participation.company
        # The garden of the company's own area sees the company anyway, so no notice is needed.
        if company is None or company.garden_id != garden_id:
            send(followed_by_course(participation), recipients_for(company_id))


def _has_other_seat(participation: Participation, garden_id: int) -> bool:
    """Return True if the company has a confirmed seat in another project, in a cohort of the garden."""
    query = (
        select(Participation.id)
        .join(Participation.cohort)
        .join(Cohort.place)
        .where(
            Participation.id != participation.id,
            Participation.company_id == participation.company_id,
            Participation.state == ParticipationState.SIGNED_UP,
            Participation.confirmed_at.is_not(None),
            ProjectPlace.garden_id == garden_id,
        )
    )
    return session.scalar(query.limit(1)) is not None


def hand_over_cohorts(
    viewer: Viewer, cohorts: Sequence[Cohort], place: ProjectPlace, former_garden_id: int
) -> None:
    """Let the garden of a place follow the companies of cohorts instead of the garden that was responsible before.

    Notifies both gardens. Joins the caller's transaction.
    """
    session.flush()
    session.expire(place, ["garden"])
    if not cohorts:
        return
    for cohort in cohorts:
        session.expire(cohort, ["place"])
    of_cohorts = select(Participation).where(
        Participation.cohort_id.in_(cohort.id for cohort in cohorts),
        Participation.state == ParticipationState.SIGNED_UP,
        Participation.confirmed_at.is_not(None),
    )
    seated = session.scalars(of_cohorts.order_by(Participation.id)).all()
    project, has_seats = cohorts[0].project, bool(seated)
    given_away = place_given_away(place.name, project, place.garden.name, has_seats=has_seats)
    send(given_away, others_of(viewer, former_garden_id))
    send(place_received(place.name, project, has_seats=has_seats), others_of(viewer, place.garden_id))
    for participation in seated:
        update_follower(participation, former_garden_id)


def others_of(viewer: Viewer, garden_id: int) -> list[Recipient]:
    """Return the members of a garden as recipients of a notice about what the viewer has done, without the viewer."""
    return [one for one in recipients_for(garden_id) if one.user_id != viewer.user_id]


def offer_free_seats(project_id: int) -> list[Participation]:
    """Offer each free seat of a project to the company that has waited longest for it; return these companies.

    Joins the caller's transaction, which has locked the project.
    """
    session.flush()
    waiting = session.scalars(
        select(Participation)
        .where(
            Participation.project_id == project_id,
            Participation.state == ParticipationState.WAITING,
            Participation.offered_cohort_id.is_(None),
        )
        .order_by(Participation.waiting_since, Participation.id)
    ).all()
    if not waiting:
        return []
    counts = seat_counts(project_id)
    free = {
        cohort.id: cohort.seats - counts.get(cohort.id, NO_SEATS).used
        for cohort in cohorts_to_offer(project_id)
    }
    offers = []
    for participation in waiting:
        preferred = [participation.cohort_id, *participation.accepted_cohort_ids]
        cohort_id = next((number for number in preferred if number and free.get(number, 0) > 0), None)
        if cohort_id is None:
            continue
        free[cohort_id] -= 1
        offer_seat(participation, session.get_one(Cohort, cohort_id))
        offers.append(participation)
    session.flush()
    return offers


def offer_seat(participation: Participation, cohort: Cohort) -> None:
    """Offer a seat to a company on the waiting list, and let the time to answer begin now.

    Joins the caller's transaction.
    """
    participation.offered_cohort_id = cohort.id
    expires_at = participation.offer_expires_at = offer_deadline(clock.now())
    record(None, "participation.offer_seat", "participation", participation.id, cohort=cohort.id)
    if participation.contact_email:
        notice = seat_offered(participation, cohort, expires_at)
        send_mail(notice, participation.contact_email, participation.locale)
    else:
        notice = seat_offered_by_telephone(participation, cohort, expires_at)
        send(notice, recipients_for(cohort.place.garden_id))
