"""Fixtures: a dairy that orders, its garden, and suppliers with different profiles."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.directory.queries import catalogue_cache
from marketplace.organisations.models import BusinessGarden
from marketplace.sourcing import use_cases
from marketplace.sourcing.ranking import corpus
from marketplace.suppliers.models import (
    CaseStudy,
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
)
from tests import factories
from tests.factories.briefs import draft
from tests.factories.suppliers import supplier as bare_supplier
from tests.support.data_sets import restore_or_seed


@dataclass
class Market:
    """Viewers of each kind, and suppliers and their members by name."""

    garden: Any
    owner: Viewer
    colleague: Viewer
    adviser: Viewer
    elsewhere: Viewer
    outsider: Viewer
    admin: Viewer
    suppliers: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Viewer] = field(default_factory=dict)

    def add(self, name: str, text: str, *services: str, **details: Any) -> Supplier:
        """Add a supplier that is approved for its services, with one member."""
        areas, languages = details.pop("areas", ()), details.pop("languages", ("nb",))
        sectors, cases = details.pop("sectors", ()), details.pop("cases", ())
        place = details.pop("municipality_number", "5021")
        kinds = tuple(sorted({code.split(".")[0] for code in services}))
        added = bare_supplier(name, approved=kinds, of=self.garden, about=text, **details)
        added.municipality_number = place
        added.services = [SupplierService(code=code) for code in services]
        added.areas = [SupplierArea(municipality_number=number) for number in areas]
        added.languages = [SupplierLanguage(code=code) for code in languages]
        added.sectors = [SupplierSector(code=code) for code in sectors]
        added.cases = list(cases)
        session.flush()
        self.suppliers[name] = added
        self.people[name] = factories.member(added)
        return added


def build_market() -> Market:
    home = factories.garden()
    away = factories.garden("Kystens næringshage", covered_municipalities=["5014"])
    company = factories.company(of=home)
    built = Market(
        garden=home,
        owner=factories.member(company),
        colleague=factories.member(company, "member"),
        adviser=factories.member(home, "adviser"),
        elsewhere=factories.member(away, "curator"),
        outsider=factories.member(factories.company("Havgløtt rorbuer", of=home)),
        admin=factories.administrator(),
    )
    built.add(
        "Kvistverk",
        "Vi lager nettbutikk for gårdsutsalg, med klikk og hent, Vipps og lager som følger med. Produktbilder tar vi selv.",
        "ecm.shop",
        "med.product-photo",
        areas=("5021", "5022"),
        languages=("nb", "nn", "en"),
        sectors=("food-drink",),
        price_from_nok=40_000,
        cases=[
            CaseStudy(
                title="Butikk for et ysteri",
                text="Nettbutikk med henting på gården.",
                service_code="ecm.shop",
                sector_code="food-drink",
                year=2025,
            )
        ],  # fmt: skip
    )
    built.add("Myrull", "Nettbutikk koblet til kasse og varelager.", "ecm.shop", price_from_nok=30_000)
    built.add("Dyrt", "Store nettbutikker for kjeder.", "ecm.shop", price_from_nok=900_000)
    built.add("Tekstverk", "Vi skriver tekster.", "con.copy")
    session.commit()
    return built


def seed_market() -> Market:
    """Build the market and return it with ids in place of database objects."""
    built = build_market()
    ids = {name: added.id for name, added in built.suppliers.items()}
    return replace(built, garden=built.garden.id, suppliers=ids)


@pytest.fixture
def market(app: Flask, shared_database: Any) -> Market:
    for cached in (corpus._corpora, catalogue_cache._cache):  # restored directories have the same fingerprint
        cached.clear()
    seeded = restore_or_seed(app, shared_database, "sourcing", seed_market, f"{clock.now():%F %R}")
    suppliers = {name: session.get_one(Supplier, number) for name, number in seeded.suppliers.items()}
    garden = session.get_one(BusinessGarden, seeded.garden)
    return replace(seeded, garden=garden, suppliers=suppliers, people=dict(seeded.people))


@pytest.fixture
def publish(market: Market) -> Callable[..., str]:
    """Publish a brief of the dairy and return its reference."""

    def do(**changes: Any) -> str:
        brief = draft(market.owner, **changes)
        return use_cases.publish_brief(market.owner, brief.reference, confirmed=True).reference

    return do


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Any]:
    def do(viewer: Viewer, locale: str = "en") -> Any:
        browser = app.test_client().sign_in(viewer.user_id)
        browser.set_cookie("locale", locale)
        return browser

    return do
