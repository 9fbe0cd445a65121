"""Database models for the outcome of a job: questionnaires, the company's answers and the supplier's reply."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.personal_data import CLOSED_BRIEF, DECISION, exported


class Outcome(Entity):
    """An outcome questionnaire to the company: at handover, after 90 and after 365 days (`round`).

    `answered_at` is the time of the latest answer.
    """

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("brief_id", "round"),)

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    round: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[dt.date]
    answered_at: Mapped[dt.datetime | None]

    brief: Mapped[Brief] = relationship(innerjoin=True)
    answers: Mapped[list["OutcomeAnswer"]] = relationship(
        cascade="all, delete-orphan", order_by="OutcomeAnswer.id", back_populates="outcome"
    )
    reply: Mapped["OutcomeReply | None"] = relationship(cascade="all, delete-orphan")

    @property
    def latest(self) -> "OutcomeAnswer | None":
        """The answer that counts."""
        return self.answers[-1] if self.answers else None


class OutcomeAnswer(Entity):
    """The company's answer to an outcome questionnaire. All are stored unchanged; the latest one counts.

    Only the company reads `text`. `next_company` is also for the gardens that follow it. The rest is shown to others as
    far as the company agreed when it answered: the four choices to the supplier and in the figures on its page
    (`for_supplier`), the choices and what was measured to the gardens (`for_garden`), `next_company` to companies with
    a similar brief and to the supplier (`for_similar`). Answers from before these consents existed have none of them.
    Everybody reads `story` if `story_shown` is "named" or "unnamed"; it names the supplier after `supplier_named_at`.
    A garden that follows the company can remove it, and gives a reason; the same text cannot be shown again.
    """

    __tablename__ = "outcome_answer"
    __retention__ = {
        "next_company": CLOSED_BRIEF,
        "story": CLOSED_BRIEF,
        "story_removed_reason": CLOSED_BRIEF,
        "text": DECISION,
    }
    __export__ = {
        "answered_by_id": exported(
            "results_told",
            "answered_at",
            "on_time",
            "within_price",
            "goal_met",
            "order_again",
            "measured",
            "measured_on",
            "text",
            "next_company",
            "for_supplier",
            "for_garden",
            "for_similar",
            "story",
            "story_shown",
        )
    }

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"), index=True)
    answered_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    on_time: Mapped[str] = mapped_column(String(10))
    within_price: Mapped[str] = mapped_column(String(10))
    goal_met: Mapped[str] = mapped_column(String(10))
    order_again: Mapped[str] = mapped_column(String(10))
    measured: Mapped[str] = mapped_column(String(60), default="")
    measured_milli: Mapped[int | None] = mapped_column(BigInteger)
    measured_on: Mapped[dt.date | None]
    measurement_id: Mapped[int | None] = mapped_column(ForeignKey("measurement.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text, default="")
    next_company: Mapped[str] = mapped_column(Text, default="", server_default="")
    for_supplier: Mapped[bool] = mapped_column(default=False, server_default=false())
    for_garden: Mapped[bool] = mapped_column(default=False, server_default=false())
    for_similar: Mapped[bool] = mapped_column(default=False, server_default=false())
    story: Mapped[str] = mapped_column(Text, default="", server_default="")
    story_shown: Mapped[str] = mapped_column(String(10), default="", server_default="")
    supplier_named_at: Mapped[dt.datetime | None]
    story_removed_at: Mapped[dt.datetime | None]
    story_removed_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    outcome: Mapped[Outcome] = relationship(back_populates="answers", innerjoin=True)


class OutcomeReply(Entity):
    """The supplier's reply to the answers of one round: one for each, which it can change."""

    __tablename__ = "outcome_reply"
    __retention__ = {"text": CLOSED_BRIEF}
    __export__ = {"by_id": exported("replies_to_results", "written_at", "text")}

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
