"""Database models for suppliers: profile, services, sectors, areas, languages and case studies."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.database import Base, Entity
from marketplace.core.i18n import default_locale, lazy_gettext as _
from marketplace.core.personal_data import OWN_PROFILE, REFUSED
from marketplace.files.models import StoredFile
from marketplace.organisations.models import BusinessGarden, Organisation


class Supplier(Organisation):
    """An agency, photographer or freelancer. `about` is the profile text; prices are NOK excluding VAT.

    `version` is incremented with each change that the ranking can see, to invalidate indexes.
    """

    __tablename__ = "supplier"
    __mapper_args__ = {"polymorphic_identity": "supplier"}
    __retention__ = {"contact_email": REFUSED, "contact_name": REFUSED}
    __audit_names__ = {
        "supplier.apply": _("Applied for approval"),
        "supplier.ask_to_move": _("Asked to move a supplier"),
        "supplier.change": _("Changed the supplier's profile"),
        "supplier.decline_move": _("Declined to take over a supplier"),
        "supplier.end_tie": _("Ended a connection to a supplier"),
        "supplier.erase": _("Erased a supplier"),
        "supplier.jump": _("A profile change waits for a curator"),
        "supplier.move": _("Moved a supplier to another business garden"),
        "supplier.pause": _("Paused the supplier's profile"),
        "supplier.resume": _("Ended the pause of the supplier's profile"),
        "supplier.state_tie": _("Stated a connection to a supplier"),
        "supplier.withdraw_move": _("Withdrew a request to move a supplier"),
    }

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"), index=True)
    text_locale: Mapped[str] = mapped_column(String(2), default=default_locale)
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    employees: Mapped[int | None]
    remote: Mapped[bool] = mapped_column(default=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    price_from_nok: Mapped[int | None]
    next_start: Mapped[dt.date | None]
    paused_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now, index=True)

    garden: Mapped[BusinessGarden | None] = relationship(foreign_keys=[garden_id])
    services: Mapped[list["SupplierService"]] = relationship(
        cascade="all, delete-orphan", order_by="SupplierService.code"
    )
    sectors: Mapped[list["SupplierSector"]] = relationship(
        cascade="all, delete-orphan", order_by="SupplierSector.code"
    )
    areas: Mapped[list["SupplierArea"]] = relationship(
        cascade="all, delete-orphan", order_by="SupplierArea.municipality_number"
    )
    languages: Mapped[list["SupplierLanguage"]] = relationship(
        cascade="all, delete-orphan", order_by="SupplierLanguage.code"
    )
    cases: Mapped[list["CaseStudy"]] = relationship(
        cascade="all, delete-orphan",
        order_by="CaseStudy.year.desc(), CaseStudy.id",
        back_populates="supplier",
    )
    held: Mapped["HeldChange | None"] = relationship(cascade="all, delete-orphan")
    logo: Mapped[StoredFile | None] = relationship(cascade="all, delete-orphan", single_parent=True)


class HeldChange(Base):
    """A profile change that would move a supplier far up in several rankings, held back until a curator reviews it.

    `before` is the profile used for ranking until then. `places` is the minimum number of ranks gained, in `briefs`
    of the most recent rankings.
    """

    __tablename__ = "held_change"
    __retention__ = {"before": "deleted when a curator has reviewed the change"}

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)
    briefs: Mapped[int]
    places: Mapped[int]
    before: Mapped[dict[str, Any]]


class SupplierService(Base):
    """A service from the taxonomy that a supplier says it sells."""

    __tablename__ = "supplier_service"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class SupplierSector(Base):
    """A sector that a supplier knows."""

    __tablename__ = "supplier_sector"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class SupplierArea(Base):
    """A municipality where a supplier visits customers."""

    __tablename__ = "supplier_area"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    municipality_number: Mapped[str] = mapped_column(String(4), primary_key=True, index=True)


class SupplierLanguage(Base):
    """A language that a supplier works in: nb, nn, en or sma."""

    __tablename__ = "supplier_language"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(3), primary_key=True)


class CaseStudy(Entity):
    """A completed job, described by the supplier without naming the customer."""

    __tablename__ = "case_study"
    __retention__ = {"client": OWN_PROFILE, "result": OWN_PROFILE, "text": OWN_PROFILE, "title": OWN_PROFILE}

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    client: Mapped[str] = mapped_column(String(120), default="")
    sector_code: Mapped[str] = mapped_column(String(40), default="")
    service_code: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(String(300), default="")
    year: Mapped[int]

    supplier: Mapped[Supplier] = relationship(back_populates="cases", innerjoin=True)
    images: Mapped[list[StoredFile]] = relationship(
        cascade="all, delete-orphan", order_by="StoredFile.created_at, StoredFile.id"
    )
