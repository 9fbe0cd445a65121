"""Sealed proposals, their revisions, the company's evaluation, the award, and whether it worked."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.suppliers.models import Supplier


class Proposal(Base):
    """A supplier's answer to a brief; one per supplier and brief. States are in `lifecycle.py`.

    `content` is what the supplier is writing, `submitted_content` what counts. Nobody but the supplier may
    read either before the brief is opened. `own_reason` is the supplier's, for withdrawing or declining.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("brief_id", "supplier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    brief_version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    submitted_content: Mapped[dict[str, Any] | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    outcome_code: Mapped[str] = mapped_column(String(30), default="")
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    outcome_good: Mapped[str] = mapped_column(Text, default="")
    outcome_seen_at: Mapped[dt.datetime | None]
    own_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    brief: Mapped[Brief] = relationship()
    brief_version: Mapped[BriefVersion] = relationship()
    supplier: Mapped[Supplier] = relationship()
    revisions: Mapped[list["ProposalRevision"]] = relationship(
        cascade="all, delete-orphan", order_by="ProposalRevision.number", back_populates="proposal"
    )
    evaluations: Mapped[list["Evaluation"]] = relationship(
        cascade="all, delete-orphan", back_populates="proposal"
    )


class ProposalRevision(Base):
    """A proposal as it was submitted; all are kept, the last one counts."""

    __tablename__ = "proposal_revision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    submitted_at: Mapped[dt.datetime]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="revisions")


class Evaluation(Base):
    """The company's score for one proposal on one criterion, 0 to 5, with a private note."""

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

    proposal: Mapped[Proposal] = relationship(back_populates="evaluations")


class SealedEvent(Base):
    """What a supplier did with a proposal while the brief was open.

    It lies apart from the audit log, where an administrator would see it, and is moved there when the brief
    is opened. `brief_id` says which opening that is.
    """

    __tablename__ = "sealed_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))


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

    brief: Mapped[Brief] = relationship()
    proposal: Mapped[Proposal] = relationship()


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

    brief: Mapped[Brief] = relationship()
