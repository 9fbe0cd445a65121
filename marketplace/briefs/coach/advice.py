"""A piece of advice of the coach, in the user's language. The texts are in `data/guide/coach.yaml`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.core.i18n import format_date, format_list, format_number, localized
from marketplace.data import load_yaml


@cache
def load_texts() -> dict[str, Any]:
    """Load the texts, weights and levels of the coach from its YAML file."""
    data: dict[str, Any] = load_yaml("guide", "coach.yaml")
    return data


@dataclass(frozen=True)
class Advice:
    """A blocker or a suggestion. `question` is the field to change, and `gain` the importance.

    `values` are filled into the texts; dates, numbers and lists are formatted on access.
    """

    kind: str
    code: str
    question: str
    gain: int
    values: Mapping[str, Any]

    def _text(self, part: str) -> str:
        return localized(load_texts()[self.kind][self.code][part]).format(
            **{n: _format(v) for n, v in self.values.items()}
        )

    @property
    def title(self) -> str:
        """The advice in one sentence."""
        return self._text("title")

    @property
    def reason(self) -> str:
        """The reason for the advice."""
        return self._text("reason")

    @property
    def link_text(self) -> str:
        """Text of the link to the field."""
        return self._text("act")


def _format(value: Any) -> str:
    if isinstance(value, dt.date):
        return format_date(value)
    if isinstance(value, (list, tuple)):
        return format_list([str(item) for item in value])
    return format_number(value) if isinstance(value, int) else str(value)


def advice(kind: str, code: str, question: str = "", **values: Any) -> Advice:
    """Build a piece of advice. `question` overrides the field named in the file."""
    texts = load_texts()[kind][code]
    return Advice(kind, code, question or texts["question"], texts.get("gain", 100), values)
