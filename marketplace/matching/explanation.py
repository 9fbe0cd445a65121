"""Why a supplier stands where it stands: the score's parts, the words on both sides, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from marketplace.matching.serialization import to_plain

Note = tuple[str, Mapping[str, Any]]
"""A code and what to fill in, for a sentence that the caller says in the reader's language."""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One of the score's six parts: points won, out of the most it can give."""

    code: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A word, or a service, that both texts have: as it stands in the brief and in the supplier's texts.

    `part` says which part of the score it counts in, `value` how many points it gave there. The values of the
    words add up to the part "words". A service that was ticked and not written has no document words. One that failed
    the test (see `Index.rank`) has no words on either side.
    """

    term: str
    query_words: tuple[str, ...]
    document_words: tuple[str, ...]
    value: float
    part: str = "words"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts add up to the score. `facts` speak for the supplier, `lacks` tell what is missing or unknown."""

    parts: tuple[ScorePart, ...]
    terms: tuple[TermMatch, ...] = ()
    facts: tuple[Note, ...] = ()
    lacks: tuple[Note, ...] = ()

    @property
    def score(self) -> float:
        """Return the sum of the parts."""
        return sum(part.value for part in self.parts)

    def part(self, code: str) -> ScorePart:
        """Return one part. Raises KeyError for a code that is none of the six."""
        for part in self.parts:
            if part.code == code:
                return part
        raise KeyError(code)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read an explanation from JSON values."""
        return cls(
            tuple(ScorePart(**part) for part in values["parts"]),
            tuple(
                TermMatch(
                    term["term"],
                    tuple(term["query_words"]),
                    tuple(term["document_words"]),
                    term["value"],
                    term["part"],
                )
                for term in values["terms"]
            ),
            tuple((code, dict(params)) for code, params in values["facts"]),
            tuple((code, dict(params)) for code, params in values["lacks"]),
        )
