"""An ordered answer: matches with their places, and those left out with the reason."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from marketplace.matching.criteria import BESIDE, OVER_BUDGET, Exclusion
from marketplace.matching.explanation import Explanation
from marketplace.matching.serialization import to_plain
from marketplace.matching.settings import Settings

SAME_SCORE_DIGITS = 9


def tie_break(query_id: str, document_id: str) -> bytes:
    """Return the key that orders equal scores: a hash, so that no supplier always comes first.

    The same brief and supplier always give the same key, and another brief another order.
    """
    return hashlib.blake2b(f"{query_id}\x1f{document_id}".encode(), digest_size=8).digest()


def order_key(query_id: str, document_id: str, score: float) -> tuple[float, bytes, str]:
    """Return the key to sort matches by: highest score first, then the tie break."""
    return (-round(score, SAME_SCORE_DIGITS), tie_break(query_id, document_id), document_id)


def rotate_ties(
    query_id: str, scored: Sequence[tuple[str, float]], last_shown: Mapping[str, int], width: float
) -> list[str]:
    """Return documents so that, among nearly equal scores, the one shown least recently comes first.

    `scored` are documents with their scores, highest first. A band begins at the highest score not yet placed and holds
    those that are at most `width` points below it, so no two of a band differ by more, and nobody leaves its own band.
    `shown` gives when each document was last shown, as a number that grows; those never shown come before all others.
    Among those shown at the same time the tie break decides.
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
    """A supplier's place in the list, from 1, with its score out of 100 and why."""

    place: int
    document_id: str
    score: float
    explanation: Explanation

    @property
    def is_related_only(self) -> bool:
        """Say whether the supplier offers only something related to what was confirmed."""
        return any(code == BESIDE for code, _ in self.explanation.lacks)

    @property
    def is_within_budget(self) -> bool:
        """Say whether the supplier's smallest job is within the budget, as far as is known."""
        return all(code != OVER_BUDGET for code, _ in self.explanation.lacks)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a match from JSON values."""
        explanation = Explanation.from_dict(values["explanation"])
        return cls(values["place"], values["document_id"], values["score"], explanation)


@dataclass(frozen=True, slots=True)
class Ranking:
    """All suppliers for one brief. `settings` are those that gave the scores."""

    query_id: str
    settings: Settings
    matches: tuple[Match, ...]
    excluded: Sequence[Exclusion] = ()

    def match(self, document_id: str) -> Match | None:
        """Return one supplier's match, or None when it is not in the list."""
        return next((match for match in self.matches if match.document_id == document_id), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the ranking as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a ranking from JSON values: the same order, scores and reasons."""
        return cls(
            values["query_id"],
            Settings.from_dict(values["settings"]),
            tuple(Match.from_dict(match) for match in values["matches"]),
            tuple(
                Exclusion(exclusion["document_id"], exclusion["reason"], exclusion["params"])
                for exclusion in values["excluded"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """How many suppliers fit a brief: `fits` pass all hard requirements and the budget, `near` only the former.

    `beside` counts those that stand in the list, last, for a service related to one that was confirmed. `shown` counts
    those that fit and speak of every must-have, where it was asked for (`Index.fits`).
    """

    fits: int
    over_budget: int
    excluded: Mapping[str, int]
    related_only: int = 0
    with_must_haves: int = 0
