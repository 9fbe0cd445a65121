"""Words that say nothing about what is wanted, per language.

Function words are left out of index and query. Filler words ("need", "customer", "solution") stay: the weight
of a term already falls with the number of documents that use it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGES = ("nb", "nn", "en")
NORWEGIAN = ("nb", "nn")


class StopWords:
    """Function words of bokmål, nynorsk and English.

    A Norwegian text is read with both written forms' words, since people mix them.
    """

    def __init__(
        self, words: Mapping[str, Iterable[str]], fillers: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        by_language = {lang: frozenset(words.get(lang, ())) for lang in LANGUAGES}
        norwegian = by_language["nb"] | by_language["nn"]
        self._words = {"nb": norwegian, "nn": norwegian, "en": by_language["en"]}
        self._guides = by_language
        given = fillers or {}
        self.fillers = frozenset(word for lang in LANGUAGES for word in given.get(lang, ()))

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any]) -> "StopWords":
        """Read the words from the parsed file of language resources."""
        stopwords = resources["stopwords"]
        return cls({lang: stopwords[lang] for lang in LANGUAGES}, stopwords.get("filler", {}))

    def of(self, lang: str) -> frozenset[str]:
        """Return the words to leave out of a text in a language; an unknown one counts as bokmål."""
        return self._words.get(lang, self._words["nb"])

    def guess_language(self, words: Iterable[str], default: str = "nb") -> str:
        """Return the language whose function words the text uses most; `default` where none stands out.

        Bokmål and nynorsk share most of theirs, so only words that the other lacks decide between the two.
        """
        counts = {
            "nb": 0,
            "nn": 0,
            "en": 0,
        }
        nb_only = self._guides["nb"] - self._guides["nn"]
        nn_only = self._guides["nn"] - self._guides["nb"]
        norwegian = 0
        for word in words:
            norwegian += word in self._words["nb"]
            counts["en"] += word in self._guides["en"]
            counts["nb"] += word in nb_only
            counts["nn"] += word in nn_only
        if counts["en"] > norwegian:
            return "en"
        if counts["nb"] == counts["nn"]:
            return default if default in NORWEGIAN or not norwegian else "nb"
        return "nn" if counts["nn"] > counts["nb"] else "nb"
