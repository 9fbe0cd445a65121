"""Personal data of contact persons: export and erasure by the e-mailed link, without an account."""

from typing import Any

from sqlalchemy import or_, select, update

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.outbox.models import OutboxMail
from marketplace.outbox.use_cases import erase_mail_to
from marketplace.programme.lifecycle import ENROLLED_STATES, ParticipationActor
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.sessions import AttendanceMark, SessionFeedback
from marketplace.programme.queries.courses import contact_since, participation_by_token
from marketplace.programme.use_cases.seat_link import lock_participation_by_token
from marketplace.programme.use_cases.seating import TransitionOrigin
from marketplace.programme.use_cases.sign_up import withdraw_participation

PARTICIPATION_COLUMNS = (
    "company_name", "organisation_number", "municipality_number", "sector_code", "employees", "contact_name",
    "contact_email", "contact_phone", "locale", "state", "source", "created_at", "signed_up_at",
    "asked_to_confirm_at", "confirmed_at", "waiting_since", "allows_figures", "allows_quotes", "wants_invitations",
    "withdrawal_reason", "withdrawal_text",
)  # fmt: skip


def export_contact(token: str) -> dict[str, Any]:
    """Return all data about a participation and its contact person as JSON values. Raises NotFound.

    Events from the time of an earlier contact person are left out, because anybody can sign a company up again and so
    become its contact person.
    """
    participation = participation_by_token(token)
    since = contact_since(participation)

    def rows(model: Any, at: Any, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        query = select(model).where(model.participation_id == participation.id).order_by(model.id)
        own = query if since is None else query.where(at >= since)
        return [_row(one, columns) for one in session.scalars(own)]

    mails = (
        select(OutboxMail)
        .where(OutboxMail.recipient == participation.contact_email, OutboxMail.user_id.is_(None))
        .order_by(OutboxMail.id)
    )
    return {
        "made_at": clock.now().isoformat(),
        "course": participation.project.name,
        "participation": _row(participation, PARTICIPATION_COLUMNS),
        "changes": rows(
            ParticipationEvent,
            ParticipationEvent.at,
            ("at", "transition", "from_state", "to_state", "reason"),
        ),
        "attendance": rows(
            AttendanceMark, AttendanceMark.recorded_at, ("session_id", "mark", "people", "marked_at")
        ),
        "feedback": rows(
            SessionFeedback,
            SessionFeedback.asked_at,
            ("session_id", "answered_at", "useful", "pace", "used_before", "comment"),
        ),
        "mails": [_row(mail, ("created_at", "subject", "body")) for mail in session.scalars(mails)],
    }


def _row(row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    values = {column: getattr(row, column) for column in columns}
    return {
        column: value.isoformat() if hasattr(value, "isoformat") else value
        for column, value in values.items()
    }


def erase_contact(token: str) -> None:
    """Erase a contact person through the link, which then stops working. A company with a seat or waiting place withdraws."""
    with transaction():
        participation = lock_participation_by_token(token)
        address, participation.contact_email = participation.contact_email, ""
        if participation.state in ENROLLED_STATES:
            withdraw_participation(
                participation, TransitionOrigin(ParticipationActor.COMPANY, reason="other")
            )
        clear_contact(participation)
        erase_mail_to(address, "-", only_without_account=True)


def clear_contacts_of(address: str) -> None:
    """Clear a person as contact person, also where an unconfirmed sign-up has replaced the person for now."""
    query = select(Participation).where(
        or_(Participation.contact_email == address, Participation.details_before_sign_up.is_not(None))
    )
    for participation in session.scalars(query.order_by(Participation.id)).all():
        former = participation.details_before_sign_up
        if participation.contact_email == address:
            clear_contact(participation)
        elif former is not None and former["contact_email"] == address:
            kept = {column: value for column, value in former.items() if "token" not in column}
            participation.details_before_sign_up = kept | dict.fromkeys(_CONTACT_COLUMNS, "")
            record(None, "participation.erase_contact", "participation", participation.id)


_CONTACT_COLUMNS = ("contact_name", "contact_email", "contact_phone")


def clear_contact(participation: Participation) -> None:
    """Clear a participation's contact person and free texts, inside the caller's transaction.

    The company, its state, events and attendance remain, so that the figures of the project do not change.
    """
    participation.contact_name = participation.contact_email = participation.contact_phone = ""
    participation.withdrawal_text = ""
    participation.details_before_sign_up = None
    participation.wants_invitations = False
    participation.renew_token()
    session.execute(
        update(SessionFeedback)
        .where(SessionFeedback.participation_id == participation.id)
        .values(comment="", allows_quote=False)
    )
    record(None, "participation.erase_contact", "participation", participation.id)
