"""Fixtures: a dairy that orders, its garden, and suppliers with different profiles."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.sourcing import use_cases
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
    suppliers: dict[str, Supplier] = field(default_factory=dict)
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


@pytest.fixture
def market(app: Flask) -> Market:
    del app
    home = factories.garden()
    away = factories.garden("Kystens næringshage", covered_municipalities=["5014"])
    company = factories.company(of=home)
    made = Market(
        garden=home,
        owner=factories.member(company),
        colleague=factories.member(company, "member"),
        adviser=factories.member(home, "adviser"),
        elsewhere=factories.member(away, "curator"),
        outsider=factories.member(factories.company("Havgløtt rorbuer", of=home)),
        admin=factories.administrator(),
    )
    made.add(
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
    made.add("Myrull", "Nettbutikk koblet til kasse og varelager.", "ecm.shop", price_from_nok=30_000)
    made.add("Dyrt", "Store nettbutikker for kjeder.", "ecm.shop", price_from_nok=900_000)
    made.add("Tekstverk", "Vi skriver tekster.", "con.copy")
    session.commit()
    return made


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
