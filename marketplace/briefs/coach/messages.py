"""The coach's sentences, from `data/guide/coach.yaml`, filled in and picked in the reader's language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from marketplace.core.i18n import format_date, format_list, format_number, pick
from marketplace.data import data_path


@cache
def raw_words() -> dict[str, Any]:
    """Return the parsed file."""
    with data_path("guide", "coach.yaml").open(encoding="utf-8") as file:
        data: dict[str, Any] = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 because both are safe loaders
    return data


@dataclass(frozen=True)
class Advice:
    """One thing to do about a brief: `question` is the field it leads to, `gain` how much it matters.

    `values` fill the names in the sentences; dates, numbers and lists are written out when shown.
    """

    kind: str
    code: str
    question: str
    gain: int
    values: Mapping[str, Any]

    def _say(self, part: str) -> str:
        return pick(raw_words()[self.kind][self.code][part]).format(
            **{n: _written(v) for n, v in self.values.items()}
        )

    @property
    def title(self) -> str:
        """Return the advice itself."""
        return self._say("title")

    @property
    def reason(self) -> str:
        """Return why."""
        return self._say("reason")

    @property
    def act(self) -> str:
        """Return what the link to the field says."""
        return self._say("act")


def _written(value: Any) -> str:
    if isinstance(value, dt.date):
        return format_date(value)
    if isinstance(value, (list, tuple)):
        return format_list([str(item) for item in value])
    return format_number(value) if isinstance(value, int) else str(value)


def advice(kind: str, code: str, question: str = "", **values: Any) -> Advice:
    """Return a piece of advice; `question` is needed only where the rule finds the field itself."""
    words = raw_words()[kind][code]
    return Advice(kind, code, question or words["question"], words.get("gain", 100), values)
