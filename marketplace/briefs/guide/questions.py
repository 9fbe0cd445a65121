"""The guide file read into plain values. Words are picked in the reader's language when they are shown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from marketplace.core import taxonomy
from marketplace.core.i18n import pick
from marketplace.data import data_path

Text = Mapping[str, str]
LATEST = 1
_AMOUNT = re.compile(
    r"(?<=\d) (?=\d{3}\b|kr\b)|(?<=NOK) (?=\d)"
)  # spaces that must not break an amount in two
_LIMITS = (
    "min_chars", "max_chars", "min_words", "max_words", "min_items", "max_items", "min", "max", "sum",
    "max_years", "min_working_days", "max_days", "rows",
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """An answer that helps or does not, and why."""

    texts: Text
    whys: Text

    @property
    def text(self) -> str:
        """Return the answer in the reader's language."""
        return pick(self.texts)

    @property
    def why(self) -> str:
        """Return why it is weak or better."""
        return pick(self.whys)


@dataclass(frozen=True)
class Question:
    """One question. `code` is permanent and the key of its answer; `limits` hold the numbers of its type."""

    code: str
    type: str
    topic: str
    words: Mapping[str, Text]
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

    def _word(self, name: str) -> str:
        return pick(self.words[name]) if name in self.words else ""

    @property
    def label(self) -> str:
        """Return the question as it is asked."""
        return self._word("label")

    @property
    def short(self) -> str:
        """Return the question's short name, as in the finished brief."""
        return self._word("short")

    @property
    def help(self) -> str:
        """Return what to think of when answering, or an empty text."""
        return self._word("help")

    @property
    def by_hand(self) -> bool:
        """Say whether the company has to answer this itself."""
        return self.required and self.preset is None

    def placeholder(self, year: int) -> str:
        """Return an example to show in an empty field; `year` is the one that dates in it should name."""
        return self._word("placeholder").replace("{year}", str(year))

    def option_codes(self) -> tuple[str, ...]:
        """Return what may be chosen, in order."""
        return tuple(taxonomy.services()) if self.type == "services" else tuple(self.options)

    def option_label(self, code: str) -> str:
        """Return a choice in the reader's language; an unknown one is shown as it is."""
        if self.type == "services":
            service = taxonomy.services().get(code)
            return service.label if service else code
        return _AMOUNT.sub("\N{NO-BREAK SPACE}", pick(self.options[code])) if code in self.options else code

    def row_label(self, code: str) -> str:
        """Return the name of a line in a grid, or of a weight."""
        return pick(self.rows[code]) if code in self.rows else code

    def error_text(self, code: str, values: Mapping[str, object]) -> str:
        """Return what stands beside the field; `values` fill the names in the text."""
        return pick(self.errors[code]).format(**{"label": self.short, **values})

    def truth_label(self, *, value: bool) -> str:
        """Return what yes or no means for this question."""
        return self._word("true" if value else "false")


@dataclass(frozen=True)
class Section:
    """Questions that stand together on a page, with or without a heading. `layout` is trio for short fields in a row."""

    titles: Text
    helps: Text
    layout: str
    questions: tuple[Question, ...]

    @property
    def title(self) -> str:
        """Return the heading, or an empty text."""
        return pick(self.titles) if self.titles else ""

    @property
    def help(self) -> str:
        """Return what stands under the heading, or an empty text."""
        return pick(self.helps) if self.helps else ""


@dataclass(frozen=True)
class Lesson:
    """What was said on the course evening that belongs to a topic."""

    evening: int
    courses: Text
    titles: Text
    points: Mapping[str, tuple[str, ...]]

    @property
    def title(self) -> str:
        """Return what the lesson is about."""
        return pick(self.titles)

    @property
    def course(self) -> str:
        """Return the name of the course evening."""
        return pick(self.courses)

    def lines(self, locale: str) -> tuple[str, ...]:
        """Return the points in a language."""
        return self.points.get(locale) or self.points["nb"]


@dataclass(frozen=True)
class Topic:
    """One page of the guide."""

    code: str
    titles: Text
    ledes: Text
    lesson: Lesson
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        """Return the page's heading."""
        return pick(self.titles)

    @property
    def lede(self) -> str:
        """Return what the page is good for."""
        return pick(self.ledes)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return the page's questions in order."""
        return tuple(question for section in self.sections for question in section.questions)


@dataclass(frozen=True)
class Guide:
    """One version of the guide. A brief names the version it was written in."""

    version: int
    topics: tuple[Topic, ...]
    check_titles: Text
    check_ledes: Text
    by_code: Mapping[str, Question] = field(repr=False)

    def __iter__(self) -> Iterator[Question]:
        """Walk all questions in order."""
        return iter(self.by_code.values())

    def question(self, code: str) -> Question:
        """Return a question by its code. Raises KeyError when there is none."""
        return self.by_code[code]

    def topic(self, code: str) -> Topic:
        """Return a topic by its code. Raises KeyError when there is none."""
        return {topic.code: topic for topic in self.topics}[code]

    @property
    def check_title(self) -> str:
        """Return the heading of the last step."""
        return pick(self.check_titles)


def _question(data: Mapping[str, Any], topic: str, errors: Mapping[str, Text]) -> Question:
    example = data.get("example", {})
    words = ("label", "short", "help", "placeholder", "true", "false")
    return Question(
        code=data["code"],
        type=data["type"],
        topic=topic,
        words={name: data[name] for name in words if name in data},
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
    return Topic(
        data["code"],
        data["title"],
        data["lede"],
        Lesson(data["course"], guide["course"][data["course"]], lesson["title"], points),
        tuple(
            Section(
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
def raw_guide(version: int) -> dict[str, Any]:
    """Return a version's parsed file."""
    with data_path("guide", f"v{version}.yaml").open(encoding="utf-8") as file:
        data: dict[str, Any] = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 because both are safe loaders
    return data


@cache
def load(version: int = LATEST) -> Guide:
    """Return a version of the guide. Raises FileNotFoundError when there is no such version."""
    data = raw_guide(version)
    topics = tuple(_topic(topic, data) for topic in data["topics"])
    return Guide(
        data["version"],
        topics,
        data["check"]["title"],
        data["check"]["lede"],
        {question.code: question for topic in topics for question in topic.questions},
    )
