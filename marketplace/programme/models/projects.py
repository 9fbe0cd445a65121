"""Projects, the gardens and people behind them, their places and cohorts."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Base, Entity
from marketplace.core.i18n import default_locale, lazy_gettext as _
from marketplace.core.personal_data import PROJECT, exported
from marketplace.core.places import municipality_name
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.limits import DEFAULT_SESSIONS_NEEDED, DEFAULT_TARGET_COMPANIES


class Project(Entity):
    """A programme run by one business garden, possibly with partner gardens.

    `ends_on` is None if the end is not decided. A company completes the course by attending `sessions_needed` sessions.
    `fee_nok` is what a company pays, excluding VAT: 0 if the course is free, None if it is not decided.
    """

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("target_companies > 0", name="target_positive"),
        CheckConstraint("sessions_needed > 0", name="sessions_positive"),
    )
    __retention__ = {"about": PROJECT, "name": PROJECT, "slug": PROJECT}
    __audit_names__ = {
        "project": _("Project"),
        "project.add_garden": _("Added a business garden to a project"),
        "project.close": _("Closed a project"),
        "project.create": _("Started a project"),
        "project.import": _("Imported companies into a project"),
        "project.remove_garden": _("Removed a business garden from a project"),
        "project.remove_person": _("Removed a person from a project"),
        "project.remove_place": _("Removed a place from a project"),
        "project.remind_plans": _("Reminded companies to complete their strategies before a project ends"),
        "project.reopen": _("Reopened a project"),
        "project.save": _("Changed a project"),
        "project.save_person": _("Gave a person a role in a project"),
        "project.save_place": _("Saved a place of a project"),
    }

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(2000), default="")
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    target_companies: Mapped[int] = mapped_column(default=DEFAULT_TARGET_COMPANIES)
    sessions_needed: Mapped[int] = mapped_column(default=DEFAULT_SESSIONS_NEEDED)
    locale: Mapped[str] = mapped_column(String(2), default=default_locale)
    currency: Mapped[str] = mapped_column(String(3), default="NOK")
    fee_nok: Mapped[int | None]
    is_sign_up_open: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[dt.datetime | None]

    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)

    @property
    def is_public(self) -> bool:
        """True if companies can sign up: the leader has opened the sign-up, and the project has not ended or been closed."""
        has_ended = self.ends_on is not None and self.ends_on < clock.today()
        return self.is_sign_up_open and self.closed_at is None and not has_ended


class ProjectGarden(Base):
    """A partner garden of a project. The owner garden has no row."""

    __tablename__ = "project_garden"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), primary_key=True, index=True)

    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)


class ProjectPlace(Entity):
    """A place where a project runs courses, with the garden responsible for it."""

    __tablename__ = "project_place"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    municipality_number: Mapped[str] = mapped_column(String(4))

    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)

    @property
    def municipality(self) -> str:
        """Return the name of the municipality."""
        return municipality_name(self.municipality_number)


class ProjectPerson(Entity):
    """A person with a role in a project: the leader, or the manager of one place.

    `percent` is the share of a full position. `until` is the last day in the role, or None if no end is decided.
    """

    __tablename__ = "project_person"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent_range"),)
    __export__ = {"user_id": exported("project_roles", "role", "percent", "since", "until")}

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(8))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("project_place.id", ondelete="CASCADE"))
    percent: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]

    user: Mapped[User] = relationship(innerjoin=True)
    place: Mapped[ProjectPlace | None] = relationship()


class Cohort(Entity):
    """A group of companies that attend the same course sessions at a place. `seats` counts companies."""

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
    )
    __audit_names__ = {
        "cohort": _("Cohort"),
        "cohort.cancel": _("Cancelled a cohort"),
        "cohort.save": _("Saved a cohort"),
        "cohort.plan": _("Planned the sessions of a cohort"),
    }

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    place_id: Mapped[int] = mapped_column(ForeignKey("project_place.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    seats: Mapped[int] = mapped_column(default=25)
    sign_up_until: Mapped[dt.date | None]
    cancelled_at: Mapped[dt.datetime | None]

    project: Mapped[Project] = relationship(innerjoin=True)
    place: Mapped[ProjectPlace] = relationship(innerjoin=True)
