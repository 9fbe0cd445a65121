"""Suppliers: profile, what they sell and where, cases, and their vetting per kind of service."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.organisations.models import BusinessGarden, Organisation


class Supplier(Organisation):
    """An agency, photographer or freelancer. `about` is the profile text; prices are NOK excluding VAT.

    `version` grows with each change that the ranking can see, so that indexes know when they are old.
    """

    __tablename__ = "supplier"
    __mapper_args__ = {"polymorphic_identity": "supplier"}  # noqa: RUF012 because SQLAlchemy reads it as declared here

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    garden_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"), index=True)
    text_locale: Mapped[str] = mapped_column(String(2), default="nb")
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
    vettings: Mapped[list["Vetting"]] = relationship(
        cascade="all, delete-orphan", order_by="Vetting.category", back_populates="supplier"
    )
    held: Mapped["HeldChange | None"] = relationship(cascade="all, delete-orphan")


class HeldChange(Base):
    """A change that lifted a supplier far up for several briefs, and does not count until a curator has looked.

    `before` is how it told of itself when somebody had last no reason to look, which counts so long. `places` is how far
    the change lifts it at least, for `briefs` of the lists kept last.
    """

    __tablename__ = "held_change"

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
    """A trade that a supplier knows."""

    __tablename__ = "supplier_sector"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class SupplierArea(Base):
    """A municipality where a supplier comes to the customer."""

    __tablename__ = "supplier_area"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    municipality_number: Mapped[str] = mapped_column(String(4), primary_key=True, index=True)


class SupplierLanguage(Base):
    """A language that a supplier works in: nb, nn, en or sma."""

    __tablename__ = "supplier_language"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(3), primary_key=True)


class CaseStudy(Base):
    """A job done, told by the supplier. The customer is described, not named."""

    __tablename__ = "case_study"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    client: Mapped[str] = mapped_column(String(120), default="")
    sector_code: Mapped[str] = mapped_column(String(40), default="")
    service_code: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(String(300), default="")
    year: Mapped[int]

    supplier: Mapped[Supplier] = relationship(back_populates="cases", innerjoin=True)


class Vetting(Base):
    """A supplier's approval for one kind of service (a group of the taxonomy), as it stands now.

    `checklist` holds, per criterion code, {"met": bool, "note": str}. States are in `vetting.py`.
    """

    __tablename__ = "vetting"
    __table_args__ = (
        UniqueConstraint("supplier_id", "category"),
        Index("ix_vetting_state_category", "state", "category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    category: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), default="submitted")
    garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    submitted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[dt.datetime | None]
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)

    supplier: Mapped[Supplier] = relationship(back_populates="vettings", innerjoin=True)
    garden: Mapped[BusinessGarden] = relationship(innerjoin=True)
    decided_by: Mapped[User | None] = relationship()
    decisions: Mapped[list["VettingDecision"]] = relationship(
        cascade="all, delete-orphan", order_by="VettingDecision.at", back_populates="vetting"
    )


class VettingDecision(Base):
    """One step in a vetting's history, never changed afterwards."""

    __tablename__ = "vetting_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    vetting_id: Mapped[int] = mapped_column(ForeignKey("vetting.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)

    vetting: Mapped[Vetting] = relationship(back_populates="decisions", innerjoin=True)
    by: Mapped[User | None] = relationship()


class SupplierTie(Base):
    """A tie between a person in a business garden and a supplier, stated by the person.

    While it stands, the person decides nothing about the supplier: kinds are owner, board, family and paid.
    """

    __tablename__ = "supplier_tie"
    __table_args__ = (UniqueConstraint("user_id", "supplier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    stated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    supplier: Mapped[Supplier] = relationship()


class SupplierMove(Base):
    """A supplier's move to another garden: asked for by the giving garden, agreed to by the receiving one.

    States are asked, agreed, declined and withdrawn; at most one is asked for each supplier.
    """

    __tablename__ = "supplier_move"
    __table_args__ = (
        Index(
            "uq_supplier_move_asked",
            "supplier_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    from_garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    to_garden_id: Mapped[int] = mapped_column(ForeignKey("business_garden.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[dt.datetime | None]

    supplier: Mapped[Supplier] = relationship()
    from_garden: Mapped[BusinessGarden] = relationship(foreign_keys=[from_garden_id])
    to_garden: Mapped[BusinessGarden] = relationship(foreign_keys=[to_garden_id])
