"""Database models of briefs, their published versions, reviews and clarification questions."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Base, Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import CLOSED_BRIEF, DECISION, FACTS, exported
from marketplace.organisations.models import Company
from marketplace.suppliers.models import Supplier


class Brief(Entity):
    """A company's brief. `answers` is keyed by the guide's question codes; states are defined in `lifecycle.py`.

    `revision` increases with each save. Whether a published brief is open or being evaluated is derived from `deadline`
    and never stored. `action_id` is the action of the plan that the brief was made from, `objective_id` the objective that
    it serves.
    """

    __tablename__ = "brief"
    __table_args__ = (Index("ix_brief_state_deadline", "state", "deadline"),)
    __retention__ = {
        "answers": CLOSED_BRIEF,
        "closed_reason": CLOSED_BRIEF,
        "confirmed_topics": FACTS,
        "title": "kept: names the brief in statistics and in the audit log",
    }
    __export__ = {"created_by_id": exported("briefs_begun", "reference", "title", "created_at")}
    __audit_names__ = {
        "brief": _("Brief"),
        "brief.accept_outside": _("Used an invitation sent by e-mail"),
        "brief.add_file": _("Added a file to a brief"),
        "brief.amend": _("Changed a published brief"),
        "brief.answer_first": _("Answered a first publication"),
        "brief.answer_review": _("Gave comments on a draft"),
        "brief.ask": _("Asked how a job went"),
        "brief.ask_to_use_outside": _("Asked to use an invitation sent to another address"),
        "brief.ask_review": _("Asked for comments on a draft"),
        "brief.award": _("Chose an offer"),
        "brief.choose_nobody": _("Chose no offer"),
        "brief.copy": _("Copied a brief"),
        "brief.create": _("Started a brief"),
        "brief.delete": _("Deleted a draft"),
        "brief.deliver": _("Reported a job as delivered"),
        "brief.drop_change": _("Discarded a change to a brief"),
        "brief.erase": _("Erased a brief"),
        "brief.erase_texts": _("Erased the texts of an old brief"),
        "brief.extend": _("Extended the deadline"),
        "brief.extend_without_offers": _("Extended the deadline, because no offers came"),
        "brief.garden_told": _("Notified the business garden of a late decision"),
        "brief.alert": _("Sent alerts about a new brief"),
        "brief.choose_early": _("Chose whom to invite when the brief opens"),
        "brief.invite": _("Invited a supplier"),
        "brief.invite_outside": _("Invited a supplier by e-mail"),
        "brief.lapse": _("A brief lapsed without a decision"),
        "brief.open_early": _("Opened the offers early"),
        "brief.open_early_refused": _("Tried to open the offers early"),
        "brief.opened": _("The offers were opened"),
        "brief.outcome": _("Reported the outcome of a job"),
        "brief.story_removed": _("Removed a company's story about a job"),
        "brief.story_stopped": _("Stopped showing a story about a job"),
        "brief.story_supplier_named": _("Agreed to be named in a company's story"),
        "brief.story_supplier_unnamed": _("Withdrew the consent to be named in a company's story"),
        "brief.outcome_reply": _("Replied to answers about a job"),
        "brief.outcome_reply_removed": _("Removed a reply to answers about a job"),
        "brief.handover": _("Changed the handover list"),
        "brief.outside_late": _("An invitation by e-mail expired"),
        "brief.publish": _("Published a brief"),
        "brief.pull_back": _("Withdrew a draft from review"),
        "brief.rank": _("Suppliers were ranked"),
        "brief.remind": _("Reminded of a decision"),
        "brief.remind_review": _("Reminded of a draft without an answer"),
        "brief.remove_file": _("Removed a file from a brief"),
        "brief.reopen": _("Reopened the decision"),
        "brief.restore": _("Restored a draft"),
        "brief.save": _("Saved a draft"),
        "brief.score": _("Saved shared scores"),
        "brief.score_alone": _("Saved individual scores"),
        "brief.score_closed": _("Closed the individual scoring"),
        "brief.score_finished": _("Finished individual scores"),
        "brief.score_reopened": _("Reopened individual scores"),
        "brief.score_round_reopened": _("Reopened the individual scoring"),
        "brief.open_again": _("Opened a paused brief again"),
        "brief.pause": _("Paused a first brief"),
        "brief.pause_refused": _("Tried to pause a first brief"),
        "brief.submit": _("Sent a first brief to the business garden"),
        "brief.terminate": _("Ended a job early"),
        "brief.withdraw": _("Withdrew a brief"),
        "brief.suggest": _("Added an invited supplier to a company's brief"),
    }

    reference: Mapped[str] = mapped_column(String(12), unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    guide_version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(120), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    confirmed_topics: Mapped[list[str]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=1)
    open_door: Mapped[bool] = mapped_column(default=True)
    """True if all approved suppliers of the categories may answer, not only the invited ones."""
    name_hidden: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    published_at: Mapped[dt.datetime | None]
    deadline: Mapped[dt.datetime | None]
    question_deadline: Mapped[dt.datetime | None]
    opened_early_at: Mapped[dt.datetime | None]
    extensions: Mapped[int] = mapped_column(default=0)
    alerted_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    deleted_at: Mapped[dt.datetime | None]
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("brief.id"))
    action_id: Mapped[int | None] = mapped_column(
        ForeignKey("strategy_action.id", ondelete="SET NULL"), index=True
    )
    objective_id: Mapped[int | None] = mapped_column(
        ForeignKey("objective.id", ondelete="SET NULL"), index=True
    )

    company: Mapped[Company] = relationship(innerjoin=True)
    services: Mapped[list["BriefService"]] = relationship(
        cascade="all, delete-orphan", order_by="BriefService.code"
    )
    versions: Mapped[list["BriefVersion"]] = relationship(
        cascade="all, delete-orphan", order_by="BriefVersion.number", back_populates="brief"
    )
    reviews: Mapped[list["BriefReview"]] = relationship(
        cascade="all, delete-orphan", order_by="BriefReview.asked_at", back_populates="brief"
    )
    questions: Mapped[list["ClarificationQuestion"]] = relationship(
        cascade="all, delete-orphan", order_by="ClarificationQuestion.asked_at", back_populates="brief"
    )

    @property
    def opened_unchecked(self) -> bool:
        """True if the brief opened automatically, and no garden has checked the company since."""
        return bool(self.reviews) and self.reviews[-1].verdict == "opened" and not self.company.is_known

    @property
    def was_closed_by_garden(self) -> bool:
        """True if a garden closed the brief after a pause; only a brief that opened automatically can be paused."""
        verdicts = [review.verdict for review in self.reviews]
        return verdicts[-2:] in (["opened", "changes"], ["opened", "refused"])


class BriefService(Base):
    """A service requested by a published brief, matched against the categories of suppliers."""

    __tablename__ = "brief_service"

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    category: Mapped[str] = mapped_column(String(10), index=True)


class BriefVersion(Entity):
    """A published version of a brief. Never changes. `quality` is the coach's score, 0 to 100, at publication."""

    __tablename__ = "brief_version"
    __table_args__ = (UniqueConstraint("brief_id", "number"),)
    __retention__ = {
        "answers": CLOSED_BRIEF,
        "title": "kept: names the brief in statistics and in the audit log",
    }
    __export__ = {"published_by_id": exported("briefs_published", "number", "title", "published_at")}

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"))
    number: Mapped[int]
    guide_version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    answers: Mapped[dict[str, Any]]
    published_at: Mapped[dt.datetime]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    quality: Mapped[int | None]

    brief: Mapped[Brief] = relationship(back_populates="versions", innerjoin=True)


class BriefReview(Entity):
    """A request for review of a draft or of a company's first publication, and the garden's answer.

    `verdict` is "ok", "changes" or, for a first publication, "refused" or "opened" (by the scheduled job). `opens_at` is
    when a first publication opens unless it is answered before; None if it waits for an answer. `reasons` are the codes of
    `review_reasons` that apply; a company that the garden does not know is a reason without a code. `chosen_suppliers`
    are the ids of the suppliers that the company has chosen to invite when the brief opens.
    """

    __tablename__ = "brief_review"
    __retention__ = {
        "chosen_suppliers": FACTS,
        "comment": DECISION,
        "message": DECISION,
        "reasons": FACTS,
        "topic_comments": DECISION,
    }
    __export__ = {
        "asked_by_id": exported("advice_asked_for", "asked_at", "message"),
        "answered_by_id": exported("advice_given", "answered_at", "verdict", "comment"),
    }

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    message: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    opens_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    reasons: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    chosen_suppliers: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    verdict: Mapped[str | None] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    topic_comments: Mapped[dict[str, Any]] = mapped_column(default=dict)

    brief: Mapped[Brief] = relationship(back_populates="reviews", innerjoin=True)
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], innerjoin=True)
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])


class ClarificationQuestion(Entity):
    """A supplier's question about an open brief. `text` is private to the asker; `public_text` is visible to all readers.

    `answered_by_garden_id` is the business garden that answered for the company through a mandate, else None.
    """

    __tablename__ = "clarification_question"
    __retention__ = {"answer": CLOSED_BRIEF, "public_text": CLOSED_BRIEF, "text": CLOSED_BRIEF}
    __export__ = {
        "asked_by_id": exported("questions_asked", "asked_at", "text"),
        "answered_by_id": exported("questions_answered", "answered_at", "answer"),
    }
    __audit_names__ = {
        "question": _("Question"),
        "question.answer": _("Answered a question"),
        "question.ask": _("Asked a question"),
        "question.reject": _("Rejected a question"),
        "question.remind": _("Reminded of a question"),
    }

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    text: Mapped[str] = mapped_column(Text)
    public_text: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_by_garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"))

    brief: Mapped[Brief] = relationship(back_populates="questions", innerjoin=True)
    supplier: Mapped[Supplier] = relationship(innerjoin=True)
