"""Substring search in the names and texts of the directory, with spelling correction by their words."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.core.collation import fold_letters
from marketplace.directory.search.query_analysis import WHOLE_WORD_LENGTH, QueryWord, WordForm, compound_forms
from marketplace.directory.search.vocabulary import spelling
from marketplace.suppliers.glossary import glossary
from marketplace.text_search.similar_spelling import Spelling

if TYPE_CHECKING:
    from marketplace.matching.analysis.decompounding import CompoundSplitter

_NAME, _TEXT = 4.0, 1.0


class TextIndex:
    """The searchable name and text of each supplier, by position. Also a dictionary of their words."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._texts = texts

    def has_name_with(self, text: str) -> bool:
        """Return True if a searchable text is part of a name."""
        return any(text in name for name, _ in self._texts)

    def score(self, words: Sequence[QueryWord]) -> tuple[dict[int, float], dict[int, int]]:
        """Return the points and the number of words of each supplier with at least one word, by position."""
        points: dict[int, float] = {}
        hits: dict[int, int] = {}
        for word in words:
            scores = self._score_forms(word.forms) or self._score_forms(self._parts(word))
            for position, score in scores.items():
                points[position] = points.get(position, 0.0) + score
                hits[position] = hits.get(position, 0) + 1
        return points, hits

    def is_known(self, word: str) -> bool:
        """Return True if a word is a term, a place or in a supplier's name or text."""
        return spelling().is_known(word) or self._own_spelling.is_known(word)

    def nearest(self, word: str, max_distance: int = 2) -> str | None:
        """Return the word that was probably meant: a term or a place first, then a word of the suppliers."""
        return spelling().nearest(word, max_distance) or self._own_spelling.nearest(word, max_distance)

    @cached_property
    def _own_spelling(self) -> Spelling:
        counts = Counter(word for texts in self._texts for text in texts for word in text.split())
        return Spelling(counts, fold_letters)

    def _score_forms(self, forms: Sequence[WordForm]) -> dict[int, float]:
        """Score the best of a word's forms in each entry that contains one, by position."""
        best: dict[int, float] = {}
        for parts, weight in forms:
            patterns = _patterns(parts)
            for position, (name, text) in enumerate(self._texts):
                score = _NAME * all(pattern in name for pattern in patterns)
                score += _TEXT * all(pattern in text for pattern in patterns)
                if score:
                    best[position] = max(best.get(position, 0.0), weight * score)
        return best

    def _parts(self, word: QueryWord) -> Sequence[WordForm]:
        """Split a word that is in no text into words that are."""
        return compound_forms(word, self._splitter)

    @cached_property
    def _splitter(self) -> "CompoundSplitter":
        return glossary().splitter_for(entry_word for _, text in self._texts for entry_word in text.split())


def _patterns(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the substrings to look for in searchable texts: parts of words, short ones as whole words."""
    return tuple(part if len(part) > WHOLE_WORD_LENGTH else f" {part} " for part in parts)
