"""Shared fixtures of the brief tests: raw forms, and a small market with users of each role."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from marketplace.briefs import guide
from marketplace.briefs.guide import form_value
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import Invitation
from tests import factories
from tests.factories.briefs import full_answers
from tests.factories.market import Market, restore_market
from tests.factories.suppliers import supplier

TODAY = dt.date(2026, 11, 23)


class Raw(dict[str, list[str]]):
    """Form data with several values per name."""

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])


def form_of(answers: dict[str, Any]) -> Raw:
    """Return answers as form data of the guide."""
    form = Raw()
    for question in guide.load():
        value = form_value(question, answers.get(question.code))
        if isinstance(value, dict):
            form.update({f"{question.code}-{row}": [text] for row, text in value.items()})
        elif isinstance(value, bool):
            form[question.code] = ["yes"] if value else []
        else:
            form[question.code] = value if isinstance(value, list) else [value]
    return form


@pytest.fixture
def today():
    return TODAY


@pytest.fixture
def answers():
    return full_answers(TODAY)


@pytest.fixture
def raw():
    """Return a function that builds form data from names and values."""

    def make(**values: str | list[str]) -> Raw:
        return Raw(
            {
                name.replace("__", "-"): value if isinstance(value, list) else [value]
                for name, value in values.items()
            }
        )

    return make


@pytest.fixture
def as_form():
    return form_of


def build_market() -> Market:
    home, away = factories.garden(), factories.garden("Kystens næringshage", covered_municipalities=["5014"])
    company = factories.company(of=home, about="Åpent gårdsutsalg fra mai til oktober.")
    built = Market(
        {
            "owner": factories.member(company, name="Marit Bjørkvold"),
            "colleague": factories.member(company, "member", name="Jon Bjørkvold"),
            "adviser": factories.member(home, "adviser", name="Eli Rise"),
            "elsewhere": factories.member(away, "curator"),
            "outsider": factories.member(factories.company("Havgløtt rorbuer", of=home)),
            "in_trade": factories.member(supplier("Fjordnett Studio", approved=("ecm",), of=home)),
            "out_of_trade": factories.member(supplier("Skrivestua", approved=("con",), of=home)),
            "invited": factories.member(supplier("Bildeloftet", approved=("con",), of=home), locale="nn"),
            "admin": factories.administrator(),
        }
    )
    session.commit()
    return built


@pytest.fixture
def market(app: Flask, shared_database: Any) -> Market:
    return restore_market(app, shared_database, "briefs", build_market, f"{clock.now():%F %R}")


@pytest.fixture
def invite(market: Market):
    """Return a function that invites a supplier to a brief."""

    def do(brief: Brief, viewer: Viewer) -> None:
        session.add(
            Invitation(
                brief_id=brief.id, supplier_id=viewer.organisation_id, invited_by_id=market.owner.user_id
            )
        )
        session.commit()

    return do


@pytest.fixture
def sign_in(app):
    def do(viewer, locale="en"):
        browser = app.test_client().sign_in(viewer.user_id)
        browser.set_cookie("locale", locale)
        return browser

    return do


@pytest.fixture
def topic_form(as_form):
    """Return a function that builds the form data of a topic."""

    def make(answers, topic_code, **changes):
        form = as_form(answers)
        names = [
            name
            for name in form
            if name.split("-")[0] in {q.code for q in guide.load().topic(topic_code).questions}
        ]
        return {name: form[name] for name in names} | changes

    return make
