"""Shared fixtures of the offer tests: a small market with a published brief, and users of each role."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.directory.queries import catalogue_cache
from marketplace.organisations.models import AREA, BusinessGarden, Company, CompanyFollower, Membership
from marketplace.organisations.queries import viewer_for
from marketplace.proposals import queries, use_cases
from marketplace.proposals.content import OfferContent, PriceLine, RequirementAnswer
from marketplace.proposals.evaluation import PriceKind
from marketplace.proposals.models import Proposal
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking import corpus
from marketplace.suppliers.models import Supplier
from tests.factories.suppliers import supplier, vetting
from tests.support.data_sets import restore_or_seed

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


def full_content(**changes: Any) -> OfferContent:
    """Complete offer content that can be submitted."""
    values: dict[str, Any] = {
        "understanding": "Vi lager en nettbutikk der kundene bestiller og henter på gården.",
        "experience": "Vi har laget nettbutikk for tre gårder som selger fra egen gård.",
        "follow_up": "Vi svarer innen en virkedag og retter feil gratis i seks måneder.",
        "price_lines": (
            PriceLine("Nettbutikk med 40 varer", PriceKind.AMOUNT, 58_000),
            PriceLine("Kobling til kassa", PriceKind.AMOUNT, 18_000),
            PriceLine("40 produktbilder", PriceKind.AMOUNT, 16_000, "Tatt på gården"),
        ),
        "monthly_nok": 1_290,
        "assumptions": "Dere skriver tekstene.",
        "start": dt.date(2027, 1, 11),
        "finish": dt.date(2027, 4, 16),
        "team": "Ane og Trygve",
        "evidence": (
            RequirementAnswer("Kobling til kassa", met=True, text="Gjort for et gårdsutsalg."),
            RequirementAnswer("Henting på gården", met=True, text="Finnes i løsningen vår."),
        ),
        "wishes": (RequirementAnswer("Gavekort", met=True, text=""),),
        "ownership_accept": True,
        "has_relation": False,
        "valid_until": dt.date(2027, 2, 1),
    }
    return OfferContent(**(values | changes))


def filled(**changes: str) -> dict[str, str]:
    """Form data of a complete offer."""
    values = {
        "seen": "0",
        "understanding": "Vi lager en nettbutikk der kundene bestiller og henter på gården.",
        "experience": "Vi har laget nettbutikk for tre gårder som selger fra egen gård.",
        "follow_up": "Vi svarer innen en virkedag og retter feil gratis i seks måneder.",
        "line_0_kind": "amount",
        "line_0_amount": "58.000,-",
        "line_1_kind": "not_included",
        "line_1_amount": "",
        "line_2_kind": "included",
        "line_2_amount": "",
        "monthly_nok": "1 290 kr",
        "start": "11.01.2027",
        "finish": "2027-04-16",
        "team": "Ane og Trygve",
        "must_0_met": "yes",
        "must_0_text": "Gjort for et gårdsutsalg.",
        "must_1_met": "no",
        "must_1_text": "",
        "ownership_accept": "yes",
        "has_relation": "no",
        "valid_until": "2027-02-01",
    }
    return values | changes


@dataclass
class Market:
    """The organisations, the brief and the people, by name."""

    people: dict[str, Viewer] = field(default_factory=dict)
    brief_id: int = 0
    reference: str = REFERENCE

    def __getattr__(self, name: str) -> Viewer:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def brief(self) -> Brief:
        found = session.get(Brief, self.brief_id)
        assert found is not None
        return found

    def person(
        self, name: str, organisation: Any, role: str, locale: str = "nb", *, admin: bool = False
    ) -> Viewer:
        user = User(
            email=f"{name}@torget.example",
            name=name.title(),
            password_hash="x",
            locale=locale,
            is_admin=admin,
            email_verified_at=clock.now(),
        )
        session.add(user)
        session.flush()
        membership = None
        if organisation is not None:
            membership = Membership(user_id=user.id, organisation_id=organisation.id, role=role)
            session.add(membership)
            session.flush()
        self.people[name] = viewer_for(user, membership)
        return self.people[name]

    def leave(self, name: str) -> None:
        """Remove a person from the organisation."""
        session.delete(session.get_one(Membership, self.people[name].membership_id))
        session.commit()

    def supplier(
        self, name: str, *, invited: bool = True, locale: str = "nb", approved: bool = True
    ) -> Supplier:
        garden = session.get_one(BusinessGarden, self.curator.organisation_id)
        found = supplier(
            name.title(), slug=name, of=garden, contact_name=f"{name.title()} Hansen", contact_email=f"post@{name}.example",
        )  # fmt: skip
        if approved:
            vetting(found, "ecm", garden, approved_at=clock.now() - dt.timedelta(days=30), decided_at=None)
        if invited and self.brief_id:
            session.add(
                Invitation(brief_id=self.brief_id, supplier_id=found.id, invited_by_id=self.owner.user_id)
            )
        self.person(name, found, "owner", locale)
        session.commit()
        return found

    def send(self, name: str, **changes: Any) -> Proposal:
        """Save and submit a supplier's offer."""
        viewer = self.people[name]
        saved = use_cases.save(viewer, self.reference, full_content(**changes))
        return use_cases.submit(viewer, self.reference, saved.revision)

    def proposal(self, name: str) -> Proposal:
        found = queries.own_proposal(self.people[name], self.brief_id)
        assert found is not None
        session.refresh(found)
        return found


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
    market = Market()
    garden = BusinessGarden(
        name="Fjellhagen", slug="fjellhagen", municipality_number="5021", covered_municipalities=["5021"]
    )
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
    seeded = restore_or_seed(app, shared_database, name, seed)
    return Market(dict(seeded.people), seeded.brief_id)


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
