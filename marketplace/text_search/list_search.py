"""Search in lists of names: words as they are written, in another form, or with a spelling mistake.

All words of a search must occur in a row, in any order: in a name, a place or a number. Letters are folded, and words
may be written together or apart. The search runs in memory, so that it gives the same results on every database.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, SQLColumnExpression

from marketplace.core.collation import fold_letters
from marketplace.core.database import session
from marketplace.core.pagination import Page, page_of, paginate
from marketplace.core.places import find_municipality
from marketplace.matching.analysis.stemming import stem
from marketplace.text_search.language_resources import other_forms, text_resources
from marketplace.text_search.similar_spelling import MIN_LENGTH, Spelling

Key = TypeVar("Key", bound=Hashable)
T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = frozenset(["as", "asa", "ans", "da", "enk", "sa", "ba", "ks", "nuf", "ab", "ltd"])
_MAX_WORDS = 12
_MIN_JOINED = 4
"""Shorter words are not looked for across the words of a name."""
_MIN_SHORT = 4
"""Words of this length are corrected if they occur nowhere: Moan for Moen."""


@dataclass(frozen=True, slots=True)
class ListMatches(Generic[Key]):
    """Keys of the rows that match, in the order of the list: those written as typed, then those written similarly."""

    exact: Sequence[Key]
    similar: Sequence[Key]

    @property
    def keys(self) -> Sequence[Key]:
        """Keys of all rows that match, similar ones last."""
        return (*self.exact, *self.similar)

    @property
    def best(self) -> Sequence[Key]:
        """Keys of the rows that match as typed, or of the similar ones if there are none; for sums."""
        return self.exact or self.similar


def searched_text(*names: str | None, place: str | None = None, numbers: Sequence[str | None] = ()) -> str:
    """Join the texts of a row that are searched. `place` is the number of a municipality, found by its names and county."""
    municipality = find_municipality(place)
    where = (*municipality.names, municipality.seat, municipality.county) if municipality else ()
    return " \n ".join((*filter(None, (*names, *where)), *("".join(one.split()) for one in numbers if one)))


def search_texts(text: str, rows: Mapping[Key, str]) -> ListMatches[Key]:
    """Find the rows with all words of a text."""
    words = _query_words(text)
    if not words:
        return ListMatches((), ())
    folded = {key: _fold_row(row) for key, row in rows.items()}
    exact = [key for key, row in folded.items() if all(row.contains(word) for word in words)]
    forms = _all_forms(words, folded.values(), is_known=bool(exact))
    is_exact = set(exact)
    similar = [
        key
        for key, row in folded.items()
        if key not in is_exact and all(any(map(row.contains, alternatives)) for alternatives in forms)
    ]
    return ListMatches(exact, similar)


@dataclass(frozen=True)
class ListSearch:
    """Search for a text in the rows of a query.

    `columns` are the primary key and the columns that `to_text` joins to the searched text.
    """

    text: str
    columns: Sequence[SQLColumnExpression[Any]]
    to_text: Callable[..., str] = searched_text

    def matches(self, query: Select[Any]) -> ListMatches[int]:
        """Return the ids of the rows that match, in the order of the query."""
        rows = session.execute(query.with_only_columns(*self.columns, maintain_column_froms=True))
        return search_texts(self.text, {id_: self.to_text(*values) for id_, *values in rows})

    def page(self, query: Select[T], number: int, *, size: int, options: Sequence[Any] = ()) -> Page[T]:
        """Run an ordered query for one page of the rows that match; without a search text, for a page of all rows."""
        if not self.text:
            return paginate(query, number, size=size, options=options)
        matches = self.matches(query)
        page = page_of(matches.keys, number, size, similar=len(matches.similar))
        return page.with_items(load_in_order(query.options(*options), self.columns[0], page.items))


def load_in_order(query: Select[T], key: SQLColumnExpression[int], ids: Sequence[int]) -> list[T]:
    """Load the objects of a query that have the given keys, in the order of the keys."""
    if not ids:
        return []
    rows: Iterable[Any] = session.execute(query.where(key.in_(ids)).add_columns(key).order_by(None)).unique()
    by_id = {id_: loaded for loaded, id_ in rows}
    return [by_id[id_] for id_ in ids if id_ in by_id]


@dataclass(frozen=True, slots=True)
class _Row:
    """Folded text of a row: its words apart and, of each name, written together."""

    words: str
    joined: str

    def contains(self, word: str) -> bool:
        return word in self.words or (len(word) >= _MIN_JOINED and word in self.joined)


def _fold_row(text: str) -> _Row:
    lines = [_WORD.findall(fold_letters(line)) for line in text.replace("&", " og ").split("\n")]
    return _Row(" \n ".join(map(" ".join, lines)), "\n".join(map("".join, lines)))


def _query_words(text: str) -> list[str]:
    """Return the folded words to look for, without function words and legal forms unless there is nothing else.

    A number is one word, however it is divided by spaces.
    """
    number = "".join(text.split()).removeprefix("+")
    if number.isdigit():
        return [number]
    typed = [word.lower() for word in _WORD.findall(text.replace("&", " og "))][:_MAX_WORDS]
    words = [word for word in typed if word not in _optional_words()] or typed
    return list(dict.fromkeys(map(fold_letters, words)))


@cache
def _optional_words() -> frozenset[str]:
    stop_words = text_resources()["stopwords"]
    return _LEGAL_FORMS.union(*(map(str, stop_words[language]) for language in ("nb", "nn", "en")))


def _all_forms(words: Sequence[str], rows: Iterable[_Row], *, is_known: bool) -> list[list[str]]:
    """Return the forms to look for of each word: as typed, its stem, other written forms, and similar known words."""
    vocabulary = Counter(word for row in rows for word in _words_of(row))
    spelling = Spelling(vocabulary, str, min_length=MIN_LENGTH if is_known else _MIN_SHORT)
    return [
        [word, *_other_forms(word), *spelling.similar(word), *spelling.similar(stem(word, "nb"))]
        for word in words
    ]


def _words_of(row: _Row) -> tuple[str, ...]:
    """Return the words of a row, their stems, and each two neighbours written together."""
    words = row.words.split()
    joined = ["".join(pair) for line in row.words.split("\n") for pair in pairwise(line.split())]
    return tuple({*words, *(stem(word, "nb") for word in words), *joined})


def _other_forms(word: str) -> Iterator[str]:
    shortest = stem(word, "nb")
    if len(shortest) >= _MIN_SHORT:
        yield shortest
    yield from _forms_by_folded_word().get(word, ())


@cache
def _forms_by_folded_word() -> Mapping[str, tuple[str, ...]]:
    return {fold_letters(word): tuple(map(fold_letters, forms)) for word, forms in other_forms().items()}
