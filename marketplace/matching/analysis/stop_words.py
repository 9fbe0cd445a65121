"""Stop words per language. The lists are under `stopwords` in the language resources (`text_resources.yaml`).

Function words are removed from index and query. Filler words ("need", "customer", "solution") are kept: the idf of
such frequent words is low anyway.
"""

from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGES = ("nb", "nn", "en")
NORWEGIAN = ("nb", "nn")


class StopWords:
    """Function words of bokmål, nynorsk and English.

    Norwegian texts are matched with the words of both written standards, because authors mix them.
    """

    def __init__(
        self, words: Mapping[str, Iterable[str]], fillers: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        by_language = {lang: frozenset(words.get(lang, ())) for lang in LANGUAGES}
        norwegian = by_language["nb"] | by_language["nn"]
        self._words = {"nb": norwegian, "nn": norwegian, "en": by_language["en"]}
        self._own_words = by_language
        fillers_by_language = fillers or {}
        self.fillers = frozenset(word for lang in LANGUAGES for word in fillers_by_language.get(lang, ()))

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any]) -> "StopWords":
        """Read the words from the parsed language resources."""
        stopwords = resources["stopwords"]
        return cls({lang: stopwords[lang] for lang in LANGUAGES}, stopwords.get("filler", {}))

    def of(self, lang: str) -> frozenset[str]:
        """Return the stop words of a language; those of bokmål for an unknown language."""
        return self._words.get(lang, self._words["nb"])

    def guess_language(self, words: Iterable[str], default: str = "nb") -> str:
        """Return the language whose function words are most frequent in a text, or `default` if undecided.

        Between bokmål and nynorsk only function words that the other one lacks are counted.
        """
        counts = {
            "nb": 0,
            "nn": 0,
            "en": 0,
        }
        nb_only = self._own_words["nb"] - self._own_words["nn"]
        nn_only = self._own_words["nn"] - self._own_words["nb"]
        norwegian = 0
        for word in words:
            norwegian += word in self._words["nb"]
            counts["en"] += word in self._own_words["en"]
            counts["nb"] += word in nb_only
            counts["nn"] += word in nn_only
        if counts["en"] > norwegian:
            return "en"
        if counts["nb"] == counts["nn"]:
            return default if default in NORWEGIAN or not norwegian else "nb"
        return "nn" if counts["nn"] > counts["nb"] else "nb"
