"""Text to tokens: cleaning, words, function words, stems and compounds."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import snowballstemmer

JOINING = "-\u2010\u2011'\u2019"
ENDINGS = ("ene", "ane", "ens", "ets", "en", "et", "er", "ar", "a", "e", "s", "r", "n", "t")
NORWEGIAN, ENGLISH = snowballstemmer.stemmer("norwegian"), snowballstemmer.stemmer("english")


class Word(NamedTuple):
    """A word that carries meaning, as it stands and as it is counted."""

    surface: str
    term: str
    parts: tuple[str, ...] = ()


def clean(text: str) -> str:
    """Return the first 100,000 characters in NFKC, without format characters and variation selectors."""
    seen = [c for c in text[:100_000] if unicodedata.category(c) != "Cf" and not 0xFE00 <= ord(c) <= 0xFE0F]
    return unicodedata.normalize("NFKC", "".join(seen))


def plain_words(text: str) -> list[str]:
    """Return the runs of letters and digits, in lower case."""
    return ["".join(run).lower() for of_letters, run in groupby(clean(text), str.isalnum) if of_letters]


def joined_words(text: str) -> Iterator[list[str]]:
    """Return each word as its pieces: more than one where hyphens or apostrophes stand between, with those."""
    runs = [("".join(run), letters) for letters, run in groupby(text, str.isalnum)]
    pieces: list[str] = []
    for number, (run, of_letters) in enumerate(runs):
        if of_letters or (pieces and len(run) == 1 and run in JOINING and number + 1 < len(runs)):
            pieces.append(run)
        elif pieces:
            yield pieces
            pieces = []
    if pieces:
        yield pieces


def stem(word: str, lang: str) -> str:
    """Return the Snowball stem; a number is its own."""
    return word if word.isdigit() else (ENGLISH if lang == "en" else NORWEGIAN).stemWord(word)


class Tokenizer:
    """Reads texts with the language resources, and splits compounds into the words that `corpus` has."""

    def __init__(self, resources: dict[str, Any], corpus: Iterable[str]) -> None:
        stop = {lang: set(resources["stopwords"][lang]) for lang in ("nb", "nn", "en")}
        norwegian = stop["nb"] | stop["nn"]
        self.stop_words = {"nb": norwegian, "nn": norwegian, "en": stop["en"]}
        self.standard = {v: one for one, others in resources.get("nb_nn", {}).items() for v in others}
        self.first_parts = set(resources.get("compound_first", ()))
        self.heads = set(resources.get("compound_head", ()))
        self.known: Counter[str] = Counter()
        for word, count in Counter(corpus).items():
            if word.isalpha() and len(word) >= 4:
                for form in {word, stem(word, "nb")}:
                    if len(form) >= 4:
                        self.known[form] += count

    def words(self, text: str, lang: str) -> list[Word]:
        """Return the words of a text that carry meaning."""
        return [word for pieces in joined_words(clean(text)) if (word := self._word(pieces, lang))]

    def _word(self, pieces: list[str], lang: str) -> Word | None:
        stop, letters = self.stop_words[lang], pieces[::2]
        if len(pieces) == 1 or (lang == "en" and set(pieces[1::2]) & {"'", "\u2019"}):
            alone = len(pieces) == 1
            word = letters[0].lower()[: 60 if alone else None]
            if word in stop or (len(word) == 1 and not (alone and word.isdigit())):
                return None
            parts = () if lang == "en" else tuple(stem(part, lang) for part in self.split(word))
            return Word(letters[0], self._term(word, lang), parts)
        small = [piece.lower() for piece in letters]
        parts = tuple(
            self._term(s, lang)
            for piece, s in zip(letters, small, strict=True)
            if len(piece) > 1 and s not in stop
        )
        return Word("".join(pieces), self._term("".join(letters).lower()[:60], lang), parts)

    def _term(self, word: str, lang: str) -> str:
        return stem(self.standard.get(word, word), lang)

    def split(self, word: str) -> tuple[str, ...]:
        """Return a compound's parts."""
        return self._split(word, 2) if len(word) >= 7 and word.isalpha() else ()

    def _split(self, word: str, depth: int) -> tuple[str, ...]:
        found = []
        for cut in range(3, len(word) - 2):
            left, head = word[:cut], word[cut:]
            firsts = [left] + [left[:-1] for joint in "se" if left.endswith(joint)]
            found += [
                (min(uses), len(head), (first, head))
                for first in firsts
                if all(uses := (self._uses_first(first), self._uses_head(head)))
            ]
        if not found:
            return ()
        parts = max(found)[2]
        if depth:
            parts = tuple(
                small
                for part in parts
                for small in (len(part) >= 7 and self._split(part, depth - 1)) or (part,)
            )
        return parts[:4]

    def _uses_first(self, part: str) -> int:
        if part in self.first_parts:
            return 3 + self.known[part]
        return self.known[part] if len(part) >= 4 else 0

    def _uses_head(self, part: str) -> int:
        if part in self.heads:
            return 3 + self.known[part]
        if len(part) < 4:
            return 0
        bases = [part[: -len(ending)] for ending in ENDINGS if part.endswith(ending)]
        return self.known[part] or max((self.known[base] for base in bases if len(base) >= 4), default=0)
