"""Self-assessments of a company at the start, at the end and some months later."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.database import Base, Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import exported


class Assessment(Entity):
    """A company's self-assessment at one stage: "start", "end" or "later".

    `finished_at` is when the last page was saved for the first time. `data_version` is the version of the questions.
    `next_asked_at` is when the company was asked to take the next stage.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("company_id", "stage"),)
    __export__ = {"by_id": exported("self_assessments_begun", "stage", "begun_at", "finished_at")}
    __audit_names__ = {
        "assessment": _("Self-assessment"),
        "assessment.ask": _("Asked a company to take the self-assessment again"),
        "assessment.finish": _("Finished a self-assessment"),
        "assessment.remind_half_done": _("Reminded a company to finish the self-assessment"),
        "assessment.save": _("Saved answers of a self-assessment"),
    }

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    stage: Mapped[str] = mapped_column(String(5))
    data_version: Mapped[str] = mapped_column(String(10))
    begun_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[dt.datetime | None]
    next_asked_at: Mapped[dt.datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    answers: Mapped[list["AssessmentAnswer"]] = relationship(
        cascade="all, delete-orphan", order_by="AssessmentAnswer.code"
    )


class AssessmentAnswer(Base):
    """An answer to one question: `kind` is "answered" with a `value` from 0 to 4, "unknown" or "skipped"."""

    __tablename__ = "assessment_answer"
    __table_args__ = (
        CheckConstraint("value IS NULL OR (value >= 0 AND value <= 4)", name="value_in_range"),
        CheckConstraint("(kind = 'answered') = (value IS NOT NULL)", name="value_if_answered"),
    )

    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[int | None]
