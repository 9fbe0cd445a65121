"""Companies in a project, from lead to seat, and the history of their states."""

import datetime as dt

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.database import Entity, keyring
from marketplace.core.i18n import default_locale, lazy_gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.personal_data import FACTS, PARTICIPATION, exported
from marketplace.core.places import municipality_name
from marketplace.organisations.models import Company
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.projects import Cohort, Project

ADDED = "add"
"""Name of the event that records the addition of a participation. It is not a transition."""


class Participation(Entity):
    """A company in a project, with its own contact person: many never register an account.

    `company_id` is set once the company has an account: see `use_cases.company_link`. `cohort_id` is the cohort of the seat;
    in other states, the preferred cohort or None. A waiting company also accepts a seat in one of `accepted_cohort_ids`.
    `offered_cohort_id` is the cohort of an offered seat, which the company can accept until `offer_expires_at`.
    `waiting_since` is its place in the queue, and `asked_to_confirm_at` begins the time to confirm.

    The contact person manages the participation with a secret token, of which only the hash and an encrypted copy for
    later e-mails are stored. A calendar program uses another token. `calendar_sequence` is added to the SEQUENCE of
    e-mailed calendar events, so that an event that is removed and later added again has a higher number each time.
    `details_before_sign_up` holds the values that an unconfirmed sign-up has overwritten. They are restored if it is not
    confirmed in time. States and transitions are in `lifecycle`.
    """

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_number"),
        UniqueConstraint("project_id", "company_id", name="uq_participation_company"),
        Index("ix_participation_project_state", "project_id", "state"),
    )
    __retention__ = {
        "accepted_cohort_ids": FACTS,
        "company_name": "public name of a company",
        "contact_email": PARTICIPATION,
        "contact_name": PARTICIPATION,
        "details_before_sign_up": PARTICIPATION,
        "sealed_token": PARTICIPATION,
        "withdrawal_text": PARTICIPATION,
    }
    __audit_names__ = {
        "participation": _("Company in a project"),
        "participation.add": _("Added a company to a project"),
        "participation.call": _("Called a company in a project"),
        "participation.change_cohort": _("Moved a company to another cohort"),
        "participation.change_contact": _("Changed the contact person of a company in a project"),
        "participation.confirm": _("Confirmed a seat"),
        "participation.erase_contact": _("Erased the contact person of a company in a project"),
        "participation.decline": _("Noted that a company does not want to take part"),
        "participation.decline_offer": _("Declined an offered seat"),
        "participation.invite": _("Invited a company to a project"),
        "participation.invite_interested": _("Invited an interested company to a project"),
        "participation.link_company": _("Linked a company in a project to its account"),
        "participation.offer_seat": _("Offered a seat from the waiting list"),
        "participation.release": _("Released a seat that was not confirmed"),
        "participation.save": _("Changed the details of a company in a project"),
        "participation.send_link": _("Sent the contact person the link to the course again"),
        "participation.show_interest": _("Noted that a company is interested"),
        "participation.take_seat": _("Gave a company a seat"),
        "participation.undo_invite": _("Stopped an invitation to a project before it was sent"),
        "participation.unsubscribe": _("Unsubscribed from invitations to a course"),
        "participation.wait": _("Put a company on the waiting list"),
        "participation.withdraw": _("Withdrew a company from a project"),
    }

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    organisation_number: Mapped[str | None] = mapped_column(String(9), index=True)
    company_name: Mapped[str] = mapped_column(String(120))
    municipality_number: Mapped[str] = mapped_column(String(4), default="")
    sector_code: Mapped[str] = mapped_column(String(40), default="")
    employees: Mapped[int | None]
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="", index=True)
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(2), default=default_locale)
    state: Mapped[str] = mapped_column(String(12), default="lead")
    source: Mapped[str] = mapped_column(String(12), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    signed_up_at: Mapped[dt.datetime | None]
    asked_to_confirm_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[dt.datetime | None]
    waiting_since: Mapped[dt.datetime | None]
    accepted_cohort_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    offered_cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    offer_expires_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_token: Mapped[str] = mapped_column(String(300))
    calendar_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    allows_figures: Mapped[bool | None]
    allows_quotes: Mapped[bool | None]
    wants_invitations: Mapped[bool] = mapped_column(default=True)
    withdrawal_reason: Mapped[str] = mapped_column(String(12), default="")
    withdrawal_text: Mapped[str] = mapped_column(String(500), default="")
    details_before_sign_up: Mapped[dict[str, str | bool | None] | None] = mapped_column(JSON)

    project: Mapped[Project] = relationship(innerjoin=True)
    cohort: Mapped[Cohort | None] = relationship(foreign_keys=[cohort_id])
    offered_cohort: Mapped[Cohort | None] = relationship(foreign_keys=[offered_cohort_id])
    company: Mapped[Company | None] = relationship()

    @property
    def municipality(self) -> str:
        """Return the name of the municipality, or an empty text."""
        return municipality_name(self.municipality_number) if self.municipality_number else ""

    @property
    def has_confirmed_seat(self) -> bool:
        """True if the company has a seat that its contact person or the garden has confirmed."""
        return self.state == ParticipationState.SIGNED_UP and self.confirmed_at is not None

    @property
    def token(self) -> str:
        """Decrypted token of the link with which the contact person manages the participation. Raises SealError."""
        return keyring().unwrap(self.sealed_token, self._token_context).decode()

    @property
    def calendar_token(self) -> str:
        """Token of the calendar feed. It gives no access to the participation. Raises SealError."""
        return _calendar_token(self.token)

    @property
    def path(self) -> str:
        """Path of the page with which the contact person manages the participation. Raises SealError."""
        return f"/courses/seat/{self.token}"

    def renew_token(self) -> None:
        """Give the participation a new link, so that the former contact person's link stops working."""
        token = new_token()
        self.token_hash = token_hash(token)
        self.sealed_token = keyring().wrap(token.encode(), self._token_context)
        self.calendar_token_hash = token_hash(_calendar_token(token))

    def reseal_token(self) -> None:
        """Encrypt the token with the newest key. Raises SealError."""
        self.sealed_token = keyring().wrap(self.token.encode(), self._token_context)

    @property
    def _token_context(self) -> str:
        """Associated data of the encrypted token, so that it cannot be decrypted in another row."""
        return f"participation:{self.token_hash}"


def _calendar_token(token: str) -> str:
    return token_hash(f"calendar {token}")[:43]


class ParticipationEvent(Entity):
    """A transition of a participation, or a call that changes nothing. Rows are only added: figures as of an earlier date are counted from them."""

    __tablename__ = "participation_event"
    __export__ = {"user_id": exported("seats_changed", "at", "transition")}

    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participation.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    transition: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    reason: Mapped[str] = mapped_column(String(12), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
