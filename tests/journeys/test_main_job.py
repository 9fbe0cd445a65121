"""The main job in a real browser, from a supplier's application to the letters: three people, one served house.

Each walk goes by what stands on the pages: links that are seen, fields that have names, buttons. Four walks cover each
language, and each pair of width and script, a fifth is done with the keyboard alone; every page on the way is looked at.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page

from marketplace import worker
from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.outbox.models import OutboxMail
from marketplace.proposals.models import Proposal
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.factories.briefs import full_answers
from tests.journeys.conftest import DESK, PHONE, Calendar
from tests.journeys.walkers import KeyboardWalker, Walker
from tests.suppliers.world import World, supplier, world

TOPICS = ("need", "goal", "today", "delivery", "frame", "protection", "choosing")
ABOUT = (
    "Vi lager nettbutikk for gårdsutsalg og ysterier, med henting på gården, kobling til kassa og Vipps. "
    "Produktbildene tar vi selv, på gården."
)
NEW_SUPPLIER, OLD_SUPPLIER = "Myrull Nettverk", "Kvistverk Nettbyrå"
NEW_PERSON, NEW_PASSWORD = "silje@myrull.example", "bjørk torv fiskevær"
WALKS = [
    # language, width, script, dark, and how the person gets about
    ("nb", PHONE, False, False, Walker),
    ("nb", DESK, True, False, Walker),
    ("nn", DESK, False, True, Walker),
    ("en", PHONE, True, True, Walker),
    ("nb", DESK, True, False, KeyboardWalker),
]


@dataclass
class Story:
    """Who is who in a walk."""

    world: World
    walker: Callable[[], Walker]

    @property
    def brief(self) -> Brief:
        session.rollback()  # read anew
        return session.query(Brief).one()

    def offer(self, supplier_name: str) -> Proposal:
        session.rollback()  # read anew
        return session.query(Proposal).join(Supplier).filter(Supplier.name == supplier_name).one()


@pytest.fixture
def story(
    app: Flask,
    request: pytest.FixtureRequest,
    person: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> Story:
    locale, width, script, dark, way = request.param
    made = world(covered_municipalities=["5021", "5022"])
    factories.member(
        factories.company(of=made.garden), name="Marit Bjørkvold", email="marit@bjorkvollen.example"
    )
    session.query(User).filter_by(name="Ingrid Vognill").one().email = "ingrid@fjellfoten.example"
    supplier(
        OLD_SUPPLIER, approved_by=made.curator, services=["ecm.shop", "med.product-photo"], areas=["5021"]
    )
    session.query(User).filter_by(name="Ola Kvist").one().email = "ola@kvistverk.example"
    session.commit()

    looked_at: set[str] = set()

    def look(page: Page) -> None:
        """Look at each kind of page once: 'Write an offer' to one supplier is as to another."""
        fits(page)
        kind = re.sub(r"[0-9]+", "N", page.url) + str(page.locator(".error-summary").count())
        if script and kind not in looked_at:
            looked_at.add(kind)
            axe(page)

    return Story(made, lambda: way(person(width=width, script=script, dark=dark), locale, look))


def applies(walker: Walker) -> None:
    """A supplier makes an account and applies, with a profile and a job it has done."""
    walker.page.goto("/")
    walker.speak()
    walker.arrive()
    walker.follow("/suppliers/apply")
    walker.send()  # empty at first: the page says what is missing, and nothing is lost
    assert walker.page.locator(".error-summary li").count() > 3
    walker.put(
        person_name="Silje Myrvang", email=NEW_PERSON, password=NEW_PASSWORD, name=NEW_SUPPLIER,
        municipality="5021", website="www.myrull.example", phone="00 00 00 00",
        services=["ecm.shop", "med.product-photo"], about=ABOUT, price_from="40 000",
        presence=["remote", "on_site"], areas=["5021", "5022"], languages=["nb", "nn"], sectors=["food-drink"],
        case_title="Butikk for et ysteri", case_client="Et ysteri i ei fjellbygd", case_service="ecm.shop",
        case_text="Ysteriet tok alle bestillinger på telefon. Vi laget nettbutikk med henting på gården.",
        case_result="40 ordrer den første uka", case_year=str(clock.today().year - 1),
        reference="Solveig, 00 00 00 00", terms="Kunden eier alt.",
    )  # fmt: skip
    walker.send()
    walker.open(confirming_link())
    walker.send()
    walker.sign_in(NEW_PERSON, NEW_PASSWORD)
    walker.open("/profile")
    assert NEW_SUPPLIER in walker.page.locator(".page-head").inner_text()


def confirming_link() -> str:
    """Return what stands in the mail that asks whether the address is one's own."""
    session.rollback()  # read anew
    return session.query(OutboxMail).filter(OutboxMail.link_path.startswith("/confirm/")).one().link_path


def vets(walker: Walker) -> None:
    """The curator goes from the queue through the checklist, for each kind applied for."""
    walker.sign_in("ingrid@fjellfoten.example")
    for left in (2, 1):
        walker.open("/vetting")
        waiting = walker.page.locator("main .ledger a[href*='/vetting/']")
        assert waiting.count() == left
        walker.press(waiting.first)
        for point in walker.page.locator(".checks .picks input[value=yes]").all():
            walker.mark(point)
        walker.send("main button[value=approve]")
    walker.open("/vetting")
    assert walker.page.locator("main .ledger a[href*='/vetting/']").count() == 0


def writes_the_brief(walker: Walker) -> str:
    """The company goes from its home page through the guide, sees who fits, and publishes. Returns the address."""
    answers = full_answers()
    walker.sign_in("marit@bjorkvollen.example")
    walker.follow("/briefs/new")
    walker.put(own_words="Vi vil selge ost på nett, med bilder av ostene.")
    walker.send("main button[value=begin]:not([tabindex])")
    for topic in TOPICS:
        assert walker.page.url.endswith(f"/guide/{topic}")
        fill_topic(walker, answers)
        walker.send("main button[value=next]:not([tabindex])")
    assert walker.page.url.endswith("/check")
    here = walker.page.url.removesuffix("/check")
    walker.follow("/preview")
    walker.page.go_back()
    walker.follow("/fit")
    assert walker.page.locator("main ol.ledger > li").count() == 2
    walker.put(presence="remote")
    walker.press("#try button")
    walker.put(confirmed=True)
    walker.send("main form[action$=publish] button")
    assert walker.page.url.endswith("/ranking")
    return here


def fill_topic(walker: Walker, answers: dict[str, object]) -> None:
    """Answer all questions of a topic's page, those of a grid row by row."""
    for code, value in answers.items():
        if isinstance(value, dict):
            rows = {f"{code}-{row}": answer for row, answer in value.items()}
            walker.put(
                **{name: a for name, a in rows.items() if walker.page.locator(f'[name="{name}"]').count()}
            )
        elif walker.page.locator(f'main [name="{code}"]').count() and value:
            walker.put(**{code: value})


def invites(walker: Walker) -> None:
    """The company asks both suppliers from the ranked list."""
    assert walker.page.locator(".ranked > li").count() == 2
    for box in walker.page.locator(".ranked input[name=supplier]").all():
        walker.mark(box)
    walker.send("button[form=invite][data-color=multe]")
    assert walker.page.locator(".asked li").count() == 2


def offers(walker: Walker, deadline: dt.date, price: int) -> None:
    """A supplier, signed in at home, sees the invitation, writes an offer, saves it and sends it."""
    walker.press("main a[href*='/briefs/']")
    walker.follow("/proposal")
    walker.put(understanding="Vi lager en nettbutikk der kundene bestiller og henter på gården.")
    walker.send("main button[value=save]")
    walker.send("main button[value=send]")  # too early: the page says what is missing
    assert walker.page.locator(".error-summary li").count() > 3
    assert "henter på gården" in walker.page.input_value("[name=understanding]")
    lines = walker.page.locator(".price-line").count()
    assert lines == 4
    for number in range(lines):
        walker.put(**{f"line_{number}_kind": "amount", f"line_{number}_amount": f"{price + number * 1000}"})
    for number in range(2):
        walker.put(**{f"must_{number}_met": "yes", f"must_{number}_text": "Gjort for et gårdsutsalg i fjor."})
    walker.put(
        monthly_nok="1 290", start=deadline + dt.timedelta(days=30), finish=deadline + dt.timedelta(days=90),
        team="Silje og Ane", wish_0_met="yes", ownership_accept="yes", has_relation="no",
        valid_until=deadline + dt.timedelta(days=60),
    )  # fmt: skip
    walker.send("main button[value=send]")
    assert walker.page.locator(".error-summary").count() == 0


def chooses(walker: Walker, here: str, story: Story) -> None:
    """The company compares, gives scores, chooses one and gives the other a reason."""
    walker.sign_in("marit@bjorkvollen.example")
    walker.follow("/proposals")
    assert walker.page.locator("table.compare thead a").count() == 2
    walker.follow("/proposals/scores")
    for choice in walker.page.locator("main select[name^=score_]").all():
        walker.choose(choice, "4")
    walker.send()
    walker.follow("/award")
    chosen, other = story.offer(NEW_SUPPLIER).id, story.offer(OLD_SUPPLIER).id
    walker.put(proposal=chosen)
    walker.send()
    walker.send()  # no reasons yet: the page asks for them
    assert walker.page.locator(".error-summary li").count() >= 3
    walker.put(reason="Dere hadde forstått hvordan vi selger.")
    walker.put(**{f"code_{other}": "understanding", f"text_{other}": "Den valgte hadde prøvd butikken vår."})
    walker.send()
    assert walker.page.locator(".error-summary").count() == 0
    walker.open(here)


def reads_the_letter(walker: Walker, sentence: str) -> None:
    walker.open("/proposals")
    walker.press("main .ledger a[href$='/letter']")
    assert sentence in walker.page.locator("article.sheet").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    "story",
    WALKS,
    indirect=True,
    ids=lambda walk: f"{walk[0]}-{walk[1]}-{'script' if walk[2] else 'plain'}-{walk[4].__name__.lower()}",
)
def test_from_application_to_letter(app: Flask, story: Story, calendar: Calendar) -> None:
    new, old, curator, company = (story.walker() for _ in range(4))
    applies(new)
    vets(curator)
    new.open("/home")

    here = writes_the_brief(company)
    invites(company)
    deadline = clock.to_local(story.brief.deadline).date()
    new.open("/home")
    offers(new, deadline, 15_000)
    old.sign_in("ola@kvistverk.example")
    offers(old, deadline, 12_000)
    company.open("/home")
    company.open(f"{here}/proposals")
    assert company.page.locator("table.compare").count() == 0, "offers are sealed"

    calendar.ahead = clock.end_of_day(deadline) - clock.now() + dt.timedelta(hours=10)
    with clock.as_of(calendar.now):
        worker.run_worker(app, once=True)
    chooses(company, here, story)
    new.sign_in(NEW_PERSON, NEW_PASSWORD)
    reads_the_letter(new, "hvordan vi selger")
    old.sign_in("ola@kvistverk.example")
    reads_the_letter(old, "prøvd butikken")
    assert [story.offer(name).state for name in (NEW_SUPPLIER, OLD_SUPPLIER)] == ["awarded", "not_selected"]
