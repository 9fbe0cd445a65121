"""Typed access to the answers of a brief, for the rules of the coach."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marketplace.briefs.guide import Guide
from marketplace.core.money import BUDGET_BANDS, Band

_PROSE = ("text", "long_text", "list")
_BANDS = {band.code: band for band in BUDGET_BANDS}


class Draft:
    """The answers of one brief. A missing answer is an empty text, an empty list or None."""

    def __init__(self, guide: Guide, answers: Mapping[str, Any]) -> None:
        self.guide = guide
        self.answers = answers

    def text(self, code: str) -> str:
        """Return a text answer, or the lines of a list answer joined."""
        value = self.answers.get(code)
        return "\n".join(value) if isinstance(value, list) else str(value or "")

    def items(self, code: str) -> list[str]:
        """Return a list answer."""
        value = self.answers.get(code)
        return value if isinstance(value, list) else []

    def table(self, code: str) -> dict[str, Any]:
        """Return the answer to a grid or to the weights."""
        value = self.answers.get(code)
        return value if isinstance(value, dict) else {}

    def word_count(self, code: str) -> int:
        """Return the number of words in an answer."""
        return len(self.text(code).split())

    def date(self, code: str) -> dt.date | None:
        """Return a date answer, or None."""
        try:
            return dt.date.fromisoformat(self.text(code))
        except ValueError:
            return None

    def band(self) -> Band | None:
        """Return the budget band, or None if it is unanswered or unknown."""
        band = _BANDS.get(self.text("budget_band"))
        return band if band and band.code != "unknown" else None

    def has_group(self, *groups: str) -> bool:
        """Return True if a service belongs to one of the groups."""
        return any(code.split(".")[0] in groups for code in self.items("services"))

    def prose(self) -> Iterator[tuple[str, str]]:
        """Iterate over (question code, text) of all free text that suppliers can read."""
        for question in self.guide:
            if question.type in _PROSE and question.visibility != "internal" and self.text(question.code):
                yield question.code, self.text(question.code)

    def find_all(self, finder: Callable[[str], list[str]]) -> dict[str, str]:
        """Apply `finder` to each free text; return its matches, each with the question code of its first occurrence."""
        found: dict[str, str] = {}
        for code, text in self.prose():
            for part in finder(text):
                found.setdefault(part, code)
        return found

    def find(self, pattern: re.Pattern[str]) -> tuple[str, str] | None:
        """Return (question code, matched text) of the first text that matches a pattern, or None."""
        for code, text in self.prose():
            if match := pattern.search(text):
                return code, match.group(0).strip()
        return None
