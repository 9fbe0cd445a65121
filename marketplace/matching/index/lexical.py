"""Lexical index: BM25F postings of all documents, and how a query's terms are looked up in them."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..analysis.analyzer import Analyzer, Token
from ..analysis.fuzzy_terms import FuzzyTerms
from ..settings import MatchingSettings
from ..storage.hash_table import NOT_FOUND
from ..storage.postings import Postings
from ..storage.string_table import Vocabulary, memory_map
from ..storage.types import Vector
from .bm25 import FieldedBM25Transformer, count_fields
from .postings_slice import PostingsSlice, Rows

PARTS = "parts"
"""The field of compound parts."""
MIN_TERMS_TO_COMPARE = 4
"""A query with fewer distinct terms is too short to tell whether a document copies it."""
SHOWN_SIMILARITY, SHOWN_PREFIX = 0.6, 4
"""A similarly spelled word is shown as a reason if it is at least this similar and begins with the same letters."""
Scores = np.ndarray[Any, np.dtype[np.float32]]
Fields = Mapping[str, Sequence[Token]]


@dataclass(frozen=True)
class QueryTerms:
    """A query as weights per column, the words behind each column, and the maximum weight of single mentions.

    Words that only resemble a column's term are not among its words.
    """

    weights: Mapping[int, float]
    words: Mapping[int, tuple[str, ...]]
    max_weight: float
    own_columns: frozenset[int] = frozenset()
    """Columns of the query's own terms, without compound parts and fuzzy matches."""
    distinct_terms: int = 0
    """Number of distinct terms in the query, whether the index knows them or not."""

    @cached_property
    def columns(self) -> list[int]:
        """The columns in ascending order."""
        return sorted(self.weights)

    def coverage(self, weight: Vector | Scores) -> Vector:
        """Return document scores as a share of the query's own word weight."""
        share = weight.astype(np.float64)
        if self.max_weight:
            share /= self.max_weight
        return share


class LexicalIndex:
    """BM25F postings of documents with several fields; compound parts are a field of lower weight.

    Document frequencies and mean field lengths are fitted to the base slice. A second slice contains documents added
    or changed since then, weighted by the same statistics.
    """

    def __init__(
        self,
        settings: MatchingSettings,
        weighting: FieldedBM25Transformer,
        vocabulary: Vocabulary,
        fuzzy: FuzzyTerms,
    ) -> None:
        self.settings = settings
        self.fields = tuple(weighting.weights or ())
        self.weighting = weighting
        self.idf: Vector = weighting.idf_
        self.vocabulary = vocabulary
        self.fuzzy = fuzzy
        self.slices: tuple[PostingsSlice, ...] = ()
        self._added_terms: dict[str, int] = {}

    @classmethod
    def of(
        cls, documents: Iterable[Fields], weights: Mapping[str, float], settings: MatchingSettings
    ) -> Self:
        """Fit the index to documents, which are iterated over once; `weights` are the field weights."""
        weights = {**weights, PARTS: settings.weight_parts}
        terms, batches = count_fields(map(_terms_by_field, documents), tuple(weights))
        weighting = FieldedBM25Transformer(weights, k1=settings.k1, b=settings.b).fit_batches(batches)
        fuzzy = _fuzzy_terms(settings).fit(terms)
        index = cls(settings, weighting, Vocabulary.of(terms), fuzzy)
        index.slices = (PostingsSlice(_weigh(weighting, batches)),)
        return index

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the base slice and the fitted state into a folder; return the JSON values that complete them."""
        self.slices[0].postings.save(folder / "postings")
        self.vocabulary.save(folder, "terms")
        np.save(folder / "idf.npy", self.idf)
        self.fuzzy.save(folder)
        return {"weights": self.weighting.weights, "mean_length": self.weighting.mean_length_}

    @classmethod
    def open(cls, folder: Path, metadata: Mapping[str, Any], settings: MatchingSettings) -> Self:
        """Memory-map what `save` wrote; `metadata` is what it returned."""
        weighting = FieldedBM25Transformer(metadata["weights"], k1=settings.k1, b=settings.b)
        weighting.mean_length_, weighting.idf_ = metadata["mean_length"], memory_map(folder / "idf.npy")
        vocabulary = Vocabulary.open(folder, "terms")
        fuzzy = _fuzzy_terms(settings).open(folder, vocabulary.strings)
        index = cls(settings, weighting, vocabulary, fuzzy)
        index.slices = (PostingsSlice(Postings.open(folder / "postings")),)
        return index

    @property
    def size(self) -> int:
        """The number of documents."""
        return sum(part.postings.size for part in self.slices)

    @property
    def _slices_with_start(self) -> Iterator[tuple[int, PostingsSlice]]:
        start = 0
        for part in self.slices:
            yield start, part
            start += part.postings.size

    def with_added(self, documents: Sequence[Fields]) -> Self:
        """Return the index with these documents as its second slice, replacing any earlier one.

        The statistics stay fixed, so no other document's weights change. A new term gets a column of its own and the
        idf of a term in one document; it is not offered as a fuzzy match until the index is rebuilt.
        """
        index = type(self)(self.settings, self.weighting, self.vocabulary, self.fuzzy)
        index.slices = self.slices[:1]
        if not documents:
            return index
        terms, batches = count_fields(map(_terms_by_field, documents), self.fields)
        index.add_terms(term for term in terms if term not in self.vocabulary)
        weighting = copy.copy(self.weighting)
        columns = [index.column(term) for term in terms]
        weighting.idf_ = np.array([index.idf_of(column) for column in columns])
        local_columns = {column: local for local, column in enumerate(columns)}
        index.slices += (PostingsSlice(_weigh(weighting, batches), local_columns),)
        return index

    def add_terms(self, terms: Iterable[str]) -> None:
        """Assign columns to terms that are not in the vocabulary."""
        self._added_terms |= {term: column for column, term in enumerate(terms, len(self.vocabulary))}

    def column(self, term: str) -> int:
        """Return the column of a term. Raises KeyError if the term is unknown."""
        return self._added_terms[term] if term in self._added_terms else self.vocabulary[term]

    def columns_of(self, terms: Iterable[str]) -> dict[str, int]:
        """Return the columns of the known terms among those given."""
        distinct = list(dict.fromkeys(terms))
        indices = self.vocabulary.indices(distinct).tolist()
        known = {term: index for term, index in zip(distinct, indices, strict=True) if index != NOT_FOUND}
        return known | {term: self._added_terms[term] for term in distinct if term in self._added_terms}

    def term(self, column: int) -> str:
        """Return the term of a column."""
        base_size = len(self.idf)
        if column < base_size:
            return self.vocabulary.strings[column]
        return list(self._added_terms)[column - base_size]

    def idf_of(self, column: int) -> float:
        """Return the inverse document frequency of a term."""
        if column < len(self.idf):
            return float(self.idf[column])
        return float(np.log1p((self.slices[0].postings.size - 0.5) / 1.5))

    @cached_property
    def _max_idf(self) -> float:
        return float(self.idf.max())

    def query(self, texts: Sequence[tuple[Sequence[Token], float]]) -> QueryTerms:
        """Build a query from texts, each with the weight of one of its words."""
        weights: defaultdict[int, float] = defaultdict(float)
        words: defaultdict[int, dict[str, None]] = defaultdict(dict)
        max_weight = 0.0
        terms = {token.term for tokens, _ in texts for token in tokens}
        known = self.columns_of(term for tokens, _ in texts for term in _terms_and_parts(tokens))
        own_columns = frozenset(known[term] for term in terms if term in known)
        settings = self.settings
        is_foreign = len(terms) - len(own_columns) >= settings.foreign_share * len(terms)
        for tokens, weight in texts:
            for token in tokens:
                columns = self._token_columns(token, known)
                token_weight = max((share * self.idf_of(column) for column, share in columns), default=0.0)
                if is_foreign and not columns:
                    columns = self._similar_columns(token, settings.foreign_terms, settings.foreign_floor)
                    token_weight = max((self.idf_of(column) for column, _ in columns), default=0.0)
                max_weight += weight * token_weight
                for column, share in columns:
                    weights[column] += weight * share
                    if self._is_reason(token, column, share, known):
                        words[column][token.surface] = None
        surfaces = {column: tuple(words[column]) for column in weights}
        return QueryTerms(weights, surfaces, max_weight, own_columns, len(terms))

    def _token_columns(self, token: Token, known: Mapping[str, int]) -> list[tuple[int, float]]:
        """Return the columns that a token matches, each with its share of the token's weight."""
        settings = self.settings
        parts = [(known[part], settings.weight_parts) for part in token.parts if part in known]
        if token.term in known:
            return [(known[token.term], 1.0), *parts]
        return parts + self._similar_columns(token, settings.fuzzy_terms, settings.fuzzy_floor)

    def _similar_columns(self, token: Token, count: int, floor: float) -> list[tuple[int, float]]:
        return [
            (column, self.settings.fuzzy_weight * similarity)
            for column, similarity in self.fuzzy.similar(token.term)[:count]
            if similarity >= floor
        ]

    def _is_reason(self, token: Token, column: int, share: float, known: Mapping[str, int]) -> bool:
        """Return False for a column that a token matches by a vague similarity of spelling."""
        if token.term in known or (term := self.term(column)) in token.parts:
            return True
        is_similar = share >= SHOWN_SIMILARITY * self.settings.fuzzy_weight
        return is_similar and term[:SHOWN_PREFIX] == token.term[:SHOWN_PREFIX]

    def scores(self, query: QueryTerms) -> Scores:
        """Return the score of every document in float32, to select candidates.

        Scores that are shown or sorted by come from `contributions`.
        """
        scores = []
        for part in self.slices:
            columns = part.localize(query.columns)
            weights = np.array([query.weights[column] for column, _ in columns])
            scores.append(part.postings.scores([local for _, local in columns], weights))
        return np.concatenate(scores)

    def contributions(self, query: QueryTerms, rows: Sequence[int] | Rows) -> Vector:
        """Return the exact contribution of each query term to the given documents: rows by `query.columns`."""
        wanted, columns = np.asarray(rows, dtype=np.intp), query.columns
        contributions = np.zeros((len(wanted), len(columns)))
        position_of = {column: position for position, column in enumerate(columns)}
        for start, part in self._slices_with_start:
            selected = np.flatnonzero((wanted >= start) & (wanted < start + part.postings.size))
            pairs = part.localize(columns)
            if not len(selected) or not pairs:
                continue
            values = part.postings.contributions(
                [local for _, local in pairs],
                np.array([query.weights[column] for column, _ in pairs]),
                wanted[selected] - start,
            )
            contributions[np.ix_(selected, np.array([position_of[column] for column, _ in pairs]))] = values
        return contributions

    def rows_of(self, columns: Iterable[int]) -> Rows:
        """Return the rows that contain at least one of the given terms, ascending."""
        columns, is_match = list(columns), np.zeros(self.size, dtype=bool)
        for start, part in self._slices_with_start:
            for column in columns:
                is_match[part.rows_of(column) + start] = True
        return np.flatnonzero(is_match)

    def shared_terms(self, query: QueryTerms) -> Vector:
        """Return the share, 0 to 1, of the query's distinct terms that each document contains."""
        rows = [np.zeros(0, dtype=np.intp)]
        for start, part in self._slices_with_start:
            rows += [part.rows_of(column) + start for column in query.own_columns]
        counts = np.bincount(np.concatenate(rows), minlength=self.size)
        return counts / max(query.distinct_terms, 1)

    def coverage(self, tokens: Sequence[Token]) -> Vector:
        """Return the share, 0 to 1, of a text's idf weight that each document contains.

        An unknown word weighs as much as the rarest known one.
        """
        covered = np.zeros(self.size)
        total = 0.0
        known = self.columns_of(_terms_and_parts(tokens))
        for token in tokens:
            own_column = known.get(token.term)
            weight = self._max_idf if own_column is None else self.idf_of(own_column)
            total += weight
            share_of = np.zeros_like(covered)
            for column, share in self._token_columns(token, known):
                rows = self.rows_of([column])
                share_of[rows] = np.maximum(share_of[rows], share)
            covered += weight * share_of
        return covered / total if total else covered


def _weigh(weighting: FieldedBM25Transformer, batches: list[Any]) -> Postings:
    """Return the postings of documents from their counts, which are removed from the list as they are read."""
    frequency = weighting.document_frequency(batches)
    batches.reverse()
    return Postings.of_batches((weighting.transform(batches.pop()) for _ in range(len(batches))), frequency)


def _fuzzy_terms(settings: MatchingSettings) -> FuzzyTerms:
    return FuzzyTerms(
        max(settings.fuzzy_terms, settings.foreign_terms), min(settings.fuzzy_floor, settings.foreign_floor)
    )


def _terms_by_field(fields: Fields) -> dict[str, list[str]]:
    terms = {name: [token.term for token in tokens] for name, tokens in fields.items()}
    terms[PARTS] = [part for tokens in fields.values() for token in tokens for part in token.parts]
    return terms


def _terms_and_parts(tokens: Iterable[Token]) -> Iterator[str]:
    return (term for token in tokens for term in (token.term, *token.parts))


def query_tokens(
    analyzer: Analyzer, title: str, text: str, lang: str, settings: MatchingSettings
) -> list[tuple[list[Token], float]]:
    """Return a brief's title and text as tokens, each with its field weight."""
    return [(analyzer.tokens(title, lang), settings.weight_title), (analyzer.tokens(text, lang), 1.0)]
