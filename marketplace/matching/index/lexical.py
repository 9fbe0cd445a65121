"""The words of all documents, weighted, and how a query meets them."""

import copy
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse

from marketplace.matching.analysis import Analyzer, Token
from marketplace.matching.index.fuzzy import FuzzyTerms
from marketplace.matching.index.weighting import FieldedBM25Transformer, count_fields, vocabulary_of
from marketplace.matching.settings import Settings

PARTS = "parts"
LEAST_TO_COPY = 4
"""From how many different words on holding most of them is no accident."""


@dataclass(frozen=True)
class QueryTerms:
    """A query as weights per column, with the words behind each, and the most that a plain mention could give."""

    weights: Mapping[int, float]
    words: Mapping[int, tuple[str, ...]]
    bound: float
    own: frozenset[int] = frozenset()
    """The columns of the query's own terms, without compounds' parts and words spelled alike."""
    different: int = 0
    """How many different terms the query has, known to the index or not."""

    @property
    def columns(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the columns, ascending."""
        return np.fromiter(sorted(self.weights), dtype=np.int64, count=len(self.weights))


class LexicalIndex:
    """Documents of several fields as one weighted matrix; compounds' parts are a field of less weight."""

    def __init__(
        self,
        fields: Mapping[str, Sequence[Sequence[Token]]],
        weights: Mapping[str, float],
        settings: Settings,
    ) -> None:
        terms = _terms_of(fields)
        self.settings = settings
        self.vocabulary: dict[str, int] = vocabulary_of(terms)
        counts = count_fields(terms, self.vocabulary)
        self._weighting = FieldedBM25Transformer(
            {**weights, PARTS: settings.weight_parts}, k1=settings.k1, b=settings.b
        ).fit(counts)
        self._set(self._weighting.transform(counts))
        self.fuzzy = FuzzyTerms(list(self.vocabulary), settings.fuzzy_terms, settings.fuzzy_floor)

    @property
    def idf(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return how rare each term is."""
        found: np.ndarray[Any, np.dtype[np.float64]] = self._weighting.idf_
        return found

    def _set(self, matrix: Any) -> None:
        self.matrix = matrix
        self.by_term = matrix.tocsc()

    def updated(self, rows: Sequence[int | None], fields: Mapping[str, Sequence[Sequence[Token]]]) -> Self:
        """Return the index with other rows: `rows` are old row numbers, or None for the next one of `fields`.

        How rare a term is and how long a field is stay as they were, so that a row that is kept keeps its weights
        to the bit. A term that nobody had before gets a column of its own, as rare as one that one document has;
        words spelled nearly like it are not read as it before the index is built anew.
        """
        terms = _terms_of(fields)
        made = copy.copy(self)
        unseen = sorted(vocabulary_of(terms).keys() - self.vocabulary.keys() - {""})
        matrix = self.matrix
        if unseen:
            made.vocabulary = self.vocabulary | {
                term: column for column, term in enumerate(unseen, len(self.vocabulary))
            }
            rare = np.log1p((matrix.shape[0] - 0.5) / 1.5)
            made._weighting = copy.copy(self._weighting)  # noqa: SLF001 because it is a copy of our own
            made._weighting.idf_ = np.concatenate([self.idf, np.full(len(unseen), rare)])  # noqa: SLF001 because as above
            matrix = sparse.csr_array(
                (matrix.data, matrix.indices, matrix.indptr), (matrix.shape[0], len(made.vocabulary))
            )
        fresh = made._weighting.transform(count_fields(terms, made.vocabulary))  # noqa: SLF001 because as above
        new = iter(range(matrix.shape[0], matrix.shape[0] + fresh.shape[0]))
        order = [next(new) if row is None else row for row in rows]
        made._set(sparse.vstack([matrix, fresh], format="csr")[order])  # noqa: SLF001 because as above
        return made

    def query(self, texts: Sequence[tuple[Sequence[Token], float]]) -> QueryTerms:
        """Return a query made of texts, each with the weight of one of its words."""
        weights: defaultdict[int, float] = defaultdict(float)
        words: defaultdict[int, dict[str, None]] = defaultdict(dict)
        bound = 0.0
        terms = {token.term for tokens, _ in texts for token in tokens}
        own = frozenset(self.vocabulary[term] for term in terms if term in self.vocabulary)
        for tokens, weight in texts:
            for token in tokens:
                columns = self._columns(token)
                bound += weight * max((share * self.idf[column] for column, share in columns), default=0.0)
                for column, share in columns:
                    weights[column] += weight * share
                    words[column][token.surface] = None
        shown = {column: tuple(surfaces) for column, surfaces in words.items()}
        return QueryTerms(weights, shown, bound, own, len(terms))

    def _columns(self, token: Token) -> list[tuple[int, float]]:
        """Return the columns that a word stands for, each with its share of the word's weight."""
        settings = self.settings
        parts = [self.vocabulary[part] for part in token.parts if part in self.vocabulary]
        shares = [(column, settings.weight_parts) for column in parts]
        own = self.vocabulary.get(token.term)
        if own is not None:
            return [(own, 1.0), *shares]
        return shares + [
            (column, settings.fuzzy_weight * alike) for column, alike in self.fuzzy.alike(token.term)
        ]

    def scores(self, query: QueryTerms) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return each document's sum of query weight times document weight."""
        scores = np.zeros(self.matrix.shape[0])
        by_term = self.by_term
        for column in query.columns:
            rows = slice(by_term.indptr[column], by_term.indptr[column + 1])
            scores[by_term.indices[rows]] += query.weights[int(column)] * by_term.data[rows]
        return scores

    def shares_held(self, query: QueryTerms) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return how much of a query's different words each document holds, 0 to 1."""
        held = np.zeros(self.matrix.shape[0])
        by_term = self.by_term
        for column in query.own:
            held[by_term.indices[by_term.indptr[column] : by_term.indptr[column + 1]]] += 1
        return held / max(query.different, 1)

    def contributions(self, query: QueryTerms, row: int) -> dict[int, float]:
        """Return what each of the query's terms gives one document; they add up to its score."""
        matrix = self.matrix
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        weights = query.weights
        return {
            int(column): weights[int(column)] * float(value)
            for column, value in zip(matrix.indices[span], matrix.data[span], strict=True)
            if int(column) in weights
        }

    def coverage(self, tokens: Sequence[Token]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return how much of a text's word weight each document has at all, 0 to 1.

        A word that no document has weighs as much as the rarest one.
        """
        covered = np.zeros(self.matrix.shape[0])
        total = 0.0
        rarest = float(self.idf.max())
        for token in tokens:
            own = self.vocabulary.get(token.term)
            weight = rarest if own is None else float(self.idf[own])
            total += weight
            share_of = np.zeros_like(covered)
            for column, share in self._columns(token):
                rows = self.by_term.indices[self.by_term.indptr[column] : self.by_term.indptr[column + 1]]
                share_of[rows] = np.maximum(share_of[rows], share)
            covered += weight * share_of
        return covered / total if total else covered


def _terms_of(fields: Mapping[str, Sequence[Sequence[Token]]]) -> dict[str, list[list[str]]]:
    terms = {name: [[token.term for token in doc] for doc in docs] for name, docs in fields.items()}
    terms[PARTS] = [
        [part for docs in fields.values() for token in docs[i] for part in token.parts]
        for i in range(len(next(iter(fields.values()))))
    ]
    return terms


def query_tokens(
    analyzer: Analyzer, title: str, text: str, lang: str, settings: Settings
) -> list[tuple[list[Token], float]]:
    """Return a brief's title and text as tokens with their weight."""
    return [(analyzer.tokens(title, lang), settings.weight_title), (analyzer.tokens(text, lang), 1.0)]
