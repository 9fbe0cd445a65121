"""Text to tokens: normalisation, words, stop words, stems and compounds."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import snowballstemmer

JOINERS = "-\u2010\u2011'\u2019"
ENDINGS = ("ene", "ane", "ens", "ets", "en", "et", "er", "ar", "a", "e", "s", "r", "n", "t")
NORWEGIAN, ENGLISH = snowballstemmer.stemmer("norwegian"), snowballstemmer.stemmer("english")


class Word(NamedTuple):
    """A token: a word as written, its term, and the terms of its compound parts."""

    surface: str
    term: str
    parts: tuple[str, ...] = ()


def clean(text: str) -> str:
    """Return the first 100,000 characters in NFKC, without format characters and variation selectors."""
    visible = [
        c for c in text[:100_000] if unicodedata.category(c) != "Cf" and not 0xFE00 <= ord(c) <= 0xFE0F
    ]
    return unicodedata.normalize("NFKC", "".join(visible))


def plain_words(text: str) -> list[str]:
    """Return the runs of letters and digits in lower case."""
    return ["".join(run).lower() for is_word, run in groupby(clean(text), str.isalnum) if is_word]


def joined_words(text: str) -> Iterator[list[str]]:
    """Yield each word as a list of pieces; hyphens and apostrophes between pieces are items of their own."""
    runs = [("".join(run), letters) for letters, run in groupby(text, str.isalnum)]
    pieces: list[str] = []
    for i, (run, is_word) in enumerate(runs):
        if is_word or (pieces and len(run) == 1 and run in JOINERS and i + 1 < len(runs)):
            pieces.append(run)
        elif pieces:
            yield pieces
            pieces = []
    if pieces:
        yield pieces


def stem(word: str, lang: str) -> str:
    """Return the Snowball stem; a number is its own stem."""
    return word if word.isdigit() else (ENGLISH if lang == "en" else NORWEGIAN).stemWord(word)


class Tokenizer:
    """Tokenizes texts with the language resources, and splits compounds into the words of `corpus`."""

    def __init__(self, resources: dict[str, Any], corpus: Iterable[str]) -> None:
        stop_words = {lang: set(resources["stopwords"][lang]) for lang in ("nb", "nn", "en")}
        norwegian = stop_words["nb"] | stop_words["nn"]
        self.stop_words = {"nb": norwegian, "nn": norwegian, "en": stop_words["en"]}
        self.standard_form = {v: one for one, others in resources.get("nb_nn", {}).items() for v in others}
        self.first_parts = set(resources.get("compound_first", ()))
        self.heads = set(resources.get("compound_head", ()))
        self.brands = set(resources.get("brands", ()))
        self.frequency: Counter[str] = Counter()
        for word, count in Counter(corpus).items():
            if word.isalpha() and len(word) >= 4:
                for form in {word, stem(word, "nb")}:
                    if len(form) >= 4:
                        self.frequency[form] += count

    def words(self, text: str, lang: str) -> list[Word]:
        """Return the words of a text that are not stop words."""
        return [word for pieces in joined_words(clean(text)) if (word := self._word(pieces, lang))]

    def _word(self, pieces: list[str], lang: str) -> Word | None:
        stop_words, letters = self.stop_words[lang], pieces[::2]
        if len(pieces) == 1 or (lang == "en" and set(pieces[1::2]) & {"'", "\u2019"}):
            is_single = len(pieces) == 1
            word = letters[0].lower()[: 60 if is_single else None]
            if word in stop_words or (len(word) == 1 and not (is_single and word.isdigit())):
                return None
            parts = () if lang == "en" else tuple(stem(part, lang) for part in self.split(word))
            return Word(letters[0], self._term(word, lang), parts)
        lowercase = [piece.lower() for piece in letters]
        parts = tuple(
            self._term(s, lang)
            for piece, s in zip(letters, lowercase, strict=True)
            if len(piece) > 1 and s not in stop_words
        )
        return Word("".join(pieces), self._term("".join(letters).lower()[:60], lang), parts)

    def _term(self, word: str, lang: str) -> str:
        return stem(self.standard_form.get(word, word), lang)

    def split(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound."""
        return self._split(word, 2) if len(word) >= 7 and word.isalpha() else ()

    def _split(self, word: str, depth: int) -> tuple[str, ...]:
        splits = []
        if word in self.brands:
            return ()
        for position in range(3, len(word) - 2):
            modifier, head = word[:position], word[position:]
            modifiers = [modifier] + [modifier[:-1] for joint in "se" if modifier.endswith(joint)]
            splits += [
                (min(counts), len(head), (modifier, head))
                for modifier in modifiers
                if all(counts := (self._uses_first(modifier), self._uses_head(head)))
            ]
        if not splits:
            return ()
        parts = max(splits)[2]
        if depth:
            parts = tuple(
                lowercase
                for part in parts
                for lowercase in (len(part) >= 7 and self._split(part, depth - 1)) or (part,)
            )
        return parts[:4]

    def _uses_first(self, part: str) -> int:
        if part in self.first_parts:
            return 3 + self.frequency[part]
        return self.frequency[part] if len(part) >= 4 else 0

    def _uses_head(self, part: str) -> int:
        if part in self.heads:
            return 3 + self.frequency[part]
        if len(part) < 4:
            return 0
        bases = [part[: -len(ending)] for ending in ENDINGS if part.endswith(ending)]
        return self.frequency[part] or max(
            (self.frequency[base] for base in bases if len(base) >= 4), default=0
        )
