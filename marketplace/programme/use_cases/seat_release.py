"""Scheduled release of seats that were not confirmed in time, and of offered seats that were not accepted in time."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import failure_logged, load_locked, session, transaction
from marketplace.core.sealing import SealError
from marketplace.outbox.delivery import is_unsent
from marketplace.outbox.use_cases import send_mail
from marketplace.programme.lifecycle import (
    ENROLLED_STATES,
    LAPSED_OFFER,
    ParticipationActor,
    ParticipationState,
)
from marketplace.programme.models.participation import Participation
from marketplace.programme.notices import sign_up as notices
from marketplace.programme.queries.attendance import attended_by
from marketplace.programme.queries.seats import cohorts_to_offer
from marketplace.programme.seat_deadlines import CONFIRM_HOURS, confirmation_deadline
from marketplace.programme.use_cases.company_link import link_registered_companies
from marketplace.programme.use_cases.seating import (
    TransitionOrigin,
    change_state,
    lock_project,
    offer_free_seats,
    offer_seat,
)
from marketplace.programme.use_cases.sign_up import ask_to_confirm


def release_unconfirmed() -> int:
    """Release seats and places on the waiting list that were not confirmed in time. A scheduled job.

    Returns the number of releases. A company that has attended a session keeps its seat.
    """
    limit = clock.now() - dt.timedelta(hours=CONFIRM_HOURS)
    query = select(Participation.id).where(
        Participation.state.in_(ENROLLED_STATES),
        Participation.confirmed_at.is_(None),
        Participation.contact_email != "",
        Participation.asked_to_confirm_at <= limit,
    )
    due = session.scalars(query.order_by(Participation.id)).all()
    attended = attended_by(due)
    return _release([participation_id for participation_id in due if participation_id not in attended])


def release_lapsed_offers() -> int:
    """End offers that were not accepted in time, and offer the seats to the next companies. A scheduled job."""
    query = select(Participation.id).where(Participation.offer_expires_at <= clock.now())
    return _release(session.scalars(query.order_by(Participation.id)).all())


def _release(participation_ids: Sequence[int]) -> int:
    session.rollback()
    released = 0
    for participation_id in participation_ids:
        with failure_logged(participation_id), transaction():
            participation = session.get(Participation, participation_id)
            if participation is None:
                continue
            lock_project(participation.project_id)
            participation = load_locked(select(Participation).where(Participation.id == participation_id))
            if participation is None or not _is_due(participation):
                continue
            if _ask_again(participation):
                continue
            is_offer = participation.offer_expires_at is not None
            is_waiting = participation.state == ParticipationState.WAITING
            email, locale = participation.contact_email, participation.locale
            reason = LAPSED_OFFER if is_offer else ""
            change_state(
                participation, "release", TransitionOrigin(ParticipationActor.SCHEDULER, reason=reason)
            )
            _restore_details(participation)
            if email:
                notice = notices.waiting_place_lost if is_waiting and not is_offer else notices.seat_lost
                send_mail(notice(participation, has_link=participation.contact_email == email), email, locale)
            offer_free_seats(participation.project_id)
            released += 1
    return released


def _ask_again(participation: Participation) -> bool:
    """Ask again for confirmation if an outage delayed the e-mail until after its deadline. Return True if asked.

    Nothing is asked about a course that is over.
    """
    deadline = _deadline(participation)
    if deadline is None or not is_unsent(participation.contact_email, deadline):
        return False
    cohort = participation.offered_cohort or participation.cohort
    if cohort is None or cohort not in cohorts_to_offer(participation.project_id):
        return False
    if participation.offered_cohort is not None:
        offer_seat(participation, cohort)
    else:
        ask_to_confirm(participation, cohort)
    return True


def _restore_details(participation: Participation) -> None:
    """Restore the company's details and the contact person's link from before an unconfirmed sign-up."""
    former, participation.details_before_sign_up = participation.details_before_sign_up, None
    if former is None:
        return
    participation.renew_token()  # because an earlier version stored details without the token
    for column, value in former.items():
        setattr(participation, column, value)
    session.flush()
    session.expire(participation, ["company"])
    if participation.company_id is None:
        link_registered_companies([participation])
    try:
        participation.reseal_token()
    except SealError:  # because the encryption key has been removed
        participation.renew_token()


def _is_due(participation: Participation) -> bool:
    deadline = _deadline(participation)
    return deadline is not None and deadline <= clock.now()


def _deadline(participation: Participation) -> dt.datetime | None:
    """Return when an offered seat lapses or an unconfirmed company is released; None if neither can happen."""
    if participation.offer_expires_at is not None:
        return participation.offer_expires_at
    asked_at = participation.asked_to_confirm_at
    if (
        participation.state not in ENROLLED_STATES
        or participation.confirmed_at is not None
        or asked_at is None
    ):
        return None
    return confirmation_deadline(asked_at)
