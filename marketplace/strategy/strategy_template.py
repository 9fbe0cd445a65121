"""The strategy template: labels, hints and minutes of sections and fields, and the codes of channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from marketplace.core.i18n import LocalizedText, localized
from marketplace.data import load_yaml


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a section. `minutes` is the time it takes to fill in."""

    code: str
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    minutes: int
    is_required: bool

    label = LocalizedText("labels")
    hint = LocalizedText("hints")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the strategy with its fields in order."""

    code: str
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    fields: tuple[Field, ...]

    title = LocalizedText("titles")
    summary = LocalizedText("summaries")

    @property
    def minutes(self) -> int:
        """Minutes that the section takes."""
        return sum(field.minutes for field in self.fields)


@dataclass(frozen=True, slots=True)
class StrategyTemplate:
    """Sections in order, and labels by code: channels, their roles, states and decisions, languages, and gaps."""

    sections: tuple[Section, ...]
    channels: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, Mapping[str, str]]
    states: Mapping[str, Mapping[str, str]]
    decisions: Mapping[str, Mapping[str, str]]
    languages: Mapping[str, Mapping[str, str]]
    gaps: Mapping[str, Mapping[str, str]]
    """Sentences about low answers in the self-assessment, by the code of the question."""

    def section(self, code: str) -> Section:
        """Return the section with a code. Raises KeyError."""
        return {section.code: section for section in self.sections}[code]

    def field(self, code: str) -> Field:
        """Return the field with a code. Raises KeyError."""
        return {field.code: field for section in self.sections for field in section.fields}[code]


def code_label(labels: Mapping[str, Mapping[str, str]], code: str) -> str:
    """Return the label of a code in the current language; an unknown code is its own label."""
    return localized(labels[code]) if code in labels else code


def channel_label(code: str) -> str:
    """Return the name of a channel in the current language; an unknown code is its own name."""
    return code_label(strategy_template().channels, code)


@cache
def strategy_template() -> StrategyTemplate:
    """Load the strategy template."""
    data = load_yaml("strategy.yaml")
    sections = tuple(
        Section(
            row["code"],
            row["title"],
            row["about"],
            tuple(
                Field(
                    field["code"],
                    field["label"],
                    field["hint"],
                    field.get("minutes", 0),
                    field.get("required", False),
                )
                for field in row["fields"]
            ),
        )
        for row in data["sections"]
    )
    return StrategyTemplate(
        sections,
        data["channels"],
        data["roles"],
        data["states"],
        data["decisions"],
        data["languages"],
        data["gaps"],
    )
