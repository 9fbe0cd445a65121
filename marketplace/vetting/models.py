"""Database models for vetting: applications, decisions, refusals, appeals, transfers and conflicts of interest."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import DECISION, REFUSED, exported
from marketplace.organisations.models import BusinessGarden
from marketplace.suppliers.models import Supplier


class Vetting(Entity):
    """The current state of a supplier's approval for one kind of service, which is a group of the taxonomy.

    `checklist` maps criterion codes to {"met": bool, "note": str}. States are defined in `rules.py`.
    """

    __tablename__ = "vetting"
    __table_args__ = (
        UniqueConstraint("supplier_id", "category"),
        Index("ix_vetting_state_category", "state", "category"),
    )
    __retention__ = {"checklist": DECISION, "reason": DECISION}
    __export__ = {"decided_by_id": exported("vettings_decided", "decided_at", "category", "state", "reason")}
    __audit_names__ = {
        "vetting": _("Application"),
        "vetting.appeal": _("Appealed against a refusal"),
        "vetting.appeal_grant": _("Granted an appeal"),
        "vetting.appeal_uphold": _("Upheld a refusal"),
        "vetting.approve": _("Approved a supplier"),
        "vetting.confirm_refusal": _("Confirmed a refusal"),
        "vetting.due": _("An approval must be reviewed"),
        "vetting.read": _("Reviewed an approval"),
        "vetting.overtake_refusal": _("A proposed refusal was replaced"),
        "vetting.pass_on_appeal": _("Passed an appeal on to another business garden"),
        "vetting.pass_on_refusal": _("Passed a refusal on to another business garden"),
        "vetting.propose_refusal": _("Proposed a refusal"),
        "vetting.refuse": _("Refused a supplier"),
        "vetting.reinstate": _("Lifted a suspension"),
        "vetting.remind": _("Reminded of an application"),
        "vetting.remind_of_appeal": _("Reminded of an appeal"),
        "vetting.remind_of_refusal": _("Reminded of a proposed refusal"),
        "vetting.ask": _("Asked a supplier for changes"),
        "vetting.return_refusal": _("Returned a proposed refusal"),
        "vetting.save_checklist": _("Saved a checklist without deciding"),
        "vetting.submit": _("Sent an application"),
        "vetting.suspend": _("Suspended a supplier"),
        "vetting.withdraw_refusal": _("Withdrew a proposed refusal"),
    }

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    category: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), default="submitted")
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    submitted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[dt.datetime | None]
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)

    supplier: Mapped[Supplier] = relationship(innerjoin=True)
    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)
    decided_by: Mapped[User | None] = relationship()
    decisions: Mapped[list["VettingDecision"]] = relationship(
        cascade="all, delete-orphan", order_by="VettingDecision.at", back_populates="vetting"
    )


class VettingDecision(Entity):
    """One step in a vetting's history. Rows are never changed."""

    __tablename__ = "vetting_decision"
    __retention__ = {"checklist": DECISION, "text": DECISION}
    __export__ = {"by_id": exported("vetting_steps", "at", "to_state", "text")}

    vetting_id: Mapped[int] = mapped_column(ForeignKey("vetting.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)

    vetting: Mapped[Vetting] = relationship(back_populates="decisions", innerjoin=True)
    by: Mapped[User | None] = relationship()


class Refusal(Entity):
    """A refusal proposed by one curator, with a checklist and a reason. It takes effect when a second curator confirms it.

    `garden_id` is the garden that vets the supplier. `second_garden_id` is another garden that is asked if nobody
    else in the first can confirm. States are proposed, confirmed, returned and withdrawn; a superseded proposal is
    withdrawn too.
    """

    __tablename__ = "refusal"
    __table_args__ = (
        Index(
            "uq_refusal_proposed",
            "vetting_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id OR state = 'withdrawn'",
            name="two_people",
        ),
    )
    __retention__ = {"answer": DECISION, "checklist": DECISION, "reason": DECISION}
    __export__ = {
        "proposed_by_id": exported("refusals_proposed", "proposed_at", "reason", "state"),
        "decided_by_id": exported("refusals_answered", "decided_at", "state", "answer"),
    }

    vetting_id: Mapped[int] = mapped_column(ForeignKey("vetting.id", ondelete="CASCADE"), index=True)
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    second_garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[dt.datetime | None]

    vetting: Mapped[Vetting] = relationship(innerjoin=True)
    garden: Mapped[BusinessGarden] = relationship(foreign_keys=[garden_id], innerjoin=True)
    second_garden: Mapped[BusinessGarden | None] = relationship(foreign_keys=[second_garden_id])
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id], innerjoin=True)
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Appeal(Entity):
    """A supplier's appeal against one refusal, decided by another garden.

    `from_garden_id` is the garden that refused. `garden_id` is the garden that decides, or null until one is
    available. States are waiting, granted and stands (the refusal is upheld).
    """

    __tablename__ = "appeal"
    __retention__ = {"reason": DECISION, "text": REFUSED}
    __export__ = {
        "appealed_by_id": exported("appeals_made", "appealed_at", "text", "state"),
        "decided_by_id": exported("appeals_answered", "decided_at", "state", "reason"),
    }

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("vetting_decision.id", ondelete="CASCADE"), unique=True
    )
    vetting_id: Mapped[int] = mapped_column(ForeignKey("vetting.id", ondelete="CASCADE"), index=True)
    from_garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    text: Mapped[str] = mapped_column(Text)
    appealed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    appealed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[dt.datetime | None]

    vetting: Mapped[Vetting] = relationship(innerjoin=True)
    decision: Mapped[VettingDecision] = relationship(innerjoin=True)
    from_garden: Mapped[BusinessGarden] = relationship(foreign_keys=[from_garden_id], innerjoin=True)
    garden: Mapped[BusinessGarden | None] = relationship(foreign_keys=[garden_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class ConflictOfInterest(Entity):
    """A connection to a supplier, declared by a person in a business garden. The person cannot decide about the supplier.

    Kinds are owner, board, family and paid. A conflict that has ended still counts for `rules.COOLING_OFF_DAYS` days.
    """

    __tablename__ = "supplier_tie"
    __table_args__ = (UniqueConstraint("user_id", "supplier_id"),)
    __export__ = {"user_id": exported("ties_stated", "kind")}

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    stated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[dt.datetime | None]

    supplier: Mapped[Supplier] = relationship(innerjoin=True)


class Transfer(Entity):
    """A supplier's transfer to another garden, requested by its present garden and accepted or declined by the other.

    States are asked, agreed, declined and withdrawn. A supplier has at most one open request.
    """

    __tablename__ = "supplier_move"
    __table_args__ = (
        Index(
            "uq_supplier_move_asked",
            "supplier_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
    __retention__ = {"reason": DECISION}
    __export__ = {
        "asked_by_id": exported("moves_asked_for", "asked_at", "reason", "state"),
        "answered_by_id": exported("moves_answered", "answered_at", "state"),
    }

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    from_garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    to_garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[dt.datetime | None]

    supplier: Mapped[Supplier] = relationship(innerjoin=True)
    from_garden: Mapped[BusinessGarden] = relationship(foreign_keys=[from_garden_id], innerjoin=True)
    to_garden: Mapped[BusinessGarden] = relationship(foreign_keys=[to_garden_id], innerjoin=True)
