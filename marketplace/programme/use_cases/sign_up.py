"""Sign-up without an account, and the functions for seats that advisers and e-mailed links use too."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import Conflict
from marketplace.core.i18n import current_locale, gettext as _
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company, recipients_for
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.lifecycle import ENROLLED_STATES, ParticipationActor, ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices import gardens, sign_up as notices
from marketplace.programme.queries.courses import open_cohort
from marketplace.programme.queries.seats import count_free_seats
from marketplace.programme.seat_deadlines import confirmation_deadline
from marketplace.programme.use_cases.calendar import dates_of, invite, remove_dates
from marketplace.programme.use_cases.company_link import link_registered_companies
from marketplace.programme.use_cases.seating import (
    BY_COMPANY,
    TransitionOrigin,
    change_state,
    lock_project,
    offer_free_seats,
    take_seat_or_wait,
    update_follower,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """The contact person of a participation."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up as submitted on the public page. `accepted_cohort_ids` are other cohorts that suit the company as well."""

    company_name: str
    organisation_number: str | None
    municipality_number: str
    sector_code: str
    contact: Contact
    accepted_cohort_ids: Sequence[int] = ()
    allows_figures: bool = False
    allows_quotes: bool = False


def sign_up(
    slug: str, cohort_id: int, details: SignUp, network: str, viewer: Viewer | None = None
) -> Participation | None:
    """Take a seat for a company, or put it on the waiting list, and e-mail a link to the contact person.

    Returns None, also if the company is signed up already, so that the response does not reveal it; its contact person is
    notified. If a signed-in person signs up their own company with their own address, the sign-up needs no confirmation
    and the participation is returned. Raises NotFound if sign-up has closed, and TooMany.
    """
    email = normalize_email(details.contact.email)
    with transaction():
        accounts.require_mail_quota(email, network)
        if viewer is None or not viewer.is_garden:
            accounts.require_sign_up_quota(network)
        cohort = open_cohort(slug, cohort_id)
        lock_project(cohort.project_id)
        cohort = open_cohort(slug, cohort_id)
        participation = _find(cohort.project_id, details, email)
        if participation is not None and participation.state in ENROLLED_STATES:
            if participation.contact_email:
                send_mail(
                    notices.already_signed_up(participation),
                    participation.contact_email,
                    participation.locale,
                )
            return None
        if participation is not None:
            filled = [column for column in FILLED_COLUMNS if getattr(participation, column) is None]
            participation.details_before_sign_up = {
                column: getattr(participation, column) for column in (*SIGN_UP_COLUMNS, *filled)
            }
        else:
            participation = Participation(
                project_id=cohort.project_id,
                state=ParticipationState.LEAD,
                source="web",
            )
        participation.project = cohort.project
        _set_details(participation, details, email)
        session.add(participation)
        session.flush()
        if participation.company_id is None:
            link_registered_companies([participation])
        cohort = _first_with_seat(cohort, details.accepted_cohort_ids)
        take_seat_or_wait(participation, cohort, BY_COMPANY, details.accepted_cohort_ids)
        if viewer is not None and _is_own_company(viewer, details.organisation_number, email):
            confirm_participation(participation)
            return participation
        ask_to_confirm(participation, cohort)
        return None


def _is_own_company(viewer: Viewer, number: str | None, email: str) -> bool:
    """Return True if a user signs up a company of theirs with their own e-mail address.

    False with the number of another company, so that the response does not reveal whether that company takes part.
    """
    if not viewer.is_company or normalize_email(viewer.email) != email:
        return False
    return number in {None, own_company(viewer).organisation_number}


def _find(project_id: int, details: SignUp, email: str) -> Participation | None:
    """Find the participation with the same number, else with the same name and address if one of the two has no number."""
    number, name = details.organisation_number, name_key(details.company_name)
    of_project = select(Participation).where(Participation.project_id == project_id)
    if number is not None:
        known = load_locked(of_project.where(Participation.organisation_number == number))
        if known is not None:
            return known
    same_address = of_project.where(Participation.contact_email == email).order_by(Participation.id)
    for one in session.scalars(same_address).all():
        if name_key(one.company_name) == name and (number is None or one.organisation_number is None):
            return load_locked(of_project.where(Participation.id == one.id))
    return None


def _first_with_seat(cohort: Cohort, accepted_cohort_ids: Sequence[int]) -> Cohort:
    """Return the chosen cohort, or if it is full, the first other accepted cohort with a free seat, if any."""
    if count_free_seats(cohort) > 0:
        return cohort
    others = (session.get_one(Cohort, cohort_id) for cohort_id in accepted_cohort_ids)
    return next((other for other in others if count_free_seats(other) > 0), cohort)


SIGN_UP_COLUMNS = (
    "company_name", "municipality_number", "sector_code", "contact_name", "contact_email", "contact_phone", "locale",
    "allows_figures", "allows_quotes", "token_hash", "sealed_token", "calendar_token_hash",
)  # fmt: skip
"""Columns that a sign-up overwrites. A stranger may have made it, so they are restored unless it is confirmed in time."""

FILLED_COLUMNS = ("organisation_number", "company_id")
"""Columns that a sign-up fills if they are empty. They are emptied again unless it is confirmed in time."""


def _set_details(participation: Participation, details: SignUp, email: str) -> None:
    if participation.contact_email != email or not participation.token_hash:
        participation.renew_token()
    participation.company_name = details.company_name
    participation.organisation_number = participation.organisation_number or details.organisation_number
    participation.municipality_number = details.municipality_number
    participation.sector_code = details.sector_code
    participation.contact_name = details.contact.name
    participation.contact_email = email
    participation.contact_phone = details.contact.phone
    participation.allows_figures = details.allows_figures
    participation.allows_quotes = details.allows_quotes
    participation.locale = current_locale()
    participation.confirmed_at = None
    participation.withdrawal_reason = participation.withdrawal_text = ""


def confirm_participation(participation: Participation, viewer: Viewer | None = None) -> None:
    """Confirm a seat or a place on the waiting list, inside the caller's transaction.

    `viewer` is the member of the garden who has spoken with the company; without one, the garden is notified.
    """
    participation.confirmed_at = clock.now()
    former, participation.details_before_sign_up = participation.details_before_sign_up, None
    if former is not None and former["contact_email"] not in {"", participation.contact_email}:
        record(viewer, "participation.change_contact", "participation", participation.id)
    record(viewer, "participation.confirm", "participation", participation.id)
    update_follower(participation)
    cohort = participation.cohort
    if cohort is None:
        return
    if participation.state == ParticipationState.SIGNED_UP:
        notify_of_seat(participation, cohort)
    _notify_garden(participation, cohort, viewer)


def _notify_garden(participation: Participation, cohort: Cohort, viewer: Viewer | None) -> None:
    """Notify the garden of a cohort that a company has joined it, and that its last seat is taken."""
    has_seat = participation.state == ParticipationState.SIGNED_UP
    members = recipients_for(cohort.place.garden_id)
    if viewer is None:
        send(gardens.company_signed_up(participation, cohort, has_seat=has_seat), members)
    if has_seat and count_free_seats(cohort) == 0:
        send(gardens.cohort_full(cohort), members)


def ask_to_confirm(participation: Participation, cohort: Cohort) -> None:
    """E-mail the contact person the link with which to confirm, and let the time for it begin now.

    Joins the caller's transaction.
    """
    asked_at = participation.asked_to_confirm_at = clock.now()
    has_seat = participation.state == ParticipationState.SIGNED_UP
    notice = notices.seat_unconfirmed if has_seat else notices.waiting_unconfirmed
    message = notice(participation, cohort, confirmation_deadline(asked_at))
    send_mail(message, participation.contact_email, participation.locale)


def notify_of_seat(
    participation: Participation, cohort: Cohort, former_dates: Sequence[CourseSession] = ()
) -> None:
    """E-mail a confirmed seat and its sessions to the contact person, and remove the `former_dates` of an earlier seat.

    Joins the caller's transaction.
    """
    if participation.contact_email:
        dates = dates_of(participation)
        notice = notices.seat_taken(participation, cohort, dates)
        send_mail(notice, participation.contact_email, participation.locale)
        remove_dates(participation, former_dates)
        invite(participation, dates)


def withdraw_participation(participation: Participation, origin: TransitionOrigin, text: str = "") -> None:
    """Withdraw a company, and offer its seat to the next company on the waiting list.

    Joins the caller's transaction, with the project locked. The garden is notified unless one of its members did it.
    """
    dates = dates_of(participation)
    change_state(participation, "withdraw", origin)
    participation.withdrawal_reason = origin.reason
    participation.withdrawal_text = text
    if participation.contact_email:
        notice = notices.seat_withdrawn(participation, has_dates=bool(dates))
        send_mail(notice, participation.contact_email, participation.locale)
        remove_dates(participation, dates)
    if origin.viewer is None and participation.cohort is not None:
        members = recipients_for(participation.cohort.place.garden_id)
        send(gardens.company_withdrew(participation, participation.cohort), members)
    offer_free_seats(participation.project_id)


def move_to_cohort(participation: Participation, cohort: Cohort, origin: TransitionOrigin) -> None:
    """Move a company from its seat or from the waiting list to a free seat in another cohort.

    Joins the caller's transaction, with the project locked. Raises Conflict if that cohort has no free seat.
    """
    is_waiting = participation.state == ParticipationState.WAITING
    if cohort.id == participation.cohort_id and not is_waiting:
        return
    if count_free_seats(cohort) <= 0:
        raise Conflict(_("%(cohort)s is full. You keep the place you have.", cohort=cohort.name))
    dates = dates_of(participation)
    change_state(participation, "take_seat" if is_waiting else "change_cohort", origin, cohort)
    if participation.confirmed_at is not None:
        notify_of_seat(participation, cohort, dates)
        _notify_garden(participation, cohort, origin.viewer)
    elif origin.actor is ParticipationActor.COMPANY:
        confirm_participation(participation)
    elif participation.contact_email:
        ask_to_confirm(participation, cohort)
    offer_free_seats(participation.project_id)


def notify_former_contact(participation: Participation) -> None:
    """Remove the sessions of a confirmed seat from the calendar of its former contact person, by e-mail.

    Call it before the address changes. Joins the caller's transaction.
    """
    dates = dates_of(participation)
    if dates and participation.contact_email:
        send_mail(notices.contact_removed(participation), participation.contact_email, participation.locale)
        remove_dates(participation, dates)


def notify_new_contact(participation: Participation) -> None:
    """E-mail the link and the coming sessions to a new contact person, inside the caller's transaction."""
    if participation.contact_email:
        dates = dates_of(participation)
        notice = notices.contact_added(participation, dates)
        send_mail(notice, participation.contact_email, participation.locale)
        invite(participation, dates)
