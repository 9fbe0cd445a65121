"""What is held against a supplier's texts when a brief is compared with them, until a person has looked.

Three things: texts that look made for the machine (`flags`), all but one of those that say the same (`twins`), and texts
that repeat the very brief they are compared with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from marketplace.matching.documents import Document, Query
from marketplace.matching.explanation import Note
from marketplace.matching.index.lexical import LEAST_TO_COPY, LexicalIndex, QueryTerms
from marketplace.matching.index.needs import Truths, Vector
from marketplace.matching.ranking import tie_break
from marketplace.matching.settings import Settings
from marketplace.matching.suspicion import flags, repeats, sketch, twins

SUSPICIOUS = 0.3
"""Share of a brief's different words from which a text is held against the brief word by word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What there is to say about one document's texts: flags, its different terms, and a sketch of them."""

    flags: tuple[Note, ...]
    words: frozenset[str]
    sketch: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, document: Document, words: frozenset[str]) -> Self:
        """Read a document; `words` are the different terms of its texts."""
        return cls(() if document.looked_at else flags(document), words, tuple(sketch(words)))


class Doubts:
    """The doubts about an index's documents, each with its reading."""

    def __init__(
        self, documents: Sequence[Document], readings: Sequence[Reading], settings: Settings
    ) -> None:
        self.documents = documents
        self.readings = readings
        self.settings = settings
        self.flags = {row: reading.flags for row, reading in enumerate(readings) if reading.flags}
        self.worth: Vector = np.ones(len(documents))
        self.worth[list(self.flags)] = settings.flagged_worth
        self.groups: dict[int, list[int]] = {}
        words, sketches = [reading.words for reading in readings], [reading.sketch for reading in readings]
        for row, first in enumerate(twins(words, sketches, settings.alike_floor)):
            if row != first:
                self.groups.setdefault(first, [first]).append(row)

    def behind(self, query_id: str, listed: Truths) -> dict[int, int]:
        """Return for those listed who say the same as another one: the row of that one, drawn by the query."""
        found: dict[int, int] = {}
        for group in self.groups.values():
            here = [row for row in group if listed[row]]
            if len(here) > 1:
                first = min(here, key=lambda row: tie_break(query_id, self.documents[row].id))
                found |= {row: first for row in here if row != first}
        return found


class DoubtsForQuery:
    """The same for one query: who repeats it, and what words and services are worth at each document."""

    def __init__(
        self, doubts: Doubts, query: Query, lexical: LexicalIndex, terms: QueryTerms, covered: Vector
    ) -> None:
        self.doubts = doubts
        self.query = query
        self.lexical = lexical
        self.terms = terms
        self.covered = covered

    @cached_property
    def copies(self) -> frozenset[int]:
        """Return the rows whose texts repeat the brief: most of its different words, or whole runs of them."""
        settings, documents = self.doubts.settings, self.doubts.documents
        if self.terms.different < LEAST_TO_COPY:
            return frozenset()
        most = max(settings.copied_floor, settings.copied_short - self.terms.different / 60.0)
        held = self.lexical.shares_held(self.terms)
        close = np.flatnonzero((self.covered >= settings.copied_floor / 4) & (held >= min(most, SUSPICIOUS)))
        brief = f"{self.query.title} {self.query.text}"
        return frozenset(
            row
            for row in close.tolist()
            if not documents[row].looked_at and (held[row] >= most or repeats(documents[row], brief))
        )

    @cached_property
    def worth(self) -> Vector:
        """Return what words and services count at each document, 0 to 1."""
        worth = self.doubts.worth.copy()
        worth[list(self.copies)] = self.doubts.settings.flagged_worth
        return worth

    def but_for_copies(self, full: Vector, without_words: Vector) -> Vector:
        """Return rows as they are, but as they would be without own words for those that repeat the brief."""
        if not self.copies:
            return full
        rows, mended = list(self.copies), full.copy()
        mended[rows] = without_words[rows]
        return mended

    def notes(self, row: int) -> Iterator[Note]:
        """Say why words and services count less than they would at one document."""
        if row in self.copies:
            yield "repeats_the_brief", {}
        elif row in self.doubts.flags:
            yield "text_to_look_at", {"flags": [code for code, _ in self.doubts.flags[row]]}
