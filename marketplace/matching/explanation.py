"""Explanation of a score: its parts, the matching words, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .serialization import to_plain

Note = tuple[str, Mapping[str, Any]]
"""A message code and its parameters; the caller formats the message in the reader's language."""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One of the six parts of a score: points, and the maximum it can give."""

    code: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A word or service that matches, with its forms in the brief and in the supplier's texts.

    `part` is the part of the score it belongs to, `value` its points there. The values of words add up to the part
    "words". A service that is ticked but not mentioned has no document words. A term dropped by leave-one-out
    verification (see `Index.rank`) has no words on either side.
    """

    term: str
    query_words: tuple[str, ...]
    document_words: tuple[str, ...]
    value: float
    part: str = "words"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Parts that add up to the score. `facts` are in the supplier's favour, `lacks` are missing or unknown."""

    parts: tuple[ScorePart, ...]
    terms: tuple[TermMatch, ...] = ()
    facts: tuple[Note, ...] = ()
    lacks: tuple[Note, ...] = ()

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(part.value for part in self.parts)

    def part(self, code: str) -> ScorePart:
        """Return one part by its code. Raises KeyError for an unknown code."""
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
