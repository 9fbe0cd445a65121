"""The words of all documents, weighted, and how a query meets them."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from marketplace.matching.analysis.analyzer import Analyzer, Token
from marketplace.matching.index.bm25 import FieldedBM25Transformer, count_fields
from marketplace.matching.index.fuzzy import FuzzyTerms
from marketplace.matching.settings import Settings
from marketplace.matching.storage.hash_table import NOT_FOUND
from marketplace.matching.storage.postings import Postings
from marketplace.matching.storage.string_table import Vocabulary, mapped
from marketplace.matching.storage.types import Vector

PARTS = "parts"
LEAST_TO_COPY = 4
"""From how many different words on holding most of them is no accident."""
Scores = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.intp]]
Fields = Mapping[str, Sequence[Token]]


@dataclass(frozen=True)
class QueryTerms:
    """A query as weights per column, with the words behind each, and the most that a plain mention could give."""

    weights: Mapping[int, float]
    words: Mapping[int, tuple[str, ...]]
    max_weight: float
    own: frozenset[int] = frozenset()
    """The columns of the query's own terms, without compounds' parts and words spelled alike."""
    different: int = 0
    """How many different terms the query has, known to the index or not."""

    @cached_property
    def columns(self) -> list[int]:
        """Return the columns, ascending."""
        return sorted(self.weights)

    def share(self, weight: Vector | Scores) -> Vector:
        """Return how much of the query's own word weight is covered by what documents have of it."""
        share = weight.astype(np.float64)
        if self.max_weight:
            share /= self.max_weight
        return share


@dataclass(frozen=True)
class Slice:
    """Some documents' postings. `places` maps the index's columns to those of the postings; None if they are the same."""

    postings: Postings
    places: Mapping[int, int] | None = None

    def known(self, columns: Iterable[int]) -> list[tuple[int, int]]:
        """Return those of the index's columns that stand in this part, each with its place here."""
        if self.places is None:
            return [(column, column) for column in columns if column < self.postings.terms]
        return [(column, self.places[column]) for column in columns if column in self.places]

    def rows_of(self, column: int) -> Rows:
        """Return the rows here that hold a term."""
        for _, place in self.known([column]):
            return self.postings.rows_of(place).astype(np.intp)
        return np.zeros(0, dtype=np.intp)


class LexicalIndex:
    """Documents of several fields as weighted postings; compounds' parts are a field of less weight.

    How rare a term is and how long a field is was learnt from the first part. A second one holds what came or
    changed since then, weighed by the same figures.
    """

    def __init__(
        self, settings: Settings, weighting: FieldedBM25Transformer, vocabulary: Vocabulary, fuzzy: FuzzyTerms
    ) -> None:
        self.settings = settings
        self.fields = tuple(weighting.weights or ())
        self.weighting = weighting
        self.idf: Vector = weighting.idf_
        self.vocabulary = vocabulary
        self.fuzzy = fuzzy
        self.slices: tuple[Slice, ...] = ()
        self._added: dict[str, int] = {}

    @classmethod
    def of(cls, documents: Iterable[Fields], weights: Mapping[str, float], settings: Settings) -> Self:
        """Learn from documents, read once, and hold them; `weights` are those of their fields."""
        weights = {**weights, PARTS: settings.weight_parts}
        terms, counts = count_fields(map(_terms_of, documents), tuple(weights))
        weighting = FieldedBM25Transformer(weights, k1=settings.k1, b=settings.b).fit(counts)
        fuzzy = FuzzyTerms(settings.fuzzy_terms, settings.fuzzy_floor).fit(terms)
        made = cls(settings, weighting, Vocabulary.of(terms), fuzzy)
        made.slices = (Slice(Postings.of(weighting.transform(counts))),)
        return made

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the first slice and what was learnt from it; return what does not fit into arrays."""
        self.slices[0].postings.save(folder / "postings")
        self.vocabulary.save(folder, "terms")
        np.save(folder / "idf.npy", self.idf)
        self.fuzzy.save(folder)
        return {"weights": self.weighting.weights, "mean_length": self.weighting.mean_length_}

    @classmethod
    def open(cls, folder: Path, plain: Mapping[str, Any], settings: Settings) -> Self:
        """Map what `save` wrote and returned."""
        weighting = FieldedBM25Transformer(plain["weights"], k1=settings.k1, b=settings.b)
        weighting.mean_length_, weighting.idf_ = plain["mean_length"], mapped(folder / "idf.npy")
        vocabulary = Vocabulary.open(folder, "terms")
        fuzzy = FuzzyTerms(settings.fuzzy_terms, settings.fuzzy_floor).open(folder, vocabulary.strings)
        made = cls(settings, weighting, vocabulary, fuzzy)
        made.slices = (Slice(Postings.open(folder / "postings")),)
        return made

    @property
    def size(self) -> int:
        """Return how many documents there are."""
        return sum(part.postings.size for part in self.slices)

    @property
    def _starts(self) -> Iterator[tuple[int, Slice]]:
        start = 0
        for part in self.slices:
            yield start, part
            start += part.postings.size

    def with_added(self, documents: Sequence[Fields]) -> Self:
        """Return the index with these documents as its second part, in place of any that it had.

        How rare a term is and how long a field is stay as they were, so that nobody else's weights change. A term that
        nobody had before gets a column of its own, as rare as one that one document has; words spelled nearly like it
        are not read as it before the index is built anew.
        """
        made = type(self)(self.settings, self.weighting, self.vocabulary, self.fuzzy)
        made.slices = self.slices[:1]
        if not documents:
            return made
        terms, counts = count_fields(map(_terms_of, documents), self.fields)
        made.add_terms(term for term in terms if term not in self.vocabulary)
        weighting = copy.copy(self.weighting)
        columns = [made.column(term) for term in terms]
        weighting.idf_ = np.array([made.idf_of(column) for column in columns])
        places = {column: place for place, column in enumerate(columns)}
        made.slices += (Slice(Postings.of(weighting.transform(counts)), places),)
        return made

    def add_terms(self, terms: Iterable[str]) -> None:
        """Give terms that are not in the vocabulary columns of their own."""
        self._added |= {term: column for column, term in enumerate(terms, len(self.vocabulary))}

    def column(self, term: str) -> int:
        """Return the column of a term; raises KeyError."""
        return self._added[term] if term in self._added else self.vocabulary[term]

    def find(self, terms: Iterable[str]) -> dict[str, int]:
        """Return the columns of those terms that are known."""
        asked = list(dict.fromkeys(terms))
        indices = self.vocabulary.indices(asked).tolist()
        known = {term: number for term, number in zip(asked, indices, strict=True) if number != NOT_FOUND}
        return known | {term: self._added[term] for term in asked if term in self._added}

    def term(self, column: int) -> str:
        """Return the term of a column."""
        known = len(self.vocabulary)
        return self.vocabulary.strings[column] if column < known else list(self._added)[column - known]

    def idf_of(self, column: int) -> float:
        """Return how rare a term is (its idf)."""
        if column < len(self.idf):
            return float(self.idf[column])
        return float(np.log1p((self.slices[0].postings.size - 0.5) / 1.5))

    @cached_property
    def _max_idf(self) -> float:
        return float(self.idf.max())

    def query(self, texts: Sequence[tuple[Sequence[Token], float]]) -> QueryTerms:
        """Return a query made of texts, each with the weight of one of its words."""
        weights: defaultdict[int, float] = defaultdict(float)
        words: defaultdict[int, dict[str, None]] = defaultdict(dict)
        max_weight = 0.0
        terms = {token.term for tokens, _ in texts for token in tokens}
        found = self.find(term for tokens, _ in texts for term in _terms_and_parts(tokens))
        own = frozenset(found[term] for term in terms if term in found)
        for tokens, weight in texts:
            for token in tokens:
                columns = self._columns(token, found)
                max_weight += weight * max(
                    (share * self.idf_of(column) for column, share in columns), default=0.0
                )
                for column, share in columns:
                    weights[column] += weight * share
                    words[column][token.surface] = None
        shown = {column: tuple(surfaces) for column, surfaces in words.items()}
        return QueryTerms(weights, shown, max_weight, own, len(terms))

    def _columns(self, token: Token, found: Mapping[str, int]) -> list[tuple[int, float]]:
        """Return the columns that a word stands for, each with its share of the word's weight."""
        settings = self.settings
        shares = [(found[part], settings.weight_parts) for part in token.parts if part in found]
        if token.term in found:
            return [(found[token.term], 1.0), *shares]
        return shares + [
            (column, settings.fuzzy_weight * alike) for column, alike in self.fuzzy.alike(token.term)
        ]

    def scores(self, query: QueryTerms) -> Scores:
        """Return each document's sum of query weight times document weight, in float32: to find who is first.

        What is shown and ordered by is the sum of `contributions`.
        """
        found = []
        for part in self.slices:
            known = part.known(query.columns)
            weights = np.array([query.weights[column] for column, _ in known])
            found.append(part.postings.scores([place for _, place in known], weights))
        return np.concatenate(found)

    def contributions(self, query: QueryTerms, rows: Sequence[int] | Rows) -> Vector:
        """Return rows by `query.columns`: what each of the query's terms gives some documents."""
        asked, wanted = np.asarray(rows, dtype=np.intp), query.columns
        found = np.zeros((len(asked), len(wanted)))
        column_of = {column: place for place, column in enumerate(wanted)}
        for start, part in self._starts:
            here = np.flatnonzero((asked >= start) & (asked < start + part.postings.size))
            known = part.known(wanted)
            if not len(here) or not known:
                continue
            given = part.postings.contributions(
                [place for _, place in known],
                np.array([query.weights[column] for column, _ in known]),
                asked[here] - start,
            )
            found[np.ix_(here, np.array([column_of[column] for column, _ in known]))] = given
        return found

    def rows_of(self, columns: Iterable[int]) -> Rows:
        """Return the rows that hold at least one of some terms, ascending."""
        wanted, held = list(columns), np.zeros(self.size, dtype=bool)
        for start, part in self._starts:
            for column in wanted:
                held[part.rows_of(column) + start] = True
        return np.flatnonzero(held)

    def shares_of_terms(self, query: QueryTerms) -> Vector:
        """Return how much of a query's different words each document holds, 0 to 1."""
        held = np.zeros(self.size)
        for start, part in self._starts:
            for column in query.own:
                held[part.rows_of(column) + start] += 1
        return held / max(query.different, 1)

    def coverage(self, tokens: Sequence[Token]) -> Vector:
        """Return how much of a text's word weight each document has at all, 0 to 1.

        A word that no document has weighs as much as the rarest one.
        """
        covered = np.zeros(self.size)
        total = 0.0
        found = self.find(_terms_and_parts(tokens))
        for token in tokens:
            own = found.get(token.term)
            weight = self._max_idf if own is None else self.idf_of(own)
            total += weight
            share_of = np.zeros_like(covered)
            for column, share in self._columns(token, found):
                rows = self.rows_of([column])
                share_of[rows] = np.maximum(share_of[rows], share)
            covered += weight * share_of
        return covered / total if total else covered


def _terms_of(fields: Fields) -> dict[str, list[str]]:
    terms = {name: [token.term for token in tokens] for name, tokens in fields.items()}
    terms[PARTS] = [part for tokens in fields.values() for token in tokens for part in token.parts]
    return terms


def _terms_and_parts(tokens: Iterable[Token]) -> Iterator[str]:
    return (term for token in tokens for term in (token.term, *token.parts))


def query_tokens(
    analyzer: Analyzer, title: str, text: str, lang: str, settings: Settings
) -> list[tuple[list[Token], float]]:
    """Return a brief's title and text as tokens with their weight."""
    return [(analyzer.tokens(title, lang), settings.weight_title), (analyzer.tokens(text, lang), 1.0)]
