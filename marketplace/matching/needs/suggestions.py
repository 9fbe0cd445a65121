"""Suggest services for a text. A person confirms suggestions, so the text is read more broadly than for a ranking.

The cosines and the words are those of the need model. The classifier is one of its own, which is also fitted to the
glossary's `owner_texts`, and reads the text as a whole and sentence by sentence: in a long text, one sentence may ask
for a service that the others do not mention.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..serialization import to_plain
from ..storage.types import Vector
from .classifier import NeedClassifier
from .need_model import MIN_REASON_PROBABILITY, NeedModel
from .need_text import NeedText
from .probabilities import Readings, logistic, probabilities_of, wanted_shares

CALIBRATION = (-1.52, 3.34, 5.8, -0.6)
"""Like `RANKING_CALIBRATION`, but fitted to the margins of the classifier that suggests services."""
NEED_CALIBRATION = (-6.95, 8.74, 4.56, -9.62)
"""Logistic regression of whether a brief has a need at all: intercept, and weights of the highest cosine, of the
highest margin, and of the margin for texts without a need."""
SENTENCE_SHARE = 0.5
"""Weight of the sentence that asks most for a service, relative to the text as a whole."""
MIN_WORDS_PROBABILITY = 0.5
"""Minimum probability of a service for the words that point to it to be returned."""
MIN_NEED_PROBABILITY = 0.25
"""Minimum probability that a text has a need at all; below it nothing is suggested."""
_SENTENCE = re.compile(r"[^.!?\n;]*\w[^.!?\n;]*")


@dataclass(frozen=True, slots=True)
class NeedSuggestion:
    """A service that a text probably asks for, its probability (0 to 1), and the words that point to it.

    It `is_certain` if the service is also probable when the text is read as a ranking reads it: as a whole, and narrowly.
    """

    service: str
    probability: float
    words: tuple[str, ...]
    is_certain: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """The words to show as a reason; none for an uncertain service, which most often is a wrong one."""
        return self.words if self.is_certain else ()

    def to_dict(self) -> dict[str, Any]:
        """Return the suggestion as JSON values."""
        return to_plain(self)


def suggest(
    text: NeedText,
    model: NeedModel,
    classifier: NeedClassifier,
    limit: int,
    min_need_probability: float = MIN_NEED_PROBABILITY,
) -> list[NeedSuggestion]:
    """Return the most probable services with the words that point to them; none for a text about no service."""
    cosines = model.corrected_cosines(text.readings)
    whole, by_sentence = _margins(text, classifier)
    readings = Readings(cosines, by_sentence)
    if need_probability(readings) < min_need_probability:
        return []
    all_probabilities = probabilities_of(readings, CALIBRATION)
    probabilities = all_probabilities[0] * wanted_shares(all_probabilities)
    best = [int(i) for i in np.argsort(-probabilities, kind="stable")]
    suggested = [i for i in best if probabilities[i] > 0][:limit]
    words = model.words_of(token for section, _ in text.wanted.tokens for token in section)
    certainty = np.minimum(probabilities, model.wanted_probabilities(Readings(cosines, whole)))
    return [
        NeedSuggestion(
            code := model.services[i],
            float(probabilities[i]),
            words.of(code) if probabilities[i] >= MIN_WORDS_PROBABILITY else (),
            bool(certainty[i] >= MIN_REASON_PROBABILITY),
        )
        for i in suggested
    ]


def need_probability(readings: Readings) -> float:
    """Return the probability, 0 to 1, that the wanted text asks for any service."""
    intercept, cosine, margin, without_need = NEED_CALIBRATION
    margins = readings.margins[0]
    value = intercept + cosine * readings.cosines[0].max() + margin * margins[:-1].max()
    return float(logistic(value + without_need * margins[-1]))


def _margins(text: NeedText, classifier: NeedClassifier) -> tuple[Vector, Vector]:
    """Return the margins of the wanted text and of the unwanted parts, as a whole; and those in which sentences count."""
    readings = [reading.text for reading in text.readings]
    sentences = _SENTENCE.findall(text.wanted.text)
    margins = classifier.decision_function([*readings, *sentences])
    whole, best = margins[: len(readings)], margins[[0, *range(len(readings), len(margins))], :-1].max(axis=0)
    by_sentence = whole.copy()
    by_sentence[0, :-1] += SENTENCE_SHARE * (best - whole[0, :-1])
    return whole, by_sentence
