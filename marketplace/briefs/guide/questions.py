"""The questions of the guide, loaded from YAML. Texts are selected in the user's language on access."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from marketplace.core import taxonomy
from marketplace.core.course_plan import PlannedSession, course_plan
from marketplace.core.i18n import LocalizedText, localized
from marketplace.core.region import current_region
from marketplace.data import load_yaml

Text = Mapping[str, str]
LATEST = 1
# Spaces inside amounts, replaced by no-break spaces so that lines do not break there.
_AMOUNT_SPACE = re.compile(r"(?<=\d) (?=\d{3}\b|kr\b)|(?<=NOK) (?=\d)")
_LIMITS = (
    "min_chars", "max_chars", "min_words", "max_words", "min_items", "max_items", "min", "max", "sum",
    "max_years", "min_working_days", "max_days", "rows",
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """Example of a weak or a better answer, with the reason."""

    texts: Text
    whys: Text

    text = LocalizedText("texts")
    why = LocalizedText("whys")


@dataclass(frozen=True)
class Question:
    """One question. `code` is permanent and the key of the answer; `limits` holds the bounds for its type."""

    code: str
    type: str
    topic: str
    texts: Mapping[str, Text]
    limits: Mapping[str, int]
    required: bool
    preset: Mapping[str, Any] | None
    visibility: str
    matched_on: tuple[str, ...]
    options: Mapping[str, Text]
    rows: Mapping[str, Text]
    weak: Example | None
    better: Example | None
    errors: Mapping[str, Text]

    def _text(self, name: str) -> str:
        return localized(self.texts[name]) if name in self.texts else ""

    @property
    def label(self) -> str:
        """The full question."""
        return self._text("label")

    def with_message(self, message: str) -> str:
        """Return a message about the answer, introduced by the full question."""
        return f"{self.label}{' ' if self.label.endswith('?') else ': '}{message}"

    @property
    def short(self) -> str:
        """The short name, as in the published brief."""
        return self._text("short")

    @property
    def help(self) -> str:
        """Help text, or an empty text."""
        return self._text("help")

    def placeholder(self, year: int) -> str:
        """Return the placeholder of the field; `year` is inserted into dates in it."""
        return self._text("placeholder").replace("{year}", str(year))

    def option_codes(self) -> tuple[str, ...]:
        """Return the codes of the options, in order."""
        return tuple(taxonomy.services()) if self.type == "services" else tuple(self.options)

    def option_label(self, code: str) -> str:
        """Return an option in the user's language; an unknown code is returned unchanged."""
        if self.type == "services":
            service = taxonomy.services().get(code)
            return service.label if service else code
        return (
            _AMOUNT_SPACE.sub("\N{NO-BREAK SPACE}", localized(self.options[code]))
            if code in self.options
            else code
        )

    def row_label(self, code: str) -> str:
        """Return the label of a row in a grid or a table of weights."""
        return localized(self.rows[code]) if code in self.rows else code

    def error_text(self, code: str, values: Mapping[str, object]) -> str:
        """Return an error message, with `values` filled in."""
        return localized(self.errors[code]).format(**{"label": self.short, **values})

    def boolean_label(self, *, value: bool) -> str:
        """Return the label of yes or no for this question."""
        return self._text("true" if value else "false")


@dataclass(frozen=True)
class GuideSection:
    """Group of questions on a page, with an optional heading.

    The layout "trio" puts short fields in a row; "folded" hides optional questions until they are answered.
    """

    titles: Text
    helps: Text
    layout: str
    questions: tuple[Question, ...]

    @property
    def title(self) -> str:
        """Heading, or an empty text."""
        return localized(self.titles) if self.titles else ""

    @property
    def help(self) -> str:
        """Text under the heading, or an empty text."""
        return localized(self.helps) if self.helps else ""


@dataclass(frozen=True)
class Lesson:
    """Summary of the course session that belongs to a topic."""

    session: PlannedSession
    titles: Text
    points: Mapping[str, tuple[str, ...]]

    title = LocalizedText("titles")

    def lines(self, locale: str) -> tuple[str, ...]:
        """Return the points in a language, or in bokmål if it lacks them."""
        return self.points.get(locale) or self.points["nb"]


@dataclass(frozen=True)
class Topic:
    """One page of the guide."""

    code: str
    titles: Text
    ledes: Text
    lesson: Lesson
    sections: tuple[GuideSection, ...]

    title = LocalizedText("titles")
    lede = LocalizedText("ledes")

    @property
    def questions(self) -> tuple[Question, ...]:
        """Questions of the page, in order."""
        return tuple(question for section in self.sections for question in section.questions)


@dataclass(frozen=True)
class Guide:
    """One version of the guide. A brief stores the version it was written with."""

    version: int
    topics: tuple[Topic, ...]
    check_titles: Text
    by_code: Mapping[str, Question] = field(repr=False)

    def __iter__(self) -> Iterator[Question]:
        """Iterate over all questions in order."""
        return iter(self.by_code.values())

    def question(self, code: str) -> Question:
        """Return a question by its code. Raises KeyError if there is none."""
        return self.by_code[code]

    def topic(self, code: str) -> Topic:
        """Return a topic by its code. Raises KeyError if there is none."""
        return {topic.code: topic for topic in self.topics}[code]

    check_title = LocalizedText("check_titles")


def _question(data: Mapping[str, Any], topic: str, errors: Mapping[str, Text]) -> Question:
    example = data.get("example", {})
    texts = ("label", "short", "help", "placeholder", "true", "false")
    return Question(
        code=data["code"],
        type=data["type"],
        topic=topic,
        texts={name: data[name] for name in texts if name in data},
        limits={name: data[name] for name in _LIMITS if name in data},
        required=data.get("required", False),
        preset=data.get("preset"),
        visibility=data["visibility"],
        matched_on=tuple(data["matched_on"]),
        options=data.get("options", {}),
        rows=data.get("rows_of", {}),
        weak=Example(example["weak"]["text"], example["weak"]["why"]) if example else None,
        better=Example(example["better"]["text"], example["better"]["why"]) if example else None,
        errors={**errors, **data.get("errors", {})},
    )


def _topic(data: Mapping[str, Any], guide: Mapping[str, Any]) -> Topic:
    lesson = data["lesson"]
    points = {locale: tuple(lines) for locale, lines in lesson["text"].items()}
    sessions = {session.number: session for session in course_plan().sessions}
    return Topic(
        data["code"],
        data["title"],
        data["lede"],
        Lesson(sessions[data["course"]], lesson["title"], points),
        tuple(
            GuideSection(
                section.get("title", {}),
                section.get("help", {}),
                section.get("layout", ""),
                tuple(
                    _question(question, data["code"], guide["errors"]) for question in section["questions"]
                ),
            )
            for section in data["sections"]
        ),
    )


@cache
def base_guide(version: int) -> dict[str, Any]:
    """Return the parsed YAML file of a version, without the region's texts."""
    data: dict[str, Any] = load_yaml("guide", f"v{version}.yaml")
    return data


@cache
def raw_guide(version: int) -> dict[str, Any]:
    """Return a version of the guide with the region's texts instead of its own."""
    texts = current_region().guide
    if not texts:
        return base_guide(version)
    data = copy.deepcopy(base_guide(version))
    for topic in data["topics"]:
        topic.update(texts.get("topics", {}).get(topic["code"], {}))
        for question in (question for section in topic["sections"] for question in section["questions"]):
            changes = dict(texts.get("questions", {}).get(question["code"], {}))
            examples = {name: changes.pop(name) for name in ("weak", "better") if name in changes}
            question.update(changes)
            if examples:
                question["example"].update(examples)
    return data


@cache
def load(version: int = LATEST) -> Guide:
    """Return a version of the guide. Raises FileNotFoundError if there is no such version."""
    data = raw_guide(version)
    topics = tuple(_topic(topic, data) for topic in data["topics"])
    return Guide(
        data["version"],
        topics,
        data["check"]["title"],
        {question.code: question for topic in topics for question in topic.questions},
    )


def topic_titles() -> dict[str, str]:
    """Return the titles of the guide's topics in the user's language, by code."""
    return {topic.code: topic.title for topic in load().topics}
