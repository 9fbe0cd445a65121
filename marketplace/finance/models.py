"""Hours, funding sources, costs, participation fees and state aid. Rows are only added: a correction replaces a row.

Amounts are in minor units of their currency (øre, cent). Exchange rates are NOK per unit of the currency in
ten-thousandths (`rate_e4`), with the date of the rate.
"""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import exported
from marketplace.organisations.models import Company
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project, ProjectPlace


class HoursEntry(Entity):
    """Time that a person spent on a project in a month. A correction replaces the row and needs a new approval.

    `month` is the first day of the month. `minutes` is 0 for an entry that was made by mistake.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> user_id", name="approved_by_another"),
        Index("ix_hours_entry_project_month", "project_id", "month"),
    )
    __export__ = {
        "user_id": exported("hours_worked", "month", "activity", "minutes"),
        "recorded_by_id": exported("hours_recorded", "recorded_at", "month", "minutes"),
        "approved_by_id": exported("hours_approved", "approved_at", "month", "minutes"),
    }
    __audit_names__ = {
        "hours.approve": _("Approved hours"),
        "hours.remind": _("Reminded a person of hours"),
        "hours.record": _("Recorded hours"),
    }

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("project_place.id"))
    month: Mapped[dt.date]
    activity: Mapped[str] = mapped_column(String(12))
    minutes: Mapped[int]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[dt.datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("hours_entry.id"), unique=True)

    project: Mapped[Project] = relationship(innerjoin=True)
    user: Mapped[User] = relationship(foreign_keys=[user_id], innerjoin=True)
    place: Mapped[ProjectPlace | None] = relationship()


class FundingSource(Entity):
    """An agreed contribution to a project: public funds, participation fees, a bank, or own funds.

    `agreed_minor` is 0 for a source that was withdrawn.
    """

    __tablename__ = "funding_source"
    __table_args__ = (CheckConstraint("agreed_minor >= 0", name="agreed_not_negative"),)
    __export__ = {"by_id": exported("funding_recorded", "recorded_at", "kind", "name")}
    __audit_names__ = {
        "funding.record": _("Recorded funding of a project"),
    }

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    agreed_minor: Mapped[int] = mapped_column(BigInteger)
    rate_e4: Mapped[int | None] = mapped_column(BigInteger)
    rate_on: Mapped[dt.date | None]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("funding_source.id"), unique=True)


class MoneyEntry(Entity):
    """An income or a cost of a project, as booked in the garden's accounts.

    An income has the funding source that paid (`source_id` is the first row of that source); a cost has a category.
    `amount_minor` is 0 for an entry that was made by mistake.
    """

    __tablename__ = "money_entry"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("(source_id IS NULL) <> (category = '')", name="income_or_cost"),
        Index("ix_money_entry_project_booked", "project_id", "booked_on"),
    )
    __export__ = {"by_id": exported("money_recorded", "recorded_at", "booked_on", "reference")}
    __audit_names__ = {
        "money.record": _("Recorded an income or a cost"),
    }

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("funding_source.id"))
    category: Mapped[str] = mapped_column(String(12), default="")
    place_id: Mapped[int | None] = mapped_column(ForeignKey("project_place.id"))
    booked_on: Mapped[dt.date]
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    rate_e4: Mapped[int | None] = mapped_column(BigInteger)
    rate_on: Mapped[dt.date | None]
    reference: Mapped[str] = mapped_column(String(40), default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("money_entry.id"), unique=True)

    source: Mapped[FundingSource | None] = relationship()
    place: Mapped[ProjectPlace | None] = relationship()


class ParticipationFee(Entity):
    """The state of a company's participation fee from a day on: invoiced, paid or waived. The newest row counts.

    A row in the state `labels.NOT_NOTED` takes back what was noted before by mistake.
    """

    __tablename__ = "participation_fee"
    __table_args__ = (CheckConstraint("amount_ore >= 0", name="amount_not_negative"),)
    __export__ = {"by_id": exported("fees_recorded", "recorded_at", "state", "on")}
    __audit_names__ = {
        "fee.note": _("Noted the fee of a company"),
    }

    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participation.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(8))
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    participation: Mapped[Participation] = relationship(innerjoin=True)


class AidGrant(Entity):
    """State aid to a company: the value of what it receives without paying for it, and the legal basis.

    The organisation number, not the company's row, identifies the receiver: aid is added up over three years across projects.
    `amount_ore` is 0 for a grant that was recorded by mistake.
    """

    __tablename__ = "aid_grant"
    __table_args__ = (
        CheckConstraint("amount_ore >= 0", name="amount_not_negative"),
        Index("ix_aid_grant_number_granted", "organisation_number", "granted_on"),
    )
    __export__ = {"by_id": exported("aid_recorded", "recorded_at", "granted_on", "basis")}
    __audit_names__ = {
        "aid.record": _("Recorded state aid to a company"),
    }

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    organisation_number: Mapped[str] = mapped_column(String(9))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id", ondelete="SET NULL"))
    granted_on: Mapped[dt.date]
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(40), default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("aid_grant.id"), unique=True)

    project: Mapped[Project] = relationship(innerjoin=True)
    company: Mapped[Company | None] = relationship()
