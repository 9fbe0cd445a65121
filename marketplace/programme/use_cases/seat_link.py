"""Actions of a contact person, through an e-mailed link and without an account: confirm, move, withdraw, sign up again."""

from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import Conflict, InvalidLink
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import token_hash
from marketplace.outbox.use_cases import send_mail
from marketplace.programme.lifecycle import ENROLLED_STATES, ParticipationActor
from marketplace.programme.models.participation import Participation
from marketplace.programme.notices import sign_up as notices
from marketplace.programme.queries.courses import open_cohort
from marketplace.programme.use_cases.seating import (
    BY_COMPANY,
    TransitionOrigin,
    change_state,
    lock_project,
    offer_free_seats,
    take_seat_or_wait,
)
from marketplace.programme.use_cases.sign_up import (
    Contact,
    confirm_participation,
    move_to_cohort,
    notify_former_contact,
    notify_new_contact,
    withdraw_participation,
)


def lock_participation_by_token(token: str) -> Participation:
    """Lock the project of a link, then its participation, and return the participation. Raises InvalidLink."""
    query = select(Participation).where(Participation.token_hash == token_hash(token))
    found = session.scalar(query)
    if found is None:
        raise InvalidLink
    lock_project(found.project_id)
    participation = load_locked(query)
    if participation is None:
        raise InvalidLink
    return participation


def confirm_seat(token: str) -> None:
    """Confirm a seat or a place on the waiting list. Idempotent. Raises Conflict if it has been released."""
    with transaction():
        participation = lock_participation_by_token(token)
        if participation.state not in ENROLLED_STATES or participation.cohort is None:
            raise Conflict(_("The seat has been released. You can sign up again."))
        if participation.confirmed_at is None:
            confirm_participation(participation)


def accept_offer(token: str) -> None:
    """Accept a seat that was offered to a waiting company. Raises Conflict if the offer has lapsed."""
    with transaction():
        participation = lock_participation_by_token(token)
        cohort = participation.offered_cohort
        if cohort is None or participation.offer_expires_at is None:
            raise Conflict(_("The offer of a seat has lapsed."))
        if participation.offer_expires_at <= clock.now():
            raise Conflict(_("The offer of a seat has lapsed."))
        change_state(participation, "take_seat", BY_COMPANY, cohort)
        confirm_participation(participation)


def decline_offer(token: str) -> None:
    """Decline an offered seat. The company keeps waiting for the other cohorts it accepts, or withdraws if there are none."""
    with transaction():
        participation = lock_participation_by_token(token)
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
            offer_free_seats(participation.project_id)
        else:
            withdraw_participation(
                participation, TransitionOrigin(ParticipationActor.COMPANY, reason="other")
            )


def decline_invitation(token: str) -> None:
    """Decline an invitation. Raises Conflict for a company with a seat or a place on the waiting list."""
    with transaction():
        change_state(lock_participation_by_token(token), "decline", BY_COMPANY)


def withdraw(token: str, reason: str, text: str) -> None:
    """Withdraw a company, and offer its seat to the next company on the waiting list."""
    with transaction():
        participation = lock_participation_by_token(token)
        withdraw_participation(
            participation, TransitionOrigin(ParticipationActor.COMPANY, reason=reason), text
        )


def sign_up_again(token: str, cohort_id: int) -> bool:
    """Sign a company up; return True if it got a seat, False if it was put on the waiting list."""
    with transaction():
        participation = lock_participation_by_token(token)
        cohort = open_cohort(participation.project.slug, cohort_id)
        has_seat = take_seat_or_wait(participation, cohort, BY_COMPANY, ())
        participation.withdrawal_reason = participation.withdrawal_text = ""
        confirm_participation(participation)
        return has_seat


def change_cohort(token: str, cohort_id: int) -> None:
    """Move a company to another cohort. Raises Conflict if that cohort has no free seat."""
    with transaction():
        participation = lock_participation_by_token(token)
        cohort = open_cohort(participation.project.slug, cohort_id)
        move_to_cohort(participation, cohort, BY_COMPANY)


def change_contact(token: str, contact: Contact) -> Participation:
    """Change the contact person. A new link is sent to a new e-mail address, and the former link stops working."""
    email = normalize_email(contact.email)
    with transaction():
        participation = lock_participation_by_token(token)
        is_new = email != participation.contact_email
        if is_new:
            accounts.require_mail_quota(email, f"participation {participation.id}")
            notify_former_contact(participation)
            participation.renew_token()
        participation.contact_name, participation.contact_email = contact.name, email
        participation.contact_phone = contact.phone
        record(None, "participation.change_contact", "participation", participation.id)
        if is_new:
            notify_new_contact(participation)
        return participation


def email_links(email: str, network: str) -> None:
    """E-mail the links of a contact person's companies to the person's address. Reveals nothing to the caller."""
    email = normalize_email(email)
    query = select(Participation).where(Participation.contact_email == email).order_by(Participation.id)
    with transaction():
        if not accounts.consume_mail_quota(email, network):
            return
        for participation in session.scalars(query):
            record(None, "participation.send_link", "participation", participation.id)
            send_mail(notices.seat_link(participation), email, participation.locale)
