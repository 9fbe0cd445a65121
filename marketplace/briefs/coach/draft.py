"""A brief's answers as the coach reads them: texts, dates and amounts, with nothing in the way."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.briefs.guide import Guide
from marketplace.core.money import BUDGET_BANDS, Band

_PROSE = ("text", "long_text", "list")
_BANDS = {band.code: band for band in BUDGET_BANDS}


class Draft:
    """The answers of one brief, read without surprises: a missing one is an empty text, list or None."""

    def __init__(self, guide: Guide, answers: Mapping[str, Any]) -> None:
        self.guide = guide
        self.answers = answers

    def text(self, code: str) -> str:
        """Return a text, or the lines of a list as one text."""
        value = self.answers.get(code)
        return "\n".join(value) if isinstance(value, list) else str(value or "")

    def items(self, code: str) -> list[str]:
        """Return a list."""
        value = self.answers.get(code)
        return value if isinstance(value, list) else []

    def table(self, code: str) -> dict[str, Any]:
        """Return a grid or the weights."""
        value = self.answers.get(code)
        return value if isinstance(value, dict) else {}

    def words(self, code: str) -> int:
        """Count the words of a text."""
        return len(self.text(code).split())

    def day(self, code: str) -> dt.date | None:
        """Return a date, or None."""
        try:
            return dt.date.fromisoformat(self.text(code))
        except ValueError:
            return None

    def band(self) -> Band | None:
        """Return the budget band, or None when it is not answered or not known."""
        band = _BANDS.get(self.text("budget_band"))
        return band if band and band.code != "unknown" else None

    def has_group(self, *groups: str) -> bool:
        """Say whether one of the services belongs to one of the groups."""
        return any(code.split(".")[0] in groups for code in self.items("services"))

    def prose(self) -> Iterator[tuple[str, str]]:
        """Walk (question code, text) over all that is written for suppliers to read."""
        for question in self.guide:
            if question.type in _PROSE and question.visibility != "internal" and self.text(question.code):
                yield question.code, self.text(question.code)

    def find(self, pattern: re.Pattern[str]) -> tuple[str, str] | None:
        """Return (question code, the words found) for the first text that a pattern meets, or None."""
        for code, text in self.prose():
            if match := pattern.search(text):
                return code, match.group(0).strip()
        return None
