"""Factories for briefs."""

import datetime as dt
from typing import Any

from marketplace.briefs import use_cases
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer

TOPICS = ["choosing", "delivery", "frame", "goal", "need", "protection", "today"]


def full_answers(today: dt.date | None = None) -> dict[str, Any]:
    """Return a complete set of answers of a cheese dairy, with dates relative to a day."""
    first = today or clock.today()

    def day(count: int) -> str:
        return (first + dt.timedelta(days=count)).isoformat()

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


def draft(viewer: Viewer, **changes: Any) -> Brief:
    """Add a complete draft of the viewer's company that can be published."""
    brief = use_cases.create_draft(viewer)
    answers = full_answers() | changes
    brief.answers, brief.title, brief.confirmed_topics = answers, answers["title"], TOPICS
    session.commit()
    return brief


def published(viewer: Viewer, **changes: Any) -> Brief:
    """Add a published brief of the viewer's company, open for 18 days."""
    return use_cases.publish(viewer, draft(viewer, **changes).reference, confirmed=True)
