"""Database models for scoring by several people: each person's own scores, before the company agrees on one set."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.personal_data import CLOSED_BRIEF, exported


class ScoreSheet(Entity):
    """One person's part in scoring the offers for a brief.

    All sheets of a brief get the same `closed_at`: from then on the company sees all of them, and none can change.
    """

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("brief_id", "user_id"),)
    __export__ = {"user_id": exported("own_scores_begun", "begun_at", "finished_at")}

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(innerjoin=True)


class IndividualScore(Entity):
    """One person's score for one proposal on one criterion, 0 to 5 or none yet, with a note."""

    is_under_seal = True  # the audit log records that scores were given, not which

    __tablename__ = "individual_score"
    __table_args__ = (
        UniqueConstraint("proposal_id", "criterion", "user_id"),
        CheckConstraint("score BETWEEN 0 AND 5", name="score_range"),
    )
    __retention__ = {"note": CLOSED_BRIEF}
    __export__ = {"user_id": exported("own_scores_given", "at", "criterion", "score", "note")}

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
