"""What is held against a supplier's texts when a brief is compared with them, until a person has looked.

Three things: texts that look made for the machine (`flags`), all but one of those that say the same (`twins`), and texts
that repeat the very brief they are compared with.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from marketplace.matching.documents import Document, Query
from marketplace.matching.explanation import Note
from marketplace.matching.index.lexical import LEAST_TO_COPY, LexicalIndex, QueryTerms, Scores
from marketplace.matching.ranking import tie_break
from marketplace.matching.settings import Settings
from marketplace.matching.spam import repeats
from marketplace.matching.storage.types import Mask, Vector

SUSPICIOUS = 0.3
"""Share of a brief's different words from which a text is held against the brief word by word."""


class Penalties:
    """The doubts about an index's documents, by row. `behind_first` are those that say the same as an earlier one."""

    def __init__(
        self,
        documents: Sequence[Document],
        flagged: Mapping[int, tuple[Note, ...]],
        behind_first: Mapping[int, int],
        settings: Settings,
    ) -> None:
        self.documents = documents
        self.settings = settings
        self.flags = flagged
        self.worth: Vector = np.ones(len(documents))
        self.worth[list(self.flags)] = settings.flagged_worth
        self.groups: dict[int, list[int]] = {}
        for row, first in behind_first.items():
            self.groups.setdefault(first, [first]).append(row)

    def behind(self, query_id: str, listed: Mask, id_of: Callable[[int], str]) -> dict[int, int]:
        """Return for those listed who say the same as another one: the row of that one, drawn by the query."""
        found: dict[int, int] = {}
        for group in self.groups.values():
            here = [row for row in group if listed[row]]
            if len(here) > 1:
                first = min(here, key=lambda row: tie_break(query_id, id_of(row)))
                found |= {row: first for row in here if row != first}
        return found


class QueryPenalties:
    """The same for one query: who repeats it, and what words and services are worth at each document."""

    def __init__(
        self,
        penalties: Penalties,
        query: Query,
        lexical: LexicalIndex,
        terms: QueryTerms,
        weight: Scores,
    ) -> None:
        self.penalties = penalties
        self.query = query
        self.lexical = lexical
        self.terms = terms
        self.weight = weight

    @cached_property
    def copies(self) -> frozenset[int]:
        """Return the rows whose texts repeat the brief: most of its different words, or whole runs of them."""
        settings, documents = self.penalties.settings, self.penalties.documents
        if self.terms.different < LEAST_TO_COPY:
            return frozenset()
        most = max(settings.copied_floor, settings.copied_short - self.terms.different / 60.0)
        held = self.lexical.shares_of_terms(self.terms)
        covered = self.terms.share(self.weight)
        close = np.flatnonzero((covered >= settings.copied_floor / 4) & (held >= min(most, SUSPICIOUS)))
        brief = f"{self.query.title} {self.query.text}"
        return frozenset(
            row
            for row in close.tolist()
            if not documents[row].looked_at and (held[row] >= most or repeats(documents[row], brief))
        )

    @cached_property
    def worth(self) -> Vector:
        """Return what words and services count at each document, 0 to 1."""
        if not self.copies:
            return self.penalties.worth
        worth = self.penalties.worth.copy()
        worth[list(self.copies)] = self.penalties.settings.flagged_worth
        return worth

    def notes(self, row: int) -> Iterator[Note]:
        """Say why words and services count less than they would at one document."""
        if row in self.copies:
            yield "repeats_the_brief", {}
        elif row in self.penalties.flags:
            yield "text_to_look_at", {"flags": [code for code, _ in self.penalties.flags[row]]}
