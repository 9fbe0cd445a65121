"""Content of offers, as values and as form data."""

import datetime as dt
from typing import Any

from marketplace.proposals.offer_content import OfferContent, PriceLine, RequirementAnswer
from marketplace.proposals.price_comparison import PriceKind


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
