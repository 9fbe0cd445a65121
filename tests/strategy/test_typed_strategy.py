"""A complete strategy, typed page by page through the forms: few requests, and less than an afternoon of work."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.strategy.questionnaire import questionnaire
from tests import factories
from tests.support.browser import Browser
from tests.support.crawl import forms_on
from tests.support.page_rules import HtmlPage, text_of

MAX_REQUESTS = 60
MAX_MINUTES = 45
WORDS_PER_MINUTE, CHARACTERS_PER_MINUTE = 200, 150
SECONDS_PER_CHOICE = 3
TODAY = dt.datetime(2026, 11, 15, 12, tzinfo=dt.UTC)
COMPANY = {
    "one_line": "Vi lager ost av melk fra egen gård og selger den i butikken vår og på nett.",
    "vision": "Halvparten av osten går rett til kunden. Vi bruker én dag i uka på salg, og vi vet hvem kundene er.",
    "offers_1_name": "Hvit geitost",
    "offers_2_name": "Gavekurver til jul",
    "strengths_1": "Alt skjer på gården, og gjestene får se det.",
    "strengths_2": "Vi leverer hjem i hele bygda hver fredag.",
}
CUSTOMERS = {
    "audiences_1_name": "Bedrifter som kjøper julegaver",
    "audiences_1_who": "Daglig leder eller kontoret i bedrifter med 5 til 50 ansatte.",
    "audiences_1_where_from": "Trondheim og Stjørdal",
    "audiences_1_asks": "Når kommer varene, og kan vi få faktura?",
    "audiences_2_name": "Hyttefolk",
    "audiences_2_who": "Familier som er på hytta i helgene.",
    "audiences_2_where_from": "Oppdal og Rennebu",
    "audiences_2_asks": "Når har dere åpent?",
}
GAPS = {
    "gaps_1_text": "Bestillinger kommer på tre ulike steder og blir glemt.",
    "gaps_2_text": "Åpningstidene på kartet er feil.",
    "risks_1": "Vi er to, og alt stopper om en blir syk.",
}
ORDERS = {
    "text": "Fra 15 til 60 bestillinger i nettbutikken i måneden.",
    "baseline": "15",
    "target": "60",
    "target_on": "2027-06-30",
    "source": "Nettbutikken, under Ordre",
}
VIEWS = {
    "text": "Fra 200 til 600 visninger i kart i måneden.",
    "baseline": "200",
    "target": "600",
    "target_on": "2027-06-30",
    "source": "Google bedriftsprofil",
}
CHANNELS = {
    "channel-website-decision": "keep",
    "channel-shop-decision": "start",
    "channel-shop-owner": "Marit",
    "channel-newsletter-decision": "start",
    "channel-newsletter-owner": "Ola",
}
BUDGET = {
    "once_nok": "60 000",
    "month_nok": "1 500",
    "ads_nok": "12 000",
    "own_hours": "12",
    "responsible": "Marit Bjørkvold",
    "responsible_hours": "8",
    "review_on": "2027-05-14",
}
ACTIONS = [
    {"what": "Rette åpningstider og bilder på kartet", "performer": "self", "effect": "3", "effort": "1", "due_on": "2026-11-30"},
    {"what": "Samle alle bestillinger i én nettbutikk", "performer": "supplier", "effect": "3", "effort": "3", "due_on": "2027-03-01"},
    {"what": "Sende nyhetsbrev første fredag i måneden", "performer": "self", "effect": "2", "effort": "2", "due_on": "2027-01-08"},
]  # fmt: skip


@dataclass
class Typist:
    """A user of the forms, who reads every page once and types with the given answers.

    A text that was on an earlier page is not read again.
    """

    browser: Browser
    requests: int = 0
    words: int = 0
    characters: int = 0
    choices: int = 0
    read: set[str] = field(default_factory=set)

    @property
    def minutes(self) -> float:
        """Estimated time of reading, typing and choosing."""
        return (
            self.words / WORDS_PER_MINUTE
            + self.characters / CHARACTERS_PER_MINUTE
            + self.choices * SECONDS_PER_CHOICE / 60
        )

    def open(self, path: str) -> HtmlPage:
        """Open a page and read the texts that are new."""
        self.requests += 1
        response = self.browser.get(path)
        assert response.status_code == 200, (path, response.status_code)
        page = HtmlPage(response.text)
        for element in page.all("main")[0].iter():
            if element.tag in {"h1", "h2", "h3", "p", "li", "label", "legend", "th", "td", "button"}:
                text = text_of(element)
                if text not in self.read:
                    self.read.add(text)
                    self.words += len(text.split())
        return page

    def submit(self, path: str, typed: Mapping[str, str], button: str = "") -> str:
        """Open a page, fill in its main form, send it, and return the path it leads to."""
        page = self.open(path)
        form = max(forms_on(page, path), key=lambda one: len(one.fields))
        assert not set(typed) - {item.name for item in form.fields}, path
        texts = {item.name for item in form.fields if item.is_text}
        self.characters += sum(len(value) for name, value in typed.items() if name in texts)
        self.choices += sum(name not in texts for name in typed)
        self.requests += 1
        data: dict[str, Any] = form.default_data() | dict(typed) | ({"then": button} if button else {})
        response = self.browser.post(form.action or path, data=data)
        assert response.status_code == 303, (path, HtmlPage(response.text).text)
        return response.headers["Location"]


def test_complete_strategy_needs_few_requests_and_less_than_an_afternoon(
    app: Flask, client: Browser, time_machine: Any, record_property: Any
) -> None:
    time_machine.move_to(TODAY, tick=False)
    owner = factories.member(factories.company(of=factories.garden(), sector_code="food-drink"))
    session.commit()
    typist = Typist(client)
    typist.submit("/sign-in", {"email": owner.email, "password": factories.PASSWORD})
    typist.open("/plan")
    typist.open("/plan/assessment")
    path = f"/plan/assessment/start/{questionnaire().dimensions[0].code}"
    while path != "/plan/assessment":
        path = typist.submit(path, {"first": "1", "second": "2", "third": "unknown"}, "next")
    typist.open(path)
    path = typist.submit("/plan/strategy/company", COMPANY)
    path = typist.submit(path, CUSTOMERS)
    path = typist.submit(path, GAPS)
    assert path == "/plan/objectives"
    typist.open(path)
    for code, typed in (("sal_orders", ORDERS), ("vis_map_views", VIEWS)):
        typist.open(typist.submit(f"/plan/objectives/new?indicator={code}", typed))
    path = typist.submit("/plan/strategy/channels", CHANNELS)
    assert path == "/plan/actions"
    typist.open(path)
    for typed in ACTIONS:
        typist.open(typist.submit("/plan/actions/new", typed))
    page = typist.open(typist.submit("/plan/strategy/budget", BUDGET))
    assert "Planen er ferdig" in page.text, page.text
    assert "/plan/print" in page.links().values()
    typist.open("/plan/print")
    record_property("requests", typist.requests)
    record_property("minutes", round(typist.minutes, 1))
    assert typist.requests <= MAX_REQUESTS
    assert typist.minutes <= MAX_MINUTES


@pytest.mark.parametrize("code", ["sal_orders", "vis_map_views"])
def test_ready_made_indicator_needs_only_numbers_and_dates(app: Flask, client: Browser, code: str) -> None:
    owner = factories.member(factories.company(of=factories.garden()))
    session.commit()
    page = client.sign_in(owner.user_id or 0).page(f"/plan/objectives/new?indicator={code}")
    data = next(
        one for one in forms_on(page, "/") if "rhythm" in {item.name for item in one.fields}
    ).default_data()
    assert all(data[name] for name in ("text", "unit", "direction", "kind", "rhythm"))
