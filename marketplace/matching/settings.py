"""All parameters of the ranking, in one published object."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from .serialization import from_plain, to_plain

PART_CODES = ("words", "services", "sector", "place", "budget", "availability")
DIVISORS = ("words_half", "budget_slack", "late_days")
"""Settings that scores are divided by."""


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """Parameters of the ranking. The six `max_…` are points out of 100.

    `k1`, `b` and the field weights are those of BM25F (see `index/bm25.py`).
    """

    max_words: float = 15.0
    max_services: float = 50.0
    max_sector: float = 10.0
    max_place: float = 10.0
    max_budget: float = 10.0
    max_availability: float = 5.0

    k1: float = 1.2
    b: float = 0.75
    weight_name: float = 2.0
    weight_services: float = 2.0
    weight_text: float = 1.0
    weight_cases: float = 1.0
    weight_parts: float = 0.55
    weight_title: float = 2.0
    fuzzy_terms: int = 4
    fuzzy_floor: float = 0.35
    fuzzy_weight: float = 0.7
    foreign_share: float = 0.9
    foreign_terms: int = 16
    foreign_floor: float = 0.05
    """A query is in another language, or in other words than the index, if the index does not know this share of its
    words. Its words without similar terms by the first two settings are then compared by these two."""
    words_half: float = 0.5
    """Share of the brief's own word weight at which a supplier gets half of the points for words."""

    query_sharpness: float = 3.0
    document_sharpness: float = 1.0
    """Exponents of the cosines in the topic vectors of briefs and profiles: higher values favour the nearest
    services."""
    ticked_share: float = 0.5
    """Share of a supplier's topic vector that comes from its ticked services and cases; the rest comes from its
    texts."""
    focus_share: float = 0.5
    """Share of the points for confirmed services that depends on how central they are to the supplier."""
    worth_ticked: float = 0.85
    worth_done: float = 0.9
    worth_spoken: float = 0.75
    worth_beside: float = 0.15
    """Evidence, 0 to 1, for a confirmed service that the supplier has ticked, has a case of, only writes about, or
    offers a related service to. Ticked with a case is 1."""
    spoken_half: float = 0.125
    spoken_slope: float = 40.0
    """Logistic curve from the cosine of a supplier's texts with a service to how clearly they are about it: the cosine
    of one half, and the slope."""
    spoken_topics: float = 0.25
    """Weight of a service that a supplier with ticked services writes about, relative to a ticked one."""
    spoken_floor: float = 0.75
    """How clearly, 0 to 1, texts must be about a service to count as an offer of it without a tick, and as related to
    other services."""
    many_services: int = 4
    tick_decay: float = 4.0
    worth_unsupported: float = 0.15
    """Number of ticked services from which a tick that the texts do not support counts less, and how fast: with n
    ticks (`many_services` / n) to the power of `tick_decay`, times `worth_unsupported` whatever their number."""
    offered_floor: float = 0.03
    """Minimum evidence, 0 to 1, from ticks and cases to count as an offer. Six unsupported ticks are below it."""
    labelled_services: int = 5
    """With more ticked services than this, their names are not searched as words of the profile."""
    sector_written: float = 0.3
    sector_known: float = 0.7
    sector_done: float = 0.9
    sector_similar: float = 0.2
    """Shares of the points for sector experience: mentioned in the texts, stated, one case in the sector (two cases
    give all), and the addition for a similar case in another sector."""
    shown_floor: float = 0.1
    """Minimum evidence, 0 to 1, for a confirmed service or for one related to it; a supplier with less is excluded."""
    must_have_floor: float = 0.34
    """Share of a must-have's word weight that a profile must contain to count as mentioning it."""

    flagged_worth: float = 0.4
    """Factor for words and services of a supplier whose texts are flagged as spam, until a person has reviewed them,
    or copy the brief. Services that are only mentioned count for nothing there."""
    copied_floor: float = 0.5
    copied_short: float = 0.9
    """Share of a brief's distinct terms that a profile must contain to count as a copy of the brief. Short
    briefs, of under two dozen distinct terms, need a higher share: `copied_short` minus a sixtieth per term."""
    alike_floor: float = 0.8
    """Jaccard similarity from which two profiles count as near-duplicates."""
    twin_worth: float = 0.1
    """Factor for all points of near-duplicates, except for one of each group chosen by the brief's tie break."""

    fair_width: float = 0.25
    """Width of a band of equal scores in points. Within a band, counted from its highest score, the least recently
    shown supplier comes first."""

    near_km: float = 40.0
    far_km: float = 250.0
    budget_slack: float = 0.5
    """Excess over the budget at which the lowest price gives no points: 0.5 is half as much again."""
    late_days: int = 90
    """Days after the wanted start at which availability gives no points."""
    unknown_share: float = 0.5
    """Share of the points for place, budget or availability that an unknown value gives, and the most that a price
    over the budget gives."""

    def __post_init__(self) -> None:
        """Raise ValueError if the maxima do not add up to 100, or a value would give scores that are no numbers."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value < math.inf or (not value and field.name in DIVISORS):
                at_least = "positive" if field.name in DIVISORS else "zero or more"
                message = f"{field.name} must be {at_least}, not {value}"
                raise ValueError(message)
        total = sum(self.maximum(code) for code in PART_CODES)
        if abs(total - 100.0) > 1e-9:  # noqa: PLR2004 because a score is out of 100
            message = f"the six maxima add up to {total}, not 100"
            raise ValueError(message)

    def maximum(self, code: str) -> float:
        """Return the maximum points of one of the six parts."""
        value: float = getattr(self, f"max_{code}")
        return value

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read settings from JSON values. Raises ValueError for an unknown name or a wrong sum."""
        return cls(**from_plain(values, cls.__dataclass_fields__.keys()))
