"""Names and definitions of a report's parts, breakdowns and figures, read from `data/report_figures.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.core.i18n import localized
from marketplace.data import load_yaml
from marketplace.reporting.labels import coded_label
from marketplace.strategy.questionnaire import questionnaire


@dataclass(frozen=True, slots=True)
class Definition:
    """Name, definition and source of a figure, each in the current language."""

    label: str
    about: str
    source: str


def definition(code: str) -> Definition:
    """Return the definition of a figure. Raises KeyError for an unknown code."""
    data = _data()
    pattern = _pattern(code)
    entry = data["figures"][pattern]
    rest = code.removeprefix(pattern.rstrip("*"))
    values = {"name": "", "currency": ""}
    if pattern.endswith("*"):
        head, _separator, tail = rest.rpartition("_")
        is_money = tail.isupper()
        values = {"name": dimension_label(head if is_money else rest), "currency": tail if is_money else ""}
    return Definition(
        localized(entry["label"]).format_map(values),
        localized(entry["about"]),
        localized(data["sources"][entry["source"]]),
    )


def part_label(code: str) -> str:
    """Return the name of a part in the current language."""
    return localized(_data()["parts"][code])


def breakdown_label(code: str) -> str:
    """Return the name of a breakdown in the current language."""
    return localized(_data()["breakdowns"][code])


def definitions_version() -> int:
    """Return the version of the list of figures and their definitions."""
    return int(_data()["version"])


def _pattern(code: str) -> str:
    """Return the key of a figure's definition: the code itself, or the longest defined prefix of it with an asterisk."""
    figures = _data()["figures"]
    if code in figures:
        return code
    matching = [one for one in figures if one.endswith("*") and code.startswith(one[:-1])]
    if not matching:
        raise KeyError(code)
    return str(max(matching, key=len))


def dimension_label(code: str) -> str:
    """Return the name of a dimension of the questionnaire, or of another code at the end of a figure's code."""
    dimensions = {dimension.code: dimension.label for dimension in questionnaire().dimensions}
    return dimensions.get(code) or coded_label(code)


@cache
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = load_yaml("report_figures.yaml")
    return data
