"""Measurable objectives of a company, and their measurements."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import STRATEGY, exported


class Objective(Entity):
    """A measurable objective. Values are in thousandths of the unit (`_milli`), so that decimals are exact.

    `baseline_milli` is None if the value today is unknown: it is never taken for zero. `indicator` is a code of the
    ready-made list, or "" for the company's own. `unit` is a code of `strategy.units`, or the company's own text.
    `audience` is the name of an audience in the strategy. Measurements remain when an objective is removed; it can be
    restored. `baseline_action_at` is when an action to measure the baseline was added, so that it is added once.
    """

    __tablename__ = "objective"
    __table_args__ = (CheckConstraint("direction IN ('up', 'down')", name="direction_known"),)
    __retention__ = {"text": STRATEGY}
    __audit_names__ = {
        "objective": _("Objective"),
        "objective.create": _("Added an objective"),
        "objective.remind": _("Reminded a company to measure an objective"),
        "objective.remove": _("Removed an objective"),
        "objective.restore": _("Restored an objective"),
        "objective.save": _("Changed an objective"),
    }

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    indicator: Mapped[str] = mapped_column(String(20), default="")
    indicator_name: Mapped[str] = mapped_column(String(80), default="")
    unit: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(4))
    baseline_milli: Mapped[int | None] = mapped_column(BigInteger)
    baseline_on: Mapped[dt.date | None]
    target_milli: Mapped[int] = mapped_column(BigInteger)
    target_on: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(80), default="")
    rhythm: Mapped[str] = mapped_column(String(10))
    audience: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    reminded_at: Mapped[dt.datetime | None]
    baseline_action_at: Mapped[dt.datetime | None]
    removed_at: Mapped[dt.datetime | None]

    measurements: Mapped[list["Measurement"]] = relationship(
        cascade="all, delete-orphan",
        order_by="[Measurement.measured_on, Measurement.id]",
        back_populates="objective",
    )


class Measurement(Entity):
    """A measured value of an objective. Rows are only added: a correction is a row that replaces another.

    A withdrawal is a row that replaces another, with the same value and `is_withdrawn`: then no value counts.

    For percentages of a count, `numerator` and `denominator` are stored beside the value. `origin` is "own", "garden" or
    "outcome" (answered about the job of a brief, whose reference is stored).
    """

    __tablename__ = "measurement"
    __export__ = {"by_id": exported("measurements_made", "measured_on", "value_milli", "source")}
    __audit_names__ = {
        "measurement": _("Measurement"),
        "measurement.correct": _("Corrected a measurement of an objective"),
        "measurement.create": _("Added a measurement of an objective"),
        "measurement.withdraw": _("Withdrew a measurement of an objective"),
    }

    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id", ondelete="CASCADE"), index=True)
    measured_on: Mapped[dt.date]
    value_milli: Mapped[int] = mapped_column(BigInteger)
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    origin: Mapped[str] = mapped_column(String(8), default="own")
    source: Mapped[str] = mapped_column(String(80), default="")
    brief_reference: Mapped[str] = mapped_column(String(12), default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("measurement.id"), unique=True)
    is_withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())

    objective: Mapped[Objective] = relationship(back_populates="measurements", innerjoin=True)
    by: Mapped[User] = relationship(innerjoin=True)
