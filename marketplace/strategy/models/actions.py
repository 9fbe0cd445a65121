"""Actions of a strategy, and the digital tools that a company uses."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import STRATEGY, exported
from marketplace.strategy.models.objectives import Objective


class Action(Entity):
    """An action of a strategy. `effect` and `effort` are 1 to 3; `performer` is who does it.

    `service_code` is a service of the taxonomy if a supplier does it. Costs are whole NOK without VAT. A removed action can
    be restored.
    """

    __tablename__ = "strategy_action"
    __table_args__ = (
        CheckConstraint("effect >= 1 AND effect <= 3", name="effect_in_range"),
        CheckConstraint("effort >= 1 AND effort <= 3", name="effort_in_range"),
    )
    __retention__ = {"what": STRATEGY}
    __audit_names__ = {
        "action": _("Action"),
        "action.create": _("Added an action to the plan"),
        "action.remove": _("Removed an action from the plan"),
        "action.restore": _("Restored an action of the plan"),
        "action.save": _("Changed an action of the plan"),
        "action.state": _("Changed the state of an action"),
    }

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(120))
    objective_id: Mapped[int | None] = mapped_column(
        ForeignKey("objective.id", ondelete="SET NULL"), index=True
    )
    performer: Mapped[str] = mapped_column(String(10))
    service_code: Mapped[str] = mapped_column(String(40), default="")
    channel: Mapped[str] = mapped_column(String(20), default="")
    effect: Mapped[int] = mapped_column(default=2)
    effort: Mapped[int] = mapped_column(default=2)
    own_hours: Mapped[int | None]
    cost_low_nok: Mapped[int | None]
    cost_high_nok: Mapped[int | None]
    start_on: Mapped[dt.date | None]
    due_on: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(String(8), default="planned")
    depends_on_id: Mapped[int | None] = mapped_column(ForeignKey("strategy_action.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    done_at: Mapped[dt.datetime | None]
    removed_at: Mapped[dt.datetime | None]

    objective: Mapped[Objective | None] = relationship()


class ToolUse(Entity):
    """A digital tool in the company's plan: `state` is "have", "learn", "in_use" or "drop"."""

    __tablename__ = "tool_use"
    __table_args__ = (UniqueConstraint("company_id", "tool_code"),)
    __audit_names__ = {
        "tool": _("Digital tool"),
        "tool.remove": _("Removed a digital tool"),
        "tool.save": _("Saved a digital tool"),
    }

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    tool_code: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    account_owner: Mapped[str] = mapped_column(String(60), default="")
    yearly_nok: Mapped[int | None]
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)


class ToolConfidence(Entity):
    """A company's confidence with a tool at a time, 0 to 4. Rows are only added, so that the first and the latest compare."""

    __tablename__ = "tool_confidence"
    __table_args__ = (CheckConstraint("value >= 0 AND value <= 4", name="confidence_in_range"),)
    __export__ = {"by_id": exported("tool_confidence_given", "at", "tool_code", "value")}

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    tool_code: Mapped[str] = mapped_column(String(40))
    value: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
