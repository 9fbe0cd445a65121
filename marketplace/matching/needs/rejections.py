"""Linear classifier of clauses that mention a service which is not wanted, or is in order already.

It finds rejections without any of the cue phrases of `analysis/negation`, such as "The photographer is booked."
Logistic regression on words, pairs of words, character 4-grams, and words by their position relative to the first and
last word that names a service, which is itself replaced by a symbol. It is trained on the glossary alone. Only the
suggestion of services uses it: a rejection found wrongly costs a suggestion, but would move suppliers in a ranking.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Self

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from ..analysis.analyzer import words_of
from ..analysis.glossary import Glossary, Phrase
from ..analysis.negation import Span, WantedText
from ..analysis.reason_words import NEVER, min_strengths
from .classifier import features

MIN_PROBABILITY = 0.4
"""A clause is rejected from this probability."""
MIN_NEED_OF_REST = 0.1
"""The rest of a text asks for something if a service has at least this probability."""
REGULARISATION = 5.0
"""Parameter `C` of the logistic regression: smaller values prefer simpler classifiers."""
SERVICE = "\N{SECTION SIGN}"
"""Stands for a word that names a service."""
_SENTENCE_END = re.compile(r"[.!?\n;]")
_MARKED = re.compile(r"\{([^{}]*)\}")


class RejectionClassifier:
    """Finds the rejected clauses of texts. Without training texts it finds none."""

    def __init__(self, glossary: Glossary) -> None:
        self.negation = glossary.negation
        self.analyzer = glossary.analyzer.with_splitter(glossary.splitter_for(iter(())))
        phrases = ((self.analyzer.tokens(p.text, p.lang), p.services, p.is_term) for p in glossary.phrases)
        minima = min_strengths(phrases, glossary.neighbours, glossary.reason_words.general)
        self.service_terms = {term for term, values in minima.items() if min(values.values()) < NEVER}
        self.pipeline_ = make_pipeline(
            TfidfVectorizer(analyzer=clause_features, sublinear_tf=True, min_df=2),
            LogisticRegression(C=REGULARISATION, solver="liblinear", tol=1e-2, random_state=0),
        )
        self.is_fitted_ = False

    def fit(self, marked: Sequence[Phrase], wanted: Iterable[Phrase]) -> Self:
        """Fit the classifier to texts with their rejected clauses in braces, and to texts without rejections."""
        if marked:
            samples = [sample for phrase in (*marked, *wanted) for sample in self._samples(phrase)]
            clauses, labels = zip(*samples, strict=True)
            self.pipeline_.fit(clauses, labels)
            self.is_fitted_ = True
        return self

    def _samples(self, phrase: Phrase) -> Iterator[tuple[list[str], bool]]:
        text, rejected = _MARKED.sub(r"\1", phrase.text), bytearray()
        for number, part in enumerate(_MARKED.split(phrase.text)):
            rejected += bytes([number % 2]) * len(part)
        for start, end in self.negation.clauses(text):
            yield self._words(text[start:end], phrase.lang), 2 * sum(rejected[start:end]) > end - start

    def _words(self, clause: str, lang: str) -> list[str]:
        """Return the words of a clause, with `SERVICE` for those that name one."""
        return [SERVICE if self._names_service(word, lang) else word for word in words_of(clause)]

    def _names_service(self, word: str, lang: str) -> bool:
        return any(
            not self.service_terms.isdisjoint((token.term, *token.parts))
            for token in self.analyzer.tokens(word, lang)
        )

    def find(self, text: str, lang: str) -> list[Span]:
        """Return the positions of the rejected clauses of a text."""
        spans = self.negation.clauses(text) if self.is_fitted_ else []
        if not spans:
            return []
        clauses = [self._words(text[start:end], lang) for start, end in spans]
        is_rejected = self.pipeline_.predict_proba(clauses)[:, 1] >= MIN_PROBABILITY
        small = text.lower()
        for index in range(1, len(spans)):
            before, clause = spans[index - 1 : index + 1]
            is_same_sentence = not _SENTENCE_END.search(text, before[0], clause[0])
            if is_rejected[index] and is_same_sentence and self.negation.refers_back(small, before, clause):
                is_rejected[index - 1] = True
        return [span for span, rejected in zip(spans, is_rejected, strict=True) if rejected]


def clause_features(words: Sequence[str]) -> list[str]:
    """Return the features of a clause: its words in several forms, and whether it names a service."""
    named = [position for position, word in enumerate(words) if word == SERVICE]
    found = features(" ".join(word for word in words if word != SERVICE))
    found += map(" ".join, pairwise(["^", *words, "$"]))
    if not named:
        return [*found, "none"]
    for position, word in enumerate(words):
        side = "before" if position < named[0] else "after" if position > named[-1] else "between"
        found.append(f"{side} {word}")
    return [*found, "first" if named[0] <= 1 else "later"]


def wanted_texts(text: str, glossary: Glossary, lang: str) -> list[WantedText]:
    """Return the readings of a text in which to look for needs, until one has any.

    The first leaves out all rejected clauses, the last only those with a cue phrase: where the rest of a text asks for
    nothing, the clauses that the classifier finds are no rejections.
    """
    by_cues = glossary.negation.split(text)
    rejected = rejection_classifier_of(glossary).find(by_cues.wanted, lang)
    return [by_cues.without(rejected), by_cues] if rejected else [by_cues]


@lru_cache(maxsize=2)
def rejection_classifier_of(glossary: Glossary) -> RejectionClassifier:
    """Return the classifier of a glossary, cached because it takes a second."""
    wanted = [phrase for phrase in glossary.owner_texts if phrase.services]
    return RejectionClassifier(glossary).fit(glossary.rejection_texts, wanted)
