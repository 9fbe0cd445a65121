"""Shared fixtures of the offer tests: a small market with a published brief, and users of each role."""

import datetime as dt
from typing import Any

import pytest

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.directory.queries import catalogue_cache
from marketplace.organisations.models import AREA, BusinessGarden, Company, CompanyFollower
from marketplace.proposals import queries, use_cases
from marketplace.proposals.offer_content import PriceLine
from marketplace.proposals.price_comparison import PriceKind
from marketplace.sourcing.ranking import corpus
from tests.factories.market import Market, restore_market
from tests.factories.offers import full_content

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)
DEADLINE_DAY = dt.date(2026, 12, 11)
AFTER = dt.datetime(2026, 12, 14, 9, 0, tzinfo=dt.UTC)
REFERENCE = "2026-0147"
ANSWERS = {
    "deliverables": ["Nettbutikk med 40 varer", "Kobling til kassa", "40 produktbilder"],
    "must_have": ["Kobling til kassa", "Henting på gården"],
    "nice_to_have": ["Gavekort"],
    "ownership": ["domain", "source_files"],
    "weights": {"understanding": 35, "experience": 25, "price": 25, "cooperation": 15},
    "budget_band": "b100_200",
    "monthly_band": "m500_2000",
}


@pytest.fixture
def at_noon(time_machine: Any) -> Any:
    """Freeze time at noon on the day the brief is published; `move_to` advances it.

    Clears the directory caches, because directories that earlier tests built at this hour have the same fingerprint.
    """
    for cache in (corpus._corpora, catalogue_cache._cache):
        cache.clear()
    time_machine.move_to(NOON, tick=False)
    return time_machine


def build_market() -> Market:
    """Add a company with an open brief, three invited suppliers, an uninvited one, a garden and an administrator."""
    market = Market(reference=REFERENCE)
    garden = BusinessGarden(
        name="Fjellhagen", slug="fjellhagen", municipality_number="5021", covered_municipalities=["5021"],
        reviews_first_brief=False, reviews_unsure=False, reviews_no_budget=False,
    )  # fmt: skip
    elsewhere = BusinessGarden(
        name="Kysthagen", slug="kysthagen", municipality_number="5014", covered_municipalities=["5014"]
    )
    session.add_all([garden, elsewhere])
    session.flush()
    company = Company(
        name="Bjørkvollen ysteri",
        slug="bjorkvollen",
        municipality_number="5021",
        sector_code="food",
        garden_id=garden.id,
        followers=[CompanyFollower(garden_id=garden.id, why=AREA)],
        known_at=clock.now(),
    )
    other = Company(
        name="Storlia",
        slug="storlia",
        municipality_number="5021",
        sector_code="food",
        garden_id=garden.id,
        followers=[CompanyFollower(garden_id=garden.id, why=AREA)],
        known_at=clock.now(),
    )
    session.add_all([company, other])
    session.flush()
    market.person("curator", garden, "curator")
    market.person("far_curator", elsewhere, "curator")
    market.person("owner", company, "owner")
    market.person("member", company, "member")
    market.person("outsider", other, "owner")
    market.person("admin", None, "", admin=True)
    deadline = clock.end_of_day(DEADLINE_DAY)
    brief = Brief(
        reference=REFERENCE, company_id=company.id, created_by_id=market.owner.user_id, state="published",
        title="Nettbutikk med henting", answers=ANSWERS, open_door=False, published_at=clock.now(), deadline=deadline,
        services=[BriefService(code="ecm.shop", category="ecm")],
    )  # fmt: skip
    brief.versions = [
        BriefVersion(
            number=1,
            guide_version=1,
            title="Nettbutikk med henting",
            answers=ANSWERS,
            published_at=clock.now(),
            published_by_id=market.owner.user_id,
        )  # fmt: skip
    ]
    session.add(brief)
    session.commit()
    market.brief_id = brief.id
    for name in ("kvistverk", "myrull", "skogsfjord"):
        market.supplier(name, locale="nn" if name == "myrull" else "nb")
    market.supplier("stranger", invited=False)
    return market


def send_offers(market: Market) -> None:
    """Send an offer from each invited supplier."""
    market.send("kvistverk")
    lines = full_content().price_lines
    market.send(
        "myrull",
        price_lines=(
            PriceLine(lines[0].deliverable, PriceKind.AMOUNT, 64_000),
            lines[1],
            PriceLine(lines[2].deliverable),
        ),
        monthly_nok=1_650,
    )
    market.send(
        "skogsfjord",
        price_lines=(
            PriceLine(lines[0].deliverable, PriceKind.AMOUNT, 40_000),
            PriceLine(lines[1].deliverable, PriceKind.NOT_INCLUDED),
            lines[2],
        ),
        monthly_nok=990,
    )


@pytest.fixture
def market(app: Any, at_noon: Any, shared_database: Any, request: pytest.FixtureRequest) -> Market:
    """A company with an open brief, three invited suppliers, an uninvited one, a garden and an administrator.

    For a test that also uses `opened`, the offers are sent already.
    """
    with_offers = "opened" in request.fixturenames

    def seed() -> Market:
        seeded = build_market()
        if with_offers:
            send_offers(seeded)
        return seeded

    name = "proposals-opened" if with_offers else "proposals"
    return restore_market(app, shared_database, name, seed)


@pytest.fixture
def opened(market: Market, at_noon: Any) -> Market:
    """The market after the deadline, with offers from all three."""
    at_noon.move_to(AFTER, tick=False)
    return market


@pytest.fixture
def replies() -> Any:
    """Return a function that builds a reply to each offer except the chosen one."""

    def make(market: Market, but: int) -> dict[int, use_cases.RejectionReply]:
        offers = queries.offers_for(market.owner, market.reference).live
        return {
            o.id: use_cases.RejectionReply("gaps", "Koblingen manglet.", "Planen var god.")
            for o in offers
            if o.id != but
        }

    return make


@pytest.fixture
def choose(replies: Any) -> Any:
    """Return a function that awards the job to a supplier."""

    def choose(market: Market, name: str) -> int:
        number = market.proposal(name).id
        details = use_cases.AwardDetails(
            number, 92_000, dt.date(2027, 1, 11), "Dere forsto oss best av alle."
        )
        use_cases.award(market.owner, market.reference, details, replies(market, number))
        return number

    return choose


@pytest.fixture
def browser(app: Any, market: Market) -> Any:
    """Return a function that opens a person's browser; "nobody" is not signed in."""
    opened: dict[str, Any] = {}

    def open_for(name: str) -> Any:
        if name not in opened:
            opened[name] = app.test_client()
            if name != "nobody":
                opened[name].sign_in(market.people[name].user_id)
        return opened[name]

    return open_for
