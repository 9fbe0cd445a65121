"""What the tests of briefs share: a full set of answers, as a cheese dairy would give them."""

import datetime as dt
from typing import Any

import pytest

from marketplace.briefs import guide
from marketplace.briefs.guide import shown_value

TODAY = dt.date(2026, 11, 23)


def full_answers(today: dt.date = TODAY) -> dict[str, Any]:
    def day(count: int) -> str:
        return (today + dt.timedelta(days=count)).isoformat()

    return {
        "own_words": "Vi vil selge ost på nett.",
        "services": ["ecm.shop", "med.product-photo"],
        "title": "Nettbutikk med henting på gården",
        "problem": (
            "Vi selger 40 slags ost og tar nesten alle bestillinger på telefon. Om sommeren rekker vi ikke å svare, "
            "og vi mister kunder. Turister som vil kjøpe på vei hjem, finner oss ikke på kartet."
        ),
        "goal": "Halvparten av ordrene skal komme på nett innen neste sommer.",
        "success_metric": "more_orders",
        "baseline": "35 i måneden",
        "target": "90 i måneden",
        "target_date": "2027-06",
        "audience": ["local", "norwegian_tourists"],
        "audience_text": "Turister langs E6 og faste kunder i Oppdal. De fleste bruker mobilen.",
        "current_state": "Nettsiden er fra 2017, og vi kan ikke endre den selv. Facebook bruker vi hver uke.",
        "links": ["https://www.osteriet.example"],
        "deliverables": [
            "Nettbutikk med 40 varer",
            "Betaling med kort",
            "40 produktbilder",
            "Opplæring, to kvelder",
        ],
        "out_of_scope": "Ny logo og annonser.",
        "content": {
            "text": "ready",
            "photos": "need_help",
            "logo": "ready",
            "film": "not_relevant",
            "product_data": "ready",
        },
        "budget_band": "b100_200",
        "budget_rule": "can_grow",
        "monthly_band": "m500_2000",
        "start_from": day(45),
        "finish_by": day(150),
        "date_reason": "Før sesongen",
        "municipality": "5021",
        "presence": "some",
        "languages": ["nb", "en"],
        "own_effort": "h2_5",
        "decision_by": "Daglig leder",
        "decision_date": day(30),
        "incumbent": "no",
        "ownership": ["domain", "hosting", "source_files", "accounts", "ad_accounts", "images"],
        "personal_data": "yes",
        "accessibility": True,
        "aftercare": ["operation", "training"],
        "must_have": ["Kobling til kassa", "Kunden kan hente på gården"],
        "nice_to_have": ["Gavekort"],
        "weights": {"understanding": 35, "experience": 25, "price": 25, "cooperation": 15},
        "invite_count": 5,
        "open_door": True,
        "response_deadline": day(18),
        "visibility": "named",
        "report_consent": "totals",
    }


class Raw(dict[str, list[str]]):
    """Values as a browser sends them."""

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])


def form_of(answers: dict[str, Any]) -> Raw:
    """Return answers as the guide's own forms would send them."""
    form = Raw()
    for question in guide.load():
        value = shown_value(question, answers.get(question.code))
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
    return full_answers()


@pytest.fixture
def raw():
    """Make what a browser sends from names and values."""

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
