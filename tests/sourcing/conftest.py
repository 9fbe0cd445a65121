"""Fixtures: a dairy that orders, its garden, and suppliers with different profiles."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.sourcing import use_cases
from marketplace.suppliers.models import CaseStudy
from tests import factories
from tests.factories.briefs import draft
from tests.factories.market import Market, restore_market


def build_market() -> Market:
    home = factories.garden()
    away = factories.garden("Kystens næringshage", covered_municipalities=["5014"])
    company = factories.company(of=home)
    people = {
        "owner": factories.member(company),
        "colleague": factories.member(company, "member"),
        "adviser": factories.member(home, "adviser"),
        "elsewhere": factories.member(away, "curator"),
        "outsider": factories.member(factories.company("Havgløtt rorbuer", of=home)),
        "admin": factories.administrator(),
    }
    built = Market(people, home)
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


@pytest.fixture
def market(app: Flask, shared_database: Any) -> Market:
    return restore_market(app, shared_database, "sourcing", build_market, f"{clock.now():%F %R}")


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
