"""The strategy of a company: its document, versions, comments and reviews."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import default_locale, lazy_gettext as _
from marketplace.core.personal_data import STRATEGY, exported
from marketplace.organisations.models import BusinessGarden, Company


class Strategy(Entity):
    """The strategy of a company. `content` holds its sections as `strategy.content` defines them.

    Objectives and actions are rows of their own, because briefs and measurements refer to them. `started_at` and
    `completed_at` are set the first time the strategy counts as started or complete, and never cleared. The followers of
    the company may read it while `shared_at` is set.
    """

    __tablename__ = "strategy"
    __retention__ = {"content": STRATEGY}
    __export__ = {"updated_by_id": exported("strategies_saved", "updated_at", "content")}
    __audit_names__ = {
        "strategy": _("Digital strategy"),
        "strategy.answer_review": _("Answered about a strategy"),
        "strategy.ask_review": _("Asked for a review of the strategy"),
        "strategy.comment": _("Commented on a strategy"),
        "strategy.delete": _("Deleted the strategy"),
        "strategy.remind_half_done": _("Reminded a company to continue with its strategy"),
        "strategy.remind_review": _("Reminded a company to go through its plan"),
        "strategy.resolve_comment": _("Resolved a comment on a strategy"),
        "strategy.restore": _("Restored an earlier version of the strategy"),
        "strategy.save": _("Saved a section of the strategy"),
        "strategy.set_language": _("Chose the language of the strategy"),
        "strategy.share": _("Shared the strategy with the business garden"),
        "strategy.stop_sharing": _("Stopped sharing the strategy"),
    }

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), unique=True)
    language: Mapped[str] = mapped_column(String(2), default=default_locale)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    shared_at: Mapped[dt.datetime | None]

    company: Mapped[Company] = relationship(innerjoin=True)
    versions: Mapped[list["StrategyVersion"]] = relationship(
        cascade="all, delete-orphan", order_by="StrategyVersion.number", back_populates="strategy"
    )


class StrategyVersion(Entity):
    """A snapshot of a strategy with its objectives and actions, one for each editing session.

    The newest version is overwritten while the same user continues within half an hour, so that an editing session gives one
    version. `saved_by_garden` is the business garden that wrote for the company, None for its own members.
    `reason` is "saved", "complete" (first time), "restored", or "asked" once the company has asked for a review.
    """

    __tablename__ = "strategy_version"
    __table_args__ = (UniqueConstraint("strategy_id", "number"),)
    __retention__ = {"content": STRATEGY}
    __export__ = {"saved_by_id": exported("strategy_versions_saved", "number", "saved_at", "reason")}

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    begun_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    saved_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    saved_by_garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"))
    reason: Mapped[str] = mapped_column(String(10))

    strategy: Mapped[Strategy] = relationship(back_populates="versions", innerjoin=True)
    saved_by: Mapped[User] = relationship(innerjoin=True)
    saved_by_garden: Mapped[BusinessGarden | None] = relationship(foreign_keys=[saved_by_garden_id])


class StrategyComment(Entity):
    """A comment on a section of a strategy, by the company or a garden that it is shared with.

    `by_garden` is the business garden that wrote for the company through a mandate, else None.
    """

    __tablename__ = "strategy_comment"
    __retention__ = {"text": STRATEGY}
    __export__ = {"by_id": exported("strategy_comments", "at", "section", "text")}

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    by_garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"))
    resolved_at: Mapped[dt.datetime | None]

    by: Mapped[User] = relationship(innerjoin=True)
    by_garden: Mapped[BusinessGarden | None] = relationship(foreign_keys=[by_garden_id])


class StrategyReview(Entity):
    """A request for review of one version by the company's garden, and its answer: `verdict` "ok" or "changes"."""

    __tablename__ = "strategy_review"
    __retention__ = {"message": STRATEGY, "text": STRATEGY}
    __export__ = {
        "asked_by_id": exported("strategy_reviews_asked_for", "asked_at", "message"),
        "answered_by_id": exported("strategy_reviews_given", "answered_at", "verdict", "text"),
    }

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("strategy_version.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verdict: Mapped[str] = mapped_column(String(8), default="")
    text: Mapped[str] = mapped_column(Text, default="")

    version: Mapped[StrategyVersion] = relationship(innerjoin=True)
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], innerjoin=True)
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
