"""What more than one has a say in: a refusal that two curators stand behind, and an appeal to another garden."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.organisations.models import BusinessGarden
from marketplace.suppliers.models import Vetting, VettingDecision


class Refusal(Base):
    """A refusal that a curator has proposed, with reasons per criterion; it counts when a second one confirms it.

    `garden_id` is the garden whose application it is; `second_garden_id` is the one that is asked where nobody else
    there can confirm. States are proposed, confirmed, returned, and withdrawn, which also says that it was overtaken.
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

    id: Mapped[int] = mapped_column(primary_key=True)
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


class Appeal(Base):
    """A refused supplier's words to another garden about one refusal: the step in the history that it is against.

    `from_garden_id` is the garden that refused, `garden_id` the one that looks; it is empty while no garden can.
    States are waiting, granted and stands.
    """

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
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
    appealed_by: Mapped[User] = relationship(foreign_keys=[appealed_by_id], innerjoin=True)
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
