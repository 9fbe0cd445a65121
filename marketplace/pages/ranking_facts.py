"""Ranking settings for the page "How we rank", read from the live settings so that they always agree."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache

from marketplace.core.i18n import format_number, gettext as _
from marketplace.data import data_path
from marketplace.matching import PART_CODES, MatchingSettings
from marketplace.sourcing.ranking.match_explanation import part_label


@dataclass(frozen=True, slots=True)
class PartDescription:
    """One of the six parts of a score."""

    label: str
    maximum: float
    about: str


@dataclass(frozen=True, slots=True)
class QualityFigures:
    """Ranking quality at the last measurement; shares from 0 to 1. See `marketplace evaluate --keep`."""

    on: dt.date
    set_name: str
    briefs: int
    suppliers: int
    order: float
    order_by_words: float
    needs_found: float
    worst_attack: float
    attacks: int


@cache
def quality_figures() -> QualityFigures:
    """Return the stored figures of the last measurement."""
    kept = json.loads(data_path("quality.json").read_text(encoding="utf-8"))
    tracks, attacks = kept["quality"]["tracks"], kept["attacks"]["confirmed"]["attacks"]
    on = kept["measured"]["quality"]
    return QualityFigures(
        on=dt.date.fromisoformat(on["day"]),
        set_name=on["name"],
        briefs=on["briefs"],
        suppliers=on["suppliers"],
        order=tracks["confirmed"]["overall"]["ndcg@10"],
        order_by_words=tracks["text"]["overall"]["ndcg@10"],
        needs_found=tracks["suggest"]["overall"]["recall@5"],
        worst_attack=max(attack["irrelevant_in_top_3"] for attack in attacks.values()),
        attacks=len(attacks),
    )


def describe_parts(settings: MatchingSettings) -> list[PartDescription]:
    """Return the six parts with their maximum points, largest first."""
    abouts = {
        "words": _("The words you wrote, compared with what suppliers write about themselves and their jobs. A rare word counts more than a common one, and repeating a word fifty times gives no extra points."),
        "services": _("The services you confirmed, compared with those the supplier offers and has shown. A supplier that specialises in these services ranks higher than one that does everything."),
        "sector": _("Whether the supplier knows your sector and has shown jobs in it."),
        "place": _("Whether the supplier takes jobs in your area, or how far away it is. Under %(near)s km in a straight line counts as near, and over %(far)s km gives no points. A supplier that works online gets all points if everything can be online, and at least half if you want some meetings.", near=format_number(settings.near_km), far=format_number(settings.far_km)),
        "budget": _("Whether the supplier's smallest job is within your budget."),
        "availability": _("Whether the supplier can start when you want to."),
    }  # fmt: skip
    parts = [PartDescription(part_label(code), settings.maximum(code), abouts[code]) for code in PART_CODES]
    return sorted(parts, key=lambda part: -part.maximum)
