"""Sign-up without an account: the contact person manages the seat through an e-mailed link."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import current_locale
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import token_hash
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.deadlines import confirmation_deadline
from marketplace.programme.lifecycle import ParticipationActor, ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.notices import sign_up as notices
from marketplace.programme.queries.courses import coming_sessions, open_cohort
from marketplace.programme.queries.seats import count_free_seats
from marketplace.programme.use_cases.calendar import cancel_session_invitations, send_session_invitations
from marketplace.programme.use_cases.company_link import link_registered_company
from marketplace.programme.use_cases.seating import (
    Cause,
    change_state,
    lock_project,
    offer_free_seats,
    take_seat_or_wait,
    update_follower,
)

BY_COMPANY = Cause(ParticipationActor.COMPANY)
_TAKEN = frozenset({ParticipationState.SIGNED_UP, ParticipationState.WAITING})


@dataclass(frozen=True, slots=True)
class Contact:
    """The contact person of a participation."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up as submitted on the public page. `accepted_cohort_ids` are other cohorts that suit as well."""

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

    Responds the same if the company has a seat already: then its contact person is notified. A signed-in person's own
    address needs no confirmation: the participation is returned. Raises Conflict if sign-up has closed, and TooMany.
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
        if participation is not None and participation.state in _TAKEN:
            if participation.contact_email:
                send_mail(
                    notices.already_signed_up(participation),
                    participation.contact_email,
                    participation.locale,
                )
            return None
        if participation is None:
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
            link_registered_company(participation)
        take_seat_or_wait(participation, cohort, BY_COMPANY, details.accepted_cohort_ids)
        if viewer is not None and viewer.is_company and normalize_email(viewer.email) == email:
            confirm_participation(participation)
            return participation
        ask_to_confirm(participation, cohort)
        return None


def _find(project_id: int, details: SignUp, email: str) -> Participation | None:
    """Return the company's participation: by number, else by name and e-mail address if either has no number."""
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


def participation_by_token(token: str) -> Participation:
    """Return the participation of a link, with its row locked and its project locked first. Raises NotFound."""
    query = select(Participation).where(Participation.token_hash == token_hash(token))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    lock_project(found.project_id)
    participation = load_locked(query)
    if participation is None:
        raise NotFound
    return participation


def confirm_seat(token: str) -> None:
    """Confirm a seat or a place on the waiting list by the e-mailed link. Repeating it changes nothing."""
    with transaction():
        participation = participation_by_token(token)
        if participation.state not in _TAKEN or participation.cohort is None:
            raise Conflict(_("The seat has been released. You can sign up again."))
        if participation.confirmed_at is None:
            confirm_participation(participation)


def confirm_participation(participation: Participation, viewer: Viewer | None = None) -> None:
    """Confirm a seat or a place on the waiting list, inside the caller's transaction.

    `viewer` is the member of the garden who has spoken with the company; without one, the garden is notified.
    """
    participation.confirmed_at = clock.now()
    record(viewer, "participation.confirm", "participation", participation.id)
    update_follower(participation)
    cohort = participation.cohort
    if cohort is None:
        return
    has_seat = participation.state == ParticipationState.SIGNED_UP
    if has_seat:
        welcome(participation, cohort)
    members = recipients_for(cohort.place.garden_id)
    if viewer is None:
        send(notices.company_signed_up(participation, cohort, has_seat=has_seat), members)
    if has_seat and count_free_seats(cohort) == 0:
        send(notices.cohort_full(cohort), members)


def ask_to_confirm(participation: Participation, cohort: Cohort) -> None:
    """E-mail the contact person the link to confirm with, inside the caller's transaction."""
    has_seat = participation.state == ParticipationState.SIGNED_UP
    notice = notices.seat_unconfirmed if has_seat else notices.waiting_unconfirmed
    deadline = confirmation_deadline(clock.now())
    send_mail(notice(participation, cohort, deadline), participation.contact_email, participation.locale)


def welcome(participation: Participation, cohort: Cohort) -> None:
    """E-mail the dates to the contact person of a company with a confirmed seat, inside the caller's transaction."""
    if participation.contact_email:
        dates = [one.starts_at for one in coming_sessions(cohort.id)]
        send_mail(
            notices.seat_taken(participation, cohort, dates),
            participation.contact_email,
            participation.locale,
        )
    send_session_invitations(participation)


def accept_offer(token: str) -> None:
    """Accept the seat that is offered from the waiting list. Raises Conflict if the offer has lapsed."""
    with transaction():
        participation = participation_by_token(token)
        cohort = participation.offered_cohort
        if cohort is None or participation.offer_expires_at is None:
            raise Conflict(_("The offer of a seat has lapsed."))
        if participation.offer_expires_at <= clock.now():
            raise Conflict(_("The offer of a seat has lapsed."))
        change_state(participation, "take_seat", BY_COMPANY, cohort)
        confirm_participation(participation)


def decline_offer(token: str) -> None:
    """Decline an offered seat. The company stays on the list for its other cohorts, or withdraws if there are none."""
    with transaction():
        participation = participation_by_token(token)
        offered = participation.offered_cohort_id
        if offered is None:
            raise Conflict(_("The offer of a seat has lapsed."))
        others = [cohort_id for cohort_id in participation.accepted_cohort_ids if cohort_id != offered]
        participation.offered_cohort_id = participation.offer_expires_at = None
        participation.accepted_cohort_ids = others
        if others:
            if participation.cohort_id == offered:
                participation.cohort_id = others[0]
            record(None, "participation.decline_offer", "participation", participation.id)
        else:
            change_state(participation, "withdraw", Cause(ParticipationActor.COMPANY, reason="other"))
        offer_free_seats(participation.project_id)


def decline_invitation(token: str) -> None:
    """Decline an invitation by the link. Raises Conflict for a company with a place in the course."""
    with transaction():
        change_state(participation_by_token(token), "decline", BY_COMPANY)


def withdraw(token: str, reason: str, text: str) -> None:
    """Withdraw a company by its link, and offer its seat to the next on the waiting list."""
    with transaction():
        participation = participation_by_token(token)
        withdraw_participation(participation, Cause(ParticipationActor.COMPANY, reason=reason), text)
        if participation.cohort is not None:
            members = recipients_for(participation.cohort.place.garden_id)
            send(notices.company_withdrew(participation), members)


def withdraw_participation(participation: Participation, cause: Cause, text: str = "") -> None:
    """Withdraw a company, and offer its seat to the next; inside the caller's transaction with the project locked."""
    cancel_session_invitations(participation, participation.cohort_id)
    change_state(participation, "withdraw", cause)
    participation.withdrawal_reason = cause.reason
    participation.withdrawal_text = text
    if participation.contact_email:
        send_mail(notices.seat_withdrawn(participation), participation.contact_email, participation.locale)
    offer_free_seats(participation.project_id)


def come_back(token: str, cohort_id: int) -> bool:
    """Sign a company up again by its link; return True for a seat, False for the waiting list."""
    with transaction():
        participation = participation_by_token(token)
        cohort = open_cohort(participation.project.slug, cohort_id)
        has_seat = take_seat_or_wait(participation, cohort, BY_COMPANY, ())
        participation.withdrawal_reason = participation.withdrawal_text = ""
        confirm_participation(participation)
        return has_seat


def change_cohort(token: str, cohort_id: int) -> None:
    """Move a company to another cohort by its link. Raises Conflict if that cohort has no free seat."""
    with transaction():
        participation = participation_by_token(token)
        cohort = open_cohort(participation.project.slug, cohort_id)
        move_to_cohort(participation, cohort, BY_COMPANY)


def move_to_cohort(participation: Participation, cohort: Cohort, cause: Cause) -> None:
    """Move a company's seat to another cohort; inside the caller's transaction with the project locked.

    Raises Conflict if that cohort has no free seat: the company keeps the seat it has.
    """
    if cohort.id == participation.cohort_id:
        return
    if count_free_seats(cohort) <= 0:
        raise Conflict(_("%(cohort)s is full. You keep the seat you have.", cohort=cohort.name))
    cancel_session_invitations(participation, participation.cohort_id)
    change_state(participation, "change_cohort", cause, cohort)
    welcome(participation, cohort)
    offer_free_seats(participation.project_id)


def change_contact(token: str, contact: Contact) -> Participation:
    """Change the contact person by the link. A new e-mail address gets a new link; the former one stops working."""
    email = normalize_email(contact.email)
    with transaction():
        participation = participation_by_token(token)
        is_new = email != participation.contact_email
        if is_new:
            accounts.require_mail_quota(email, f"participation {participation.id}")
            cancel_session_invitations(participation, participation.cohort_id)
            participation.renew_token()
        participation.contact_name, participation.contact_email = contact.name, email
        participation.contact_phone = contact.phone
        record(None, "participation.change_contact", "participation", participation.id)
        if is_new:
            send_mail(notices.contact_added(participation), email, participation.locale)
            send_session_invitations(participation)
        return participation


def welcome_contact(participation: Participation) -> None:
    """E-mail the link and the coming sessions to a new contact person, inside the caller's transaction."""
    if participation.contact_email and participation.state in _TAKEN:
        send_mail(notices.contact_added(participation), participation.contact_email, participation.locale)
        send_session_invitations(participation)
