"""The result of ranking: matches in order, and exclusions with their reasons."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from .criteria import OVER_BUDGET, RELATED_ONLY, Exclusion
from .explanation import Explanation
from .serialization import STORED_AS, to_plain
from .settings import MatchingSettings

SAME_SCORE_DIGITS = 9


def tie_break(query_id: str, document_id: str) -> bytes:
    """Return a hash that orders equal scores, so that no supplier is always first.

    The key is the same for the same brief and supplier; another brief gives another order.
    """
    return hashlib.blake2b(f"{query_id}\x1f{document_id}".encode(), digest_size=8).digest()


def order_key(query_id: str, document_id: str, score: float) -> tuple[float, bytes, str]:
    """Return the sort key of a match: highest score first, then the tie break."""
    return (-round(score, SAME_SCORE_DIGITS), tie_break(query_id, document_id), document_id)


def rotate_ties(
    query_id: str, scored: Sequence[tuple[str, float]], last_shown: Mapping[str, int], width: float
) -> list[str]:
    """Return document ids ordered so that, among nearly equal scores, the least recently shown comes first.

    `scored` are documents with their scores, highest first. They are divided into bands: a band starts at the highest
    remaining score and contains all scores at most `width` points below it. Documents are only reordered within their
    band. `last_shown` gives the time each document was last shown as an increasing number; documents never shown come
    first, and equal values are ordered by the tie break.
    """
    order: list[str] = []
    start = 0
    while start < len(scored):
        floor = round(scored[start][1] - width, SAME_SCORE_DIGITS)
        end = start + 1
        while end < len(scored) and round(scored[end][1], SAME_SCORE_DIGITS) >= floor:
            end += 1
        band = [document_id for document_id, _score in scored[start:end]]
        band.sort(key=lambda key: (last_shown.get(key, -1), tie_break(query_id, key), key))
        order += band
        start = end
    return order


@dataclass(frozen=True, slots=True)
class Match:
    """A supplier's rank (from 1), score out of 100, and explanation."""

    rank: int = field(metadata={STORED_AS: "place"})
    document_id: str
    score: float
    explanation: Explanation

    @property
    def is_related_only(self) -> bool:
        """True if the supplier offers none of the confirmed services, only something related to one."""
        return any(code == RELATED_ONLY for code, _ in self.explanation.lacks)

    @property
    def is_within_budget(self) -> bool:
        """True if the supplier's lowest price is within the budget or unknown."""
        return all(code != OVER_BUDGET for code, _ in self.explanation.lacks)

    @property
    def fits(self) -> bool:
        """True if the supplier counts among the `fits` of `FitCounts`."""
        return self.is_within_budget and not self.is_related_only

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a match from JSON values."""
        explanation = Explanation.from_dict(values["explanation"])
        return cls(values["place"], values["document_id"], values["score"], explanation)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranking of all suppliers for one brief. `settings` are the ones that it was computed with."""

    query_id: str
    settings: MatchingSettings
    matches: tuple[Match, ...]
    excluded: Sequence[Exclusion] = ()

    def match(self, document_id: str) -> Match | None:
        """Return a supplier's match, or None if it is not listed."""
        return next((match for match in self.matches if match.document_id == document_id), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the ranking as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a ranking from JSON values."""
        return cls(
            values["query_id"],
            MatchingSettings.from_dict(values["settings"]),
            tuple(Match.from_dict(match) for match in values["matches"]),
            tuple(
                Exclusion(exclusion["document_id"], exclusion["reason"], exclusion["params"])
                for exclusion in values["excluded"]
            ),
        )


@dataclass(frozen=True, slots=True)
class FitCounts:
    """Counts of suppliers that fit a brief.

    `fits` meet all hard requirements and the budget, and offer a confirmed service: they tick it, or have a case of it
    or clearly write about it. `over_budget` do so except for the budget. `related_only` offer none of the confirmed
    services, only something related to one. `with_must_haves` counts those that fit and mention every must-have, if
    requested (`Index.fits`).
    """

    fits: int
    over_budget: int
    excluded: Mapping[str, int]
    related_only: int = 0
    with_must_haves: int = 0
