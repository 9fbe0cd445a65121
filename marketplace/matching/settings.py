"""All that can be turned in the ranking, in one published object."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from marketplace.matching.serialization import from_plain, to_plain

PART_CODES = ("words", "services", "sector", "place", "budget", "availability")


@dataclass(frozen=True, slots=True)
class Settings:
    """Weights of the ranking. The six `max_…` are points out of 100.

    `k1`, `b` and the field weights belong to the term weighting (see `index/weighting.py`).
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
    words_half: float = 0.5
    """Share of the brief's own word weight at which a supplier gets half of the points for words."""

    query_sharpness: float = 3.0
    document_sharpness: float = 1.0
    """How firmly the need model chooses between services, for a brief and for a profile: the power of the cosine."""
    ticked_share: float = 0.5
    """How much of a supplier's profile of services comes from its own ticks, the rest from its words."""
    focus_share: float = 0.5
    """How much of the points for confirmed services goes to how central they are to the supplier."""
    worth_ticked: float = 0.85
    worth_done: float = 0.9
    worth_spoken: float = 0.6
    worth_beside: float = 0.15
    """What a confirmed service is worth, of 1, at a supplier that ticked it, has shown a job of it, only writes of
    it, or offers one that is related to it. Ticked and shown is 1."""
    many_services: int = 8
    """From how many ticked services on each of them counts less: nobody does everything well."""
    sector_written: float = 0.3
    sector_known: float = 0.7
    sector_done: float = 0.9
    sector_similar: float = 0.2
    """Shares of the points for the trade: the texts tell of it, the supplier says so, it has shown a job there (all
    from two jobs on), and what a similar job in another trade adds to the first two."""
    shown_floor: float = 0.1
    """Least evidence in words, 0 to 1, for a service that the supplier has not ticked."""
    must_have_floor: float = 0.34
    """Share of a must-have's word weight that a profile must have to count as having shown it."""

    flagged_worth: float = 0.4
    """What words and services count at a supplier whose texts look made for the machine, until a person has looked,
    and where they repeat the brief itself. Services that are only written of count for nothing there."""
    copied_floor: float = 0.5
    copied_short: float = 0.9
    """Share of a brief's different words from which a profile that holds them counts as repeating the brief. A brief of
    under two dozen different words needs more of them: `copied_short`, less a sixtieth for each."""
    alike_floor: float = 0.8
    """Share of their words that two profiles have in common from which they say the same."""
    twin_worth: float = 0.1
    """What all points count at those that say the same as another in the list, which is drawn by brief."""

    fair_width: float = 0.25
    """Points that two scores may differ and still count as equal. Among equals, counted from the highest of them, who
    was shown least recently comes first."""

    near_km: float = 40.0
    far_km: float = 250.0
    budget_slack: float = 0.5
    """How far over the budget the smallest job may be before the points are gone: 0.5 is half as much again."""
    late_days: int = 90
    """How many days late a start may be before the points are gone."""

    def __post_init__(self) -> None:
        """Refuse maxima that do not add up to 100."""
        total = sum(self.maximum(code) for code in PART_CODES)
        if abs(total - 100.0) > 1e-9:  # noqa: PLR2004 because a score is out of 100
            message = f"the six maxima add up to {total}, not 100"
            raise ValueError(message)

    def maximum(self, code: str) -> float:
        """Return the most points that one of the six parts can give."""
        value: float = getattr(self, f"max_{code}")
        return value

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read settings from JSON values; raises ValueError for an unknown name or a wrong sum."""
        return cls(**from_plain(values, {field.name for field in fields(cls)}))
