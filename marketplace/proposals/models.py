"""Sealed proposals, their revisions, the company's evaluation, the award, and whether it worked.

What a supplier writes lies encrypted: see `core/sealing.py`. `content`, `submitted_content` and `supplier_reason` are
properties that open and close the seal.
"""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock, sealing
from marketplace.core.database import Base, keyring
from marketplace.suppliers.models import Supplier

_LARGEST_ID = 2**31 - 1


def random_id() -> int:
    """Return an id at random. Ids that count up would tell each bidder how many others there are."""
    return 1 + secrets.randbelow(_LARGEST_ID)


class Proposal(Base):
    """A supplier's answer to a brief; one per supplier and brief. States are in `lifecycle.py`.

    `content` is what the supplier is writing, `submitted_content` what counts. Nobody but the supplier may
    read either before the brief is opened. `supplier_reason` is the supplier's, for withdrawing or declining.
    `opened_at` is when the seal was broken; from then on the database refuses to change what was sent. `repeats`
    counts the supplier's other offers, opened by then, that said the same.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("brief_id", "supplier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    brief_version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    data_key: Mapped[str] = mapped_column(Text)
    sealed_content: Mapped[str] = mapped_column(Text)
    sealed_submission: Mapped[str | None] = mapped_column(Text)
    sealed_reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    outcome_code: Mapped[str] = mapped_column(String(30), default="")
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    outcome_good: Mapped[str] = mapped_column(Text, default="")
    outcome_seen_at: Mapped[dt.datetime | None]
    repeats: Mapped[int] = mapped_column(default=0, server_default="0")

    brief: Mapped[Brief] = relationship(innerjoin=True)
    brief_version: Mapped[BriefVersion] = relationship(innerjoin=True)
    supplier: Mapped[Supplier] = relationship(innerjoin=True)
    revisions: Mapped[list["ProposalRevision"]] = relationship(
        cascade="all, delete-orphan", order_by="ProposalRevision.number", back_populates="proposal"
    )
    evaluations: Mapped[list["Evaluation"]] = relationship(
        cascade="all, delete-orphan", back_populates="proposal"
    )

    def __init__(self, **values: Any) -> None:
        """Take plain values; what is under seal is sealed with a data key of the proposal's own."""
        self.id = values.pop("id", None) or random_id()
        self.data_key = sealing.new_data_key(keyring(), self.sealed_as)
        super().__init__(**{"content": {}} | values)

    @property
    def is_under_seal(self) -> bool:
        """Return True if no record that others read may tell of a change here."""
        return self.opened_at is None

    @property
    def sealed_as(self) -> str:
        """Return the name that all of the proposal's sealed texts are bound to."""
        return f"proposal:{self.id}"

    @property
    def is_erased(self) -> bool:
        """Return True if the key was thrown away, since the time for keeping the offer is over."""
        return not self.data_key

    def seal(self, part: str, value: Any) -> str:
        """Return a value under the proposal's seal."""
        return sealing.seal(keyring(), self.data_key, self.sealed_as, part, value)

    def unseal(self, part: str, box: str) -> Any:
        """Decrypt the sealed content of the proposal. Raises SealError."""
        return sealing.unseal(keyring(), self.data_key, self.sealed_as, part, box)

    @property
    def content(self) -> dict[str, Any]:
        """Return the supplier's current draft."""
        found: dict[str, Any] = {} if self.is_erased else self.unseal("content", self.sealed_content)
        return found

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        self.sealed_content = self.seal("content", value)

    @property
    def submitted_content(self) -> dict[str, Any] | None:
        """Return the submitted content, or None if nothing has been submitted."""
        if self.sealed_submission is None:
            return None
        found: dict[str, Any] = {} if self.is_erased else self.unseal("submission", self.sealed_submission)
        return found

    @submitted_content.setter
    def submitted_content(self, value: dict[str, Any] | None) -> None:
        self.sealed_submission = None if value is None else self.seal("submission", value)

    @property
    def supplier_reason(self) -> str:
        """Return why the supplier withdrew or declined."""
        return (
            str(self.unseal("reason", self.sealed_reason))
            if self.sealed_reason and not self.is_erased
            else ""
        )

    @supplier_reason.setter
    def supplier_reason(self, value: str) -> None:
        self.sealed_reason = self.seal("reason", value) if value else None

    def add_revision(self, content: dict[str, Any], at: dt.datetime, by_id: int | None) -> None:
        """Keep what is submitted, under the next number."""
        number = len(self.revisions) + 1
        sealed = self.seal(f"revision:{number}", content)
        self.revisions.append(
            ProposalRevision(number=number, sealed_content=sealed, submitted_at=at, submitted_by_id=by_id)
        )


class ProposalRevision(Base):
    """A proposal as it was submitted; all are kept, the last one counts."""

    __tablename__ = "proposal_revision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int]
    sealed_content: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[dt.datetime]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="revisions", innerjoin=True)

    @property
    def content(self) -> dict[str, Any]:
        """Return the submitted content."""
        gone = self.proposal.is_erased
        found: dict[str, Any] = (
            {} if gone else self.proposal.unseal(f"revision:{self.number}", self.sealed_content)
        )
        return found


class Evaluation(Base):
    """The company's score for one proposal on one criterion, 0 to 5, with a private note."""

    is_under_seal = True  # the audit log tells that scores were given, not which

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("proposal_id", "criterion"),
        CheckConstraint("score BETWEEN 0 AND 5", name="score_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[str] = mapped_column(String(20))
    score: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    proposal: Mapped[Proposal] = relationship(back_populates="evaluations", innerjoin=True)


class SealedEvent(Base):
    """An action of a supplier on its offer while the brief was open.

    It lies apart from the audit log, where an administrator would see it, and is moved there when the brief
    is opened. `brief_id` says which opening that is. Who did what and when is under the proposal's own seal.
    """

    __tablename__ = "sealed_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    sealed_content: Mapped[str] = mapped_column(Text)

    proposal: Mapped[Proposal] = relationship(innerjoin=True)

    @property
    def content(self) -> dict[str, Any]:
        """Return the act: action, actor_id, organisation_id, at."""
        found: dict[str, Any] = self.proposal.unseal("event", self.sealed_content)
        return found


class EmergencyAccess(Base):
    """An administrator's time-limited access to a brief's sealed content, with the reason. Rows are immutable."""

    __tablename__ = "broken_glass"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    until: Mapped[dt.datetime]

    brief: Mapped[Brief] = relationship()


class Award(Base):
    """The company's choice. The database lets a brief have one.

    `handover` holds the hand-over checklist by item: done, not_done or not_relevant.
    """

    __tablename__ = "award"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    agreed_price_nok: Mapped[int]
    start_on: Mapped[dt.date]
    awarded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    awarded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    delivered_at: Mapped[dt.datetime | None]
    handover: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    brief: Mapped[Brief] = relationship(innerjoin=True)
    proposal: Mapped[Proposal] = relationship(innerjoin=True)


class Outcome(Base):
    """Did it work? Answered by the company at hand-over, after 90 and after 365 days (`round`)."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("brief_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    round: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[dt.date]
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    on_time: Mapped[str] = mapped_column(String(10), default="")
    within_price: Mapped[str] = mapped_column(String(10), default="")
    goal_met: Mapped[str] = mapped_column(String(10), default="")
    order_again: Mapped[str] = mapped_column(String(10), default="")
    measured: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text, default="")

    brief: Mapped[Brief] = relationship(innerjoin=True)
