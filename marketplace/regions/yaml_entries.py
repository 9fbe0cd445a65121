"""Reading of YAML with the line of each value, so that every problem of a file names its place and a remedy.

Scalars are read as text, whatever type YAML would give them: 0301 is the number of a municipality, 13:00 a time, and
"no" a word.
"""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from marketplace.core.i18n import LOCALES
from marketplace.core.text import clean_line, clean_text, has_control_characters

MAX_BYTES = 1_000_000
MAX_ITEMS = 400
MAX_DEPTH = 20
"""Deeper nesting than any key of a region file has, and than the C library can read without crashing."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a file: its line, the key, and what to write instead."""

    line: int
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Write the problem on one line."""
        place = f"line {self.line}, {self.key}" if self.key else f"line {self.line}"
        return f"{place}: {self.problem} {self.remedy}"


class Value:
    """A value of the file: a text, a list or a mapping. Problems are collected, so that one run reports all of them."""

    def __init__(self, node: Node, key: str, problems: list[Problem]) -> None:
        self.node, self.key, self.problems = node, key, problems

    def report(self, problem: str, remedy: str) -> None:
        """Add a problem of this value."""
        self.problems.append(Problem(self.node.start_mark.line + 1, self.key, problem, remedy))

    def text(self, high: int, low: int = 1, *, lines: bool = False) -> str:
        """Return the cleaned text, which must have `low` to `high` characters. It is on one line unless `lines` is set."""
        if not isinstance(self.node, ScalarNode):
            self.report("This must be a text.", "Write one text after the colon.")
            return ""
        text = (clean_text if lines else clean_line)(self.node.value) or ""
        if has_control_characters(self.node.value):
            self.report("The text contains invisible characters.", "Type it again.")
        elif not low <= len(text) <= high:
            self.report(f"The text has {len(text)} characters.", f"Write {low} to {high} characters.")
        return text

    def texts(self, high: int) -> dict[str, str]:
        """Return a text in each language."""
        entry = Entry(self)
        found = {locale: entry.text(locale, high) for locale in LOCALES}
        entry.check_unknown()
        return found

    def items(self, low: int = 0) -> list["Value"]:
        """Return the items of a list."""
        if not isinstance(self.node, SequenceNode):
            self.report(
                "This must be a list.", "Write [one, two], or each item on a line that begins with a dash."
            )
            return []
        if not low <= len(self.node.value) <= MAX_ITEMS:
            self.report(f"The list has {len(self.node.value)} items.", f"Write {low} to {MAX_ITEMS} items.")
            return []
        return [
            Value(item, f"{self.key}[{index}]", self.problems)
            for index, item in enumerate(self.node.value, start=1)
        ]


class Entry:
    """A mapping of the file. `check_unknown` reports the keys that were never read."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self._values: dict[str, Value] = {}
        self._known: list[str] = []
        self.is_mapping = isinstance(value.node, MappingNode)
        if not self.is_mapping:
            value.report("This must have keys.", "Write each key on its own line, with a colon after it.")
            return
        for name, node in value.node.value:
            key = str(name.value) if isinstance(name, ScalarNode) else ""
            one = Value(node, f"{value.key}.{key}".strip("."), value.problems)
            if not key or key in self._values:
                Value(name, value.key, value.problems).report(
                    f"The key {key} is written twice." if key else "The key is not a text.",
                    "Remove one of them." if key else "Write a text before the colon.",
                )
            else:
                self._values[key] = one

    def get(self, key: str) -> Value | None:
        """Return the value of an optional key; None if it is missing or empty."""
        self._known.append(key)
        value = self._values.get(key)
        is_empty = value and isinstance(value.node, ScalarNode) and not value.node.value.strip()
        return None if is_empty else value

    def require(self, key: str) -> Value | None:
        """Return the value of a key, and report it if it is missing."""
        value = self.get(key)
        if value is None and self.is_mapping:
            self.value.report(f"The key {key} is missing.", f"Add {key} here.")
        return value

    def text(self, key: str, high: int, low: int = 1) -> str:
        """Return a required text."""
        value = self.require(key)
        return value.text(high, low) if value else ""

    def optional_text(self, key: str, high: int) -> str:
        """Return a text, empty if it is missing."""
        value = self.get(key)
        return value.text(high) if value else ""

    def texts(self, key: str, high: int) -> dict[str, str]:
        """Return a required text in each language."""
        value = self.require(key)
        return value.texts(high) if value else {}

    def items(self, key: str, low: int = 0) -> list[Value]:
        """Return the items of a list, none if it is missing; at least `low`."""
        value = self.require(key) if low else self.get(key)
        return value.items(low) if value else []

    def keys(self) -> Iterator[tuple[str, Value]]:
        """Yield all keys with their values, for mappings whose keys are data."""
        self._known += self._values
        yield from self._values.items()

    def check_unknown(self) -> None:
        """Report the keys that have not been read."""
        for key, value in self._values.items():
            if key not in self._known:
                close = difflib.get_close_matches(key, self._known, n=1)
                hint = f"Did you mean {close[0]}?" if close else f"Known keys: {', '.join(self._known)}."
                value.report("The key is unknown.", hint)


def read_yaml(path: Path, problems: list[Problem]) -> Value | None:
    """Return the root of a YAML file, or None with the problem added."""

    def fail(line: int, problem: str, remedy: str) -> None:
        problems.append(Problem(line, "", problem, remedy))

    try:
        if path.stat().st_size > MAX_BYTES:
            fail(1, "The file is too large.", f"A region file has at most {MAX_BYTES} bytes.")
            return None
        text = path.read_text(encoding="utf-8")
        if _check_structure(text, fail):
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except OSError as error:
        fail(1, f"The file cannot be read: {error.strerror}.", "Check its name and its permissions.")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        fail(line, "The file is not in UTF-8.", "Save it as UTF-8.")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        fail(
            mark.line + 1 if mark else 1,
            f"This is not YAML: {clean_line(error.problem)}.",
            "Check indentation, colons and quotation marks on this line and the one above.",
        )
    except yaml.YAMLError:
        fail(1, "This is not YAML.", "Remove invisible characters.")
    else:
        if node is None:
            fail(1, "The file is empty.", "Begin with the file that `marketplace region export` writes.")
        else:
            return Value(node, "", problems)
    return None


def _check_structure(text: str, fail: Callable[[int, str, str], None]) -> bool:
    """Report nesting that is too deep, and aliases, with which a short file could expand to a huge one.

    Returns True if there is such a problem. Raises YAMLError.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > MAX_DEPTH:
            fail(
                line, "The file is nested too deeply.", "Check the brackets on this line and the ones above."
            )
            return True
        if isinstance(event, AliasEvent):
            fail(line, f"*{event.anchor} refers to another place.", "Write the values here again.")
            return True
    return False
