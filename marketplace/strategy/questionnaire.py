"""The questionnaire of the self-assessment, loaded from `self_assessment.yaml`: dimensions, questions and levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.core.i18n import LocalizedText, localized
from marketplace.data import load_yaml

ANCHOR_VALUES = (0, 2, 4)
"""Values that have a description. The other values lie between them."""
MAX_ANSWER = 4


@dataclass(frozen=True, slots=True)
class Question:
    """One question. A low answer leads to `guide_topic` of the procurement guide and to `services`."""

    code: str
    texts: Mapping[str, str]
    anchor_texts: Mapping[str, Sequence[str]]
    is_skippable: bool
    """True if the question is irrelevant to some companies."""
    guide_topic: str
    services: tuple[str, ...]

    text = LocalizedText("texts")

    @property
    def anchors(self) -> dict[int, str]:
        """Description of each value in `ANCHOR_VALUES`, in the current language."""
        by_value = {
            value: {locale: texts[index] for locale, texts in self.anchor_texts.items()}
            for index, value in enumerate(ANCHOR_VALUES)
        }
        return {value: localized(texts) for value, texts in by_value.items()}


@dataclass(frozen=True, slots=True)
class Dimension:
    """Three questions about one subject. `session_number` is the number of the course session about it."""

    code: str
    labels: Mapping[str, str]
    session_number: int
    questions: tuple[Question, ...]

    label = LocalizedText("labels")


@dataclass(frozen=True, slots=True)
class Level:
    """Level of a score in words: `max_points` is the highest score of the level."""

    code: str
    max_points: int
    labels: Mapping[str, str]

    label = LocalizedText("labels")


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions by dimension, and the levels from low to high."""

    version: str
    dimensions: tuple[Dimension, ...]
    levels: tuple[Level, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for dimension in self.dimensions for question in dimension.questions)

    def dimension(self, code: str) -> Dimension | None:
        """Return the dimension with a code, or None."""
        return next((one for one in self.dimensions if one.code == code), None)

    def level(self, points: int) -> Level:
        """Return the level of a score of 0 to 100 points."""
        return next(level for level in self.levels if points <= level.max_points)


@cache
def questionnaire() -> Questionnaire:
    """Load the questionnaire."""
    data = load_yaml("self_assessment.yaml")
    return Questionnaire(
        data["version"],
        tuple(map(_dimension, data["dimensions"])),
        tuple(Level(row["code"], row["max"], row["label"]) for row in data["levels"]),
    )


def _dimension(row: Mapping[str, Any]) -> Dimension:
    questions = tuple(
        Question(
            one["code"],
            one["text"],
            one["anchors"],
            bool(one.get("not_relevant_ok")),
            one["guide"],
            tuple(one["services"]),
        )
        for one in row["questions"]
    )
    return Dimension(row["code"], row["label"], row["course"], questions)
