"""Tokenization and stemming, the same for supplier profiles, briefs and glossary phrases.

Text is normalised to Unicode NFKC (which maps full-width letters to plain ones) and format characters are removed.
Words are runs of letters and digits in lower case. Stop words are dropped, written variants of a word (bokmål and
nynorsk) are merged, and each word is reduced to its stem with Snowball (M. F. Porter, 2001, snowballstem.org). The
letters æ, ø and å are kept.

An `Analyzer` is a scikit-learn transformer: `fit` trains the compound splitter, `transform` returns the tokens of
texts. An unfitted analyzer works too, without splitting compounds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, Self

from sklearn.base import BaseEstimator, TransformerMixin, clone

from ..storage.bounded_dict import BoundedDict
from .plain_text import clean
from .stemming import stem
from .stop_words import StopWords

MAX_WORD_LENGTH = 60
CACHE_SIZE = 300_000
CACHE_SIZE_WITH_LOOKUP = 4_000
"""Cache size if a token cache on disk covers the words of the training texts."""
SURFACES_WITH_LOOKUP = 50_000
"""Number of words as written that are then cached per language; each takes a third of a kilobyte."""
_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011'\u2019][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile("['\u2019]")


class Splitter(Protocol):
    """A compound splitter."""

    def split(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound, or an empty tuple for any other word."""


class TokenLookup(Protocol):
    """A cache of analyzed words that are not English."""

    def get(self, word: str) -> tuple[str, tuple[str, ...]] | None:
        """Return a word's stem and those of its compound parts, or None if it is not cached."""


class Token(NamedTuple):
    """A word as written in a text, and the terms it is indexed under.

    `term` is the stem of the whole word; `parts` are the stems of its parts if it is a compound.
    """

    surface: str
    term: str
    parts: tuple[str, ...] = ()


class Analyzer(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Turns text into tokens.

    `variants` maps written variants of a word to the standard form. `fit` trains a clone of `splitter` (`splitter_`).
    `lang` is the language of the texts, or None to guess it for each text.
    """

    splitter_: Splitter | None
    _token_cache: TokenLookup | None = None

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
        self._clear_cache()

    def _clear_cache(self) -> None:
        """Clear the caches of analyzed words, and of words as written by language.

        Both depend on the parameters and the splitter.
        """
        size = CACHE_SIZE if self._token_cache is None else CACHE_SIZE_WITH_LOOKUP
        self._cache: BoundedDict[tuple[str, bool], tuple[str, tuple[str, ...]]] = BoundedDict(size)
        self._tokens: dict[str, BoundedDict[str, tuple[Token, ...]]] = {}

    def set_params(self, **params: Any) -> Self:
        """Set parameters, as in scikit-learn."""
        super().set_params(**params)
        self._clear_cache()
        return self

    def fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Train the compound splitter on the texts that are not English."""
        del y
        norwegian = (text for text in texts if self._language(text) != "en")
        self.splitter_ = None
        if self.splitter is not None:
            self.splitter_ = clone(self.splitter).fit(word for text in norwegian for word in self.words(text))
        self._clear_cache()
        return self

    def transform(self, texts: Iterable[str]) -> list[list[Token]]:
        """Return the tokens of each text."""
        return [self.tokens(text, self._language(text)) for text in texts]

    def _language(self, text: str) -> str:
        return self.lang or self.language_of(text)

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any]) -> "Analyzer":
        """Create an analyzer from the parsed language resources."""
        variants = {
            variant: standard
            for standard, variants in resources.get("nb_nn", {}).items()
            for variant in variants
        }
        return cls(StopWords.from_resources(resources), variants)

    def with_splitter(self, splitter: Splitter, token_cache: TokenLookup | None = None) -> "Analyzer":
        """Return a copy that uses a trained compound splitter.

        `token_cache` contains words already analyzed with this splitter.
        """
        analyzer = Analyzer(self.stop_words, self.variants, splitter, self.lang)
        analyzer.splitter_ = splitter
        analyzer._token_cache = token_cache
        analyzer._clear_cache()
        return analyzer

    def words(self, text: str) -> list[str]:
        """Return all words of a text in lower case, stop words included."""
        return words_of(text)

    def language_of(self, text: str, default: str = "nb") -> str:
        """Guess the language of a text: bokmål, nynorsk or English."""
        return self.stop_words.guess_language(self.words(text), default)

    def tokens(self, text: str, lang: str) -> list[Token]:
        """Return the words that are not stop words, in order."""
        return self._read(_WORD.findall(clean(text)), lang)

    def distinct_tokens(self, text: str, lang: str) -> list[Token]:
        """Return the tokens of each distinct word as written, in the order of their first use."""
        return self._read(dict.fromkeys(_WORD.findall(clean(text))), lang)

    def _read(self, surfaces: Iterable[str], lang: str) -> list[Token]:
        cache = self._tokens.get(lang)
        if cache is None:
            size = CACHE_SIZE if self._token_cache is None else SURFACES_WITH_LOOKUP
            cache = self._tokens[lang] = BoundedDict(size)
        tokens: list[Token] = []
        for surface in surfaces:
            read = cache.get(surface)
            if read is None:
                read = cache[surface] = tuple(self._tokens_of(surface, lang))
            tokens += read
        return tokens

    def _tokens_of(self, surface: str, lang: str) -> Iterator[Token]:
        """Yield the token of a word as written; none for a stop word."""
        stop_words = self.stop_words.of(lang)
        if not surface.isalnum():
            yield from self._hyphenated_token(surface, lang, stop_words)
            return
        word = surface.lower()[:MAX_WORD_LENGTH]
        if word not in stop_words and (len(word) > 1 or word.isdigit()):
            yield Token(surface, *self._terms(word, lang))

    def _hyphenated_token(self, surface: str, lang: str, stop_words: frozenset[str]) -> Iterator[Token]:
        """Read "e-post" as one word, and "Instagram-kampanje" as a compound of its parts."""
        pieces = _PART.findall(surface)
        if _APOSTROPHE.search(surface) and lang == "en":
            surface_word = pieces[0].lower()
            if surface_word not in stop_words and len(surface_word) > 1:
                yield Token(pieces[0], *self._terms(surface_word, lang))
            return
        joined = "".join(pieces).lower()[:MAX_WORD_LENGTH]
        parts = tuple(
            self._term(piece.lower(), lang)
            for piece in pieces
            if len(piece) > 1 and piece.lower() not in stop_words
        )
        yield Token(surface, self._term(joined, lang), parts)

    def _term(self, word: str, lang: str) -> str:
        variants = self.variants or {}
        return stem(variants.get(word, word), "en" if lang == "en" else "nb")

    def _terms(self, word: str, lang: str) -> tuple[str, tuple[str, ...]]:
        stem_parts = self._cache.get((word, lang == "en"))
        if stem_parts is None:
            stem_parts = self._cache[word, lang == "en"] = self._analyze(word, lang)
        return stem_parts

    def _analyze(self, word: str, lang: str) -> tuple[str, tuple[str, ...]]:
        if lang == "en":
            return self._term(word, lang), ()
        if self._token_cache is not None and (cached := self._token_cache.get(word)) is not None:
            return cached
        splitter = getattr(self, "splitter_", None)
        parts = () if splitter is None else splitter.split(word)
        return self._term(word, lang), tuple(stem(part, lang) for part in parts)

    def stem_and_parts(self, word: str) -> tuple[str, tuple[str, ...]]:
        """Return the stem of a lower-case word that is not English, and those of its compound parts."""
        return self._terms(word, "nb")

    def terms(self, text: str, lang: str) -> Iterable[str]:
        """Return the stems of a text's words, without compound parts."""
        return [token.term for token in self.tokens(text, lang)]


def words_of(text: str) -> list[str]:
    """Return all words of a text in lower case."""
    return [*map(str.lower, _PART.findall(clean(text)))]


def terms_of(tokens: Iterable[Token]) -> list[str]:
    """Return the stems of tokens and of their parts, as the `analyzer` of a `CountVectorizer`."""
    return [term for token in tokens for term in (token.term, *token.parts)]
