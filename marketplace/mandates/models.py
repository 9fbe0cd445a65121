"""Mandates that companies give to business gardens, and requests for an owner's confirmation of an act."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import MANDATE, exported, not_exported
from marketplace.mandates.limits import MAX_TEXT
from marketplace.mandates.rules import MandateState, mandate_state
from marketplace.organisations.models import BusinessGarden, Company


class Mandate(Entity):
    """A company's permission for a business garden to write its briefs and plan, up to and including `until`.

    With `reads_offers` the garden may also read opened offers and prepare the choice.
    `warned_at` is when company and garden were reminded of the end, `ended_at` when they were notified that it has passed.
    """

    __tablename__ = "mandate"
    __table_args__ = (Index("ix_mandate_company", "company_id", "garden_id"),)
    __export__ = {
        "given_by_id": exported("mandates_given", "given_at", "until"),
        "withdrawn_by_id": exported("mandates_withdrawn", "withdrawn_at"),
    }
    __audit_names__ = {
        "mandate": _("Permission to write for a company"),
        "mandate.ask": _("Asked to write for a company"),
        "mandate.delete": _("Deleted an old permission to write for a company"),
        "mandate.end": _("The permission to write for a company ended"),
        "mandate.extend": _("Changed how long, or what, a business garden may do for the company"),
        "mandate.give": _("Let a business garden write for the company"),
        "mandate.start": _("Began to write for a company"),
        "mandate.stop": _("Stopped writing for a company"),
        "mandate.warn": _("Reminded that the permission to write for a company ends"),
        "mandate.withdraw": _("Ended a business garden's permission to write for the company"),
    }

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    given_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    until: Mapped[dt.date]
    reads_offers: Mapped[bool] = mapped_column(default=False, server_default=false())
    warned_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    company: Mapped[Company] = relationship(innerjoin=True)
    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)

    @property
    def state(self) -> MandateState:
        """State by the dates of the mandate. Other conditions of writing are in `queries.acting`."""
        return mandate_state(self.until, self.withdrawn_at, clock.today())

    @property
    def is_active(self) -> bool:
        """True if the mandate is neither ended nor withdrawn."""
        return self.state is MandateState.ACTIVE

    @property
    def is_followed(self) -> bool:
        """True if the garden still follows the company. Otherwise it cannot write, nor see the page of the company."""
        return self.company.is_active and self.garden in self.company.following_gardens


class Confirmation(Entity):
    """An act that an adviser has prepared for a company, and the answer of an owner.

    `reference` identifies the object. `revision` is its revision when the owners were asked: a later change makes the
    confirmation void. `text` and `details` are the values that the adviser entered. `outcome` is a `rules.Outcome`, or
    empty without an answer.
    """

    __tablename__ = "confirmation"
    __table_args__ = (Index("ix_confirmation_object", "act", "reference"),)
    __retention__ = {"decline_reason": MANDATE, "details": MANDATE, "text": MANDATE}
    __export__ = {
        "asked_by_id": exported("confirmations_asked_for", "asked_at", "act", "reference", "text"),
        "confirmed_by_id": exported("acts_confirmed", "confirmed_at", "act", "reference"),
        "declined_by_id": exported("acts_declined", "declined_at", "act", "reference", "decline_reason"),
    }
    __audit_names__ = {
        "confirmation": _("Confirmation"),
        "confirmation.ask": _("Asked an owner to confirm"),
        "confirmation.confirm": _("Confirmed what the business garden prepared"),
        "confirmation.decline": _("Did not confirm what the business garden prepared"),
        "confirmation.void": _("A confirmation no longer applied"),
    }

    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(String(MAX_TEXT), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    declined_at: Mapped[dt.datetime | None]
    declined_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decline_reason: Mapped[str] = mapped_column(String(MAX_TEXT), default="")
    outcome: Mapped[str] = mapped_column(String(10), default="", index=True)

    mandate: Mapped[Mandate] = relationship(innerjoin=True)
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    declined_by: Mapped[User | None] = relationship(foreign_keys=[declined_by_id])

    @property
    def is_open(self) -> bool:
        """True if an owner can still answer."""
        return not self.outcome and clock.now() < self.expires_at


class ConfirmationLink(Entity):
    """An e-mailed link through which one owner answers a confirmation. Only the hash of its token is stored."""

    __tablename__ = "confirmation_link"
    __export__ = {
        "user_id": not_exported("hashes of tokens; the answers are exported as acts confirmed and declined")
    }

    confirmation_id: Mapped[int] = mapped_column(
        ForeignKey("confirmation.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)

    confirmation: Mapped[Confirmation] = relationship(innerjoin=True)
    user: Mapped[User] = relationship(innerjoin=True)
