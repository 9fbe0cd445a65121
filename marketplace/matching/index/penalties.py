"""Score penalties for suspicious texts, in force until a person has reviewed them.

Penalised are texts flagged as spam, all but one of a group of near-duplicates, and texts that copy the brief they
are compared with.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from ..documents import Document, Query
from ..explanation import Note
from ..ngram_filters import Filters, may_copy
from ..ranking import tie_break
from ..settings import MatchingSettings
from ..spam import copies_brief
from ..storage.types import Mask, Vector
from .lexical import MIN_TERMS_TO_COMPARE, LexicalIndex, QueryTerms, Scores
from .postings_slice import Rows

MIN_TERMS_TO_COUNT = 10
"""A query with fewer distinct terms is copied only if trigrams show it: honest profiles contain all of its terms."""
MIN_SHARED_TERMS = 0.3
"""Share of a brief's distinct terms that a text must contain to be compared with the brief by trigrams."""


class Penalties:
    """Penalties that do not depend on a query, by row. `duplicate_of` maps a row to the first of its duplicates.

    `filters` are those of the documents, by segment.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        flags: Mapping[int, tuple[Note, ...]],
        duplicate_of: Mapping[int, int],
        settings: MatchingSettings,
        filters: Sequence[Filters],
    ) -> None:
        self.documents = documents
        self._filters = filters
        self.settings = settings
        self.flags = flags
        self.factors: Vector = np.ones(len(documents))
        self.factors[list(self.flags)] = settings.flagged_worth
        self.groups: dict[int, list[int]] = {}
        for row, first in duplicate_of.items():
            self.groups.setdefault(first, [first]).append(row)

    def may_copy(self, rows: Rows, brief: str) -> Rows:
        """Return those of the given ascending rows whose documents may copy a brief word for word."""
        found, start = [], 0
        for filters in self._filters:
            local_rows = rows[(rows >= start) & (rows < start + len(filters))] - start
            found.append(local_rows[may_copy(filters[local_rows], brief)] + start)
            start += len(filters)
        return np.concatenate(found)

    def demoted_duplicates(self, query_id: str, listed: Mask, id_of: Callable[[int], str]) -> dict[int, int]:
        """Map each listed duplicate to the row that represents its group, chosen by the query's tie break."""
        representative_of: dict[int, int] = {}
        for group in self.groups.values():
            listed_rows = [row for row in group if listed[row]]
            if len(listed_rows) > 1:
                representative = min(listed_rows, key=lambda row: tie_break(query_id, id_of(row)))
                representative_of |= {row: representative for row in listed_rows if row != representative}
        return representative_of


class QueryPenalties:
    """Penalties for one query: documents that copy it, and the factor for words and services of each document."""

    def __init__(
        self,
        penalties: Penalties,
        query: Query,
        lexical: LexicalIndex,
        terms: QueryTerms,
        word_weights: Scores,
    ) -> None:
        self.penalties = penalties
        self.query = query
        self.lexical = lexical
        self.terms = terms
        self.word_weights = word_weights

    @cached_property
    def copied_rows(self) -> frozenset[int]:
        """The rows whose texts copy the brief: most of its distinct terms, or a large share of its trigrams."""
        settings, documents = self.penalties.settings, self.penalties.documents
        if self.terms.distinct_terms < MIN_TERMS_TO_COMPARE:
            return frozenset()
        distinct_terms = self.terms.distinct_terms
        min_share = max(settings.copied_floor, settings.copied_short - distinct_terms / 60.0)
        has_many_terms = distinct_terms >= MIN_TERMS_TO_COUNT
        shared = self.lexical.shared_terms(self.terms)
        coverage = self.terms.coverage(self.word_weights)
        suspects = np.flatnonzero(
            (coverage >= settings.copied_floor / 4) & (shared >= min(min_share, MIN_SHARED_TERMS))
        )
        brief = f"{self.query.title} {self.query.text}"
        shares_most = (shared[suspects] >= min_share) & has_many_terms
        verbatim = [
            row
            for row in self.penalties.may_copy(suspects[~shares_most], brief).tolist()
            if copies_brief(documents[row], brief)
        ]
        return frozenset(
            row for row in (*suspects[shares_most].tolist(), *verbatim) if not documents[row].looked_at
        )

    @cached_property
    def factors(self) -> Vector:
        """The factor, 0 to 1, for the points for words and services of each document."""
        if not self.copied_rows:
            return self.penalties.factors
        factors = self.penalties.factors.copy()
        factors[list(self.copied_rows)] = self.penalties.settings.flagged_worth
        return factors

    def notes(self, row: int) -> Iterator[Note]:
        """Yield the reason why words and services of a document count less than they would."""
        if row in self.copied_rows:
            yield "repeats_the_brief", {}
        elif row in self.penalties.flags:
            yield "text_to_look_at", {"flags": [code for code, _ in self.penalties.flags[row]]}
