"""Organisations, companies, business gardens and memberships. Suppliers extend `Organisation` in their own package."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import FACTS, REFUSED, exported, not_exported
from marketplace.core.places import Municipality, find_municipality, municipality_name
from marketplace.core.taxonomy import Sector, sectors

LEADER_ROLE = {"company": "owner", "supplier": "owner", "garden": "curator"}
"""The role that leads each kind of organisation: it may invite others, and at least one member always has it."""


class Organisation(Entity):
    """Common columns of companies, suppliers and business gardens, told apart by `kind`."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("kind", "organisation_number"),)

    kind: Mapped[str] = mapped_column(String(10), index=True)
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    organisation_number: Mapped[str | None] = mapped_column(String(9))
    municipality_number: Mapped[str] = mapped_column(String(4), index=True)
    website: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    __mapper_args__ = {"polymorphic_on": "kind"}
    __retention__ = {
        "about": REFUSED,
        "name": "public name of an organisation",
        "slug": "public name of an organisation",
        "website": "public address of an organisation",
    }
    __audit_names__ = {
        "organisation": _("Organisation"),
        "organisation.change_role": _("Changed a colleague's role"),
        "organisation.close": _("Closed a business garden"),
        "organisation.close_unused": _("Closed an organisation that nobody acts for"),
        "organisation.hand_over": _(
            "Gave a member full rights, because the only person with full rights was erased"
        ),
        "organisation.invite_colleague": _("Invited a colleague"),
        "organisation.join": _("Joined an organisation"),
        "organisation.open": _("Reopened a business garden"),
        "organisation.remove_colleague": _("Removed a colleague"),
        "organisation.withdraw_invitation": _("Withdrew an invitation"),
    }

    @property
    def municipality(self) -> Municipality | None:
        """Return the municipality of the organisation's seat."""
        return find_municipality(self.municipality_number)

    @property
    def place(self) -> str:
        """Return the name of the municipality."""
        return municipality_name(self.municipality_number)


class BusinessGarden(Organisation):
    """A business garden (næringshage): vets suppliers and helps companies in its municipalities.

    The settings `reviews_…` select the briefs that the garden reads before suppliers see them, among those of the
    companies that it follows.
    """

    __tablename__ = "business_garden"
    __mapper_args__ = {"polymorphic_identity": "garden"}
    __retention__ = {"covered_municipalities": FACTS, "email": "public contact address of a business garden"}
    __audit_names__ = {
        "garden.save": _("Saved a business garden"),
        "garden.save_reviews": _("Changed which briefs the business garden reads first"),
    }

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    covered_municipalities: Mapped[list[str]] = mapped_column(default=list)
    reviews_first_brief: Mapped[bool] = mapped_column(default=True, server_default=true())
    reviews_unsure: Mapped[bool] = mapped_column(default=True, server_default=true())
    reviews_no_budget: Mapped[bool] = mapped_column(default=True, server_default=true())


class Company(Organisation):
    """A company that buys services. `garden_id` is the garden that covers its municipality.

    Which gardens may see and help it is decided by `followers`, never by `garden_id`. `known_at` is when a business garden first confirmed that the company is genuine, or None.
    """

    __tablename__ = "company"
    __mapper_args__ = {"polymorphic_identity": "company"}
    __audit_names__ = {
        "company.follow": _("A business garden began to follow a company"),
        "company.change": _("Changed the company's details"),
        "company.known": _("Confirmed that the company is known"),
        "company.register": _("Registered a company"),
        "company.stop_following": _("A business garden stopped following a company"),
    }

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"), index=True)
    sector_code: Mapped[str] = mapped_column(String(40))
    employees: Mapped[int | None]
    known_at: Mapped[dt.datetime | None]

    garden: Mapped[BusinessGarden | None] = relationship(foreign_keys=[garden_id])
    followers: Mapped[list["CompanyFollower"]] = relationship(
        order_by="CompanyFollower.id", back_populates="company"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        primaryjoin="foreign(Membership.organisation_id) == Company.id", viewonly=True
    )

    @property
    def following_gardens(self) -> list[BusinessGarden]:
        """Return the open gardens that follow the company, without duplicates, earliest follower first."""
        current = {row.garden_id: row.garden for row in self.followers if row.until is None}
        return [garden for garden in current.values() if garden.is_active]

    @property
    def is_known(self) -> bool:
        """True if a business garden has confirmed that the company is genuine."""
        return self.known_at is not None

    @property
    def sector(self) -> Sector | None:
        """Return the sector from the taxonomy."""
        return sectors().get(self.sector_code)


AREA, COHORT, ASKED = "area", "cohort", "asked"
"""Reasons why a garden follows a company: it covers the municipality, runs a course of the company, or was asked to."""


class CompanyFollower(Entity):
    """A business garden's right to see and help a company, for one reason. The right has ended if `until` is set.

    Following again for the same reason uses the same row; the audit log has the history.
    """

    __tablename__ = "company_follower"
    __table_args__ = (UniqueConstraint("company_id", "garden_id", "why"),)

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    why: Mapped[str] = mapped_column(String(10))
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)
    until: Mapped[dt.datetime | None]

    company: Mapped[Company] = relationship(back_populates="followers", innerjoin=True)
    garden: Mapped[BusinessGarden] = relationship(innerjoin=True, lazy="joined")


class Membership(Entity):
    """A user's right to act for an organisation.

    Roles: owner and member in companies and suppliers, curator and adviser in business gardens.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)
    __export__ = {
        "user_id": not_exported("exported with the organisation's name, see `export_personal_data`")
    }

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship(innerjoin=True)
    organisation: Mapped[Organisation] = relationship(innerjoin=True)


class ColleagueInvitation(Entity):
    """An e-mailed invitation to act for an organisation. Only the hash of its token is stored."""

    __tablename__ = "colleague_invitation"
    __retention__ = {
        "email": "deleted 30 days after expiry: delete_expired; if accepted, anonymized with the account"
    }
    __export__ = {"invited_by_id": exported("colleagues_invited", "created_at", "role")}
    __audit_names__ = {
        "invitation.decline": _("Declined an invitation"),
        "invitation.withdraw": _("Withdrew an invitation that a business garden had added"),
        "invitation.reconsider": _("Undid the decline of an invitation"),
    }

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(10))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]

    organisation: Mapped[Organisation] = relationship(innerjoin=True)
    invited_by: Mapped[User] = relationship(innerjoin=True)
