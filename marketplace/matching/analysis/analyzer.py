"""From text to terms: the same road for a supplier's profile, a brief and a glossary phrase.

Text is brought to Unicode NFKC (so that full-width letters are letters), format characters are dropped, words are
runs of letters and digits in lower case, function words are left out, written forms of the same word (bokmål and
nynorsk) are joined, and each word is cut to its stem with Snowball (M. F. Porter, 2001, snowballstem.org). æ, ø and
å are kept.

An `Analyzer` is a scikit-learn transformer: `fit` learns from texts how their compounds are split, `transform` gives
the tokens of texts. It reads a text as well without having learnt anything, then with its compounds whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, Self

from sklearn.base import BaseEstimator, TransformerMixin, clone

from marketplace.matching.analysis.plain_text import clean
from marketplace.matching.analysis.stemming import stem
from marketplace.matching.analysis.stop_words import StopWords

MAX_WORD = 60
CACHE_SIZE = 50_000
CACHE_SIZE_WITH_LOOKUP = 4_000
"""How many words are remembered where all that the texts were seen to hold can be looked up."""
_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011'\u2019][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile("['\u2019]")


class Splitter(Protocol):
    """Something that splits a compound word into its parts."""

    def split(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound, or nothing when the word is none."""


class Lookup(Protocol):
    """Something that knows the stem, and the stems of the parts, of words that are not English."""

    def get(self, word: str) -> tuple[str, tuple[str, ...]] | None:
        """Return both for a word, or None for one that it does not know."""


class Token(NamedTuple):
    """A word as it stands in a text: `start` and `end` are its characters, `terms` what it is indexed under.

    The first term is the word's own stem; `parts` are the stems of a compound's parts.
    """

    surface: str
    start: int
    end: int
    term: str
    parts: tuple[str, ...] = ()


class Analyzer(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Turns text into tokens.

    `variants` maps a written form to the form that stands for both. `splitter` splits compounds once `fit` has taught
    a copy of it (`splitter_`); `lang` is the language of the texts, or None for a guess at each.
    """

    splitter_: Splitter | None
    _seen: Lookup | None = None

    def __init__(
        self,
        stop_words: StopWords,
        variants: Mapping[str, str] | None = None,
        splitter: Any = None,
        lang: str | None = None,
    ) -> None:
        self.stop_words = stop_words
        self.variants = variants
        self.splitter = splitter
        self.lang = lang
        self._forget()

    def _forget(self) -> None:
        """Forget the terms of words read so far, because they depend on the parameters and on the splitter."""
        self._known: dict[tuple[str, bool], tuple[str, tuple[str, ...]]] = {}

    def set_params(self, **params: Any) -> Self:
        """Change parameters, as scikit-learn does it."""
        super().set_params(**params)
        self._forget()
        return self

    def fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Learn how the compounds of some texts are split. English has none that are written together."""
        del y
        norwegian = (text for text in texts if self._language(text) != "en")
        self.splitter_ = None
        if self.splitter is not None:
            self.splitter_ = clone(self.splitter).fit(word for text in norwegian for word in self.words(text))
        self._forget()
        return self

    def transform(self, texts: Iterable[str]) -> list[list[Token]]:
        """Return the tokens of each text."""
        return [self.tokens(text, self._language(text)) for text in texts]

    def _language(self, text: str) -> str:
        return self.lang or self.language_of(text)

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any]) -> "Analyzer":
        """Make an analyzer from the parsed file of language resources."""
        variants = {
            variant: standard
            for standard, variants in resources.get("nb_nn", {}).items()
            for variant in variants
        }
        return cls(StopWords.from_resources(resources), variants)

    def with_splitter(self, splitter: Splitter, seen: Lookup | None = None) -> "Analyzer":
        """Return the same analyzer with compounds split by a splitter that has learnt already.

        `seen` knows words that such an analyzer has read before, so that it need not do it again.
        """
        made = Analyzer(self.stop_words, self.variants, splitter, self.lang)
        made.splitter_ = splitter
        made._seen = seen
        return made

    def words(self, text: str) -> list[str]:
        """Return all words of a text in lower case, function words included."""
        return [match.group().lower() for match in _PART.finditer(clean(text))]

    def language_of(self, text: str, default: str = "nb") -> str:
        """Guess which of our three languages a text is in."""
        return self.stop_words.guess_language(self.words(text), default)

    def tokens(self, text: str, lang: str) -> list[Token]:
        """Return the words that carry meaning, in order, with their place in `clean(text)`."""
        stop_words = self.stop_words.of(lang)
        return list(self._tokens(clean(text), lang, stop_words))

    def _tokens(self, text: str, lang: str, stop_words: frozenset[str]) -> Iterator[Token]:
        for match in _WORD.finditer(text):
            surface = match.group()
            if not surface.isalnum():
                pieces = list(_PART.finditer(surface))
                yield from self._hyphenated(match.start(), surface, pieces, lang, stop_words)
                continue
            word = surface.lower()[:MAX_WORD]
            if word not in stop_words and (len(word) > 1 or word.isdigit()):
                term, parts = self._terms(word, lang)
                yield Token(surface, match.start(), match.end(), term, parts)

    def _hyphenated(
        self, start: int, surface: str, pieces: list[re.Match[str]], lang: str, stop_words: frozenset[str]
    ) -> Iterator[Token]:
        """Read "e-post" as epost, and "Instagram-kampanje" as both its words."""
        if _APOSTROPHE.search(surface) and lang == "en":
            surface_word = pieces[0].group().lower()
            if surface_word not in stop_words and len(surface_word) > 1:
                term, parts = self._terms(surface_word, lang)
                yield Token(pieces[0].group(), start, start + pieces[0].end(), term, parts)
            return
        joined = "".join(piece.group() for piece in pieces).lower()[:MAX_WORD]
        parts = tuple(
            self._term(piece.group().lower(), lang)
            for piece in pieces
            if len(piece.group()) > 1 and piece.group().lower() not in stop_words
        )
        yield Token(surface, start, start + len(surface), self._term(joined, lang), parts)

    def _term(self, word: str, lang: str) -> str:
        variants = self.variants or {}
        return stem(variants.get(word, word), "en" if lang == "en" else "nb")

    def _terms(self, word: str, lang: str) -> tuple[str, tuple[str, ...]]:
        known = self._known.get((word, lang == "en"))
        if known is None:
            if len(self._known) >= (CACHE_SIZE if self._seen is None else CACHE_SIZE_WITH_LOOKUP):
                self._known.clear()
            known = self._known[word, lang == "en"] = self._read(word, lang)
        return known

    def _read(self, word: str, lang: str) -> tuple[str, tuple[str, ...]]:
        if lang == "en":
            return self._term(word, lang), ()
        if self._seen is not None and (seen := self._seen.get(word)) is not None:
            return seen
        splitter = getattr(self, "splitter_", None)
        parts = () if splitter is None else splitter.split(word)
        return self._term(word, lang), tuple(stem(part, lang) for part in parts)

    def read(self, word: str) -> tuple[str, tuple[str, ...]]:
        """Return the stem of a lower-case word that is not English, and the stems of its parts."""
        return self._terms(word, "nb")

    def terms(self, text: str, lang: str) -> Iterable[str]:
        """Return the stems of a text's words, without the parts of compounds."""
        return [token.term for token in self.tokens(text, lang)]


def terms_of(tokens: Iterable[Token]) -> list[str]:
    """Return the stems of tokens and of their parts: a `CountVectorizer(analyzer=terms_of)` counts them."""
    return [term for token in tokens for term in (token.term, *token.parts)]
