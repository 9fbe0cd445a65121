"""Rules for amending a published brief: which answers can change, when the deadline must move, and diffs.

Pure functions. A change is material if offers respond to it, are priced by it or are evaluated by it.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketplace.briefs import deadlines
from marketplace.briefs.guide import Guide, Row, Topic, is_empty
from marketplace.core import taxonomy

Answers = Mapping[str, Any]

LOCKED_FIELDS = frozenset({"response_deadline", "open_door"})
"""Answers that an amendment cannot change. The deadline has its own page, and closing `open_door` would shut out
suppliers who are already writing offers."""
MINOR_FIELDS = frozenset(
    {
        "title",
        "problem",
        "goal",
        "success_metric",
        "baseline",
        "target",
        "target_date",
        "audience",
        "audience_text",
        "current_state",
        "links",
        "date_reason",
        "own_effort",
        "decision_by",
        "decision_date",
        "incumbent",
    }
)
"""Answers that only explain the job. All others change what is requested or how offers are evaluated."""


def is_locked(guide: Guide, code: str) -> bool:
    """Return True if the answer cannot be amended: internal fields, the deadline and open_door."""
    return code in LOCKED_FIELDS or guide.question(code).visibility == "internal"


def editable_topics(guide: Guide) -> tuple[Topic, ...]:
    """Return the topics of the guide, reduced to the questions whose answers can be amended."""
    return tuple(topic for topic in (_unlocked(guide, topic) for topic in guide.topics) if topic.questions)


def _unlocked(guide: Guide, topic: Topic) -> Topic:
    sections = (
        replace(section, questions=tuple(q for q in section.questions if not is_locked(guide, q.code)))
        for section in topic.sections
    )
    return replace(topic, sections=tuple(section for section in sections if section.questions))


def changed_codes(guide: Guide, before: Answers, after: Answers) -> list[str]:
    """Return the codes of the answers that differ, in the guide's order. A missing answer equals an empty one."""
    return [q.code for q in guide if not _same(before.get(q.code), after.get(q.code))]


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))


def is_material(codes: Iterable[str]) -> bool:
    """Return True if a change is material, so that suppliers need time to respond to it."""
    return not MINOR_FIELDS.issuperset(codes)


def keeps_categories(before: Answers, after: Answers) -> bool:
    """Return True if the services belong to the same categories, so that the same suppliers are approved for them."""
    return _categories(before) == _categories(after)


def _categories(answers: Answers) -> set[str]:
    return {taxonomy.group_of(code) for code in answers.get("services") or ()}


def needs_more_time(codes: Iterable[str], today: dt.date, last: dt.date) -> bool:
    """Return True if the deadline must be moved for these changes to be made today."""
    return is_material(codes) and deadlines.is_short_after_amendment(today, last)


@dataclass(frozen=True)
class DiffSpan:
    """A span of text. `is_changed` is True if only one of the compared texts contains it."""

    text: str
    is_changed: bool


SpanLine = tuple[DiffSpan, ...]


@dataclass(frozen=True)
class Change:
    """An answer that differs between two versions: its texts, or the removed and the added items of a list."""

    code: str
    label: str
    before: tuple[SpanLine, ...]
    after: tuple[SpanLine, ...]


def diff_rows(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """Return the changes between two versions of a brief's rows, in the order of the guide."""
    codes = [*after, *(code for code in before if code not in after)]
    changes = []
    for code in codes:
        old, new = before.get(code), after.get(code)
        if old == new:
            continue
        removed, added = _diff_row(old, new)
        if removed or added:
            changes.append(Change(code, (new or old).label, removed, added))  # type: ignore[union-attr]  # because one of them is there
    return changes


def _diff_row(old: Row | None, new: Row | None) -> tuple[tuple[SpanLine, ...], tuple[SpanLine, ...]]:
    old_items, new_items = (row.items if row else () for row in (old, new))
    if old_items or new_items:
        removed = tuple(_changed_line(item) for item in old_items if item not in new_items)
        added = tuple(_changed_line(item) for item in new_items if item not in old_items)
        return (removed, added) if removed or added else _reordered(old_items, new_items)
    one, other = (row.text if row else "" for row in (old, new))
    before, after = diff_words(one, other)
    return ((before,) if one else (), (after,) if other else ())


def _reordered(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[SpanLine, ...], tuple[SpanLine, ...]]:
    return tuple((DiffSpan(item, is_changed=False),) for item in old), tuple(
        (DiffSpan(item, is_changed=False),) for item in new
    )


def _changed_line(text: str) -> SpanLine:
    return (DiffSpan(text, is_changed=True),)


def diff_words(before: str, after: str) -> tuple[SpanLine, SpanLine]:
    """Return both texts as spans, with the words that occur in one of them marked as changed."""
    old, new = (re.findall(r"\s*\S+", text) for text in (before, after))
    left: list[DiffSpan] = []
    right: list[DiffSpan] = []
    matcher = difflib.SequenceMatcher(
        None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False
    )
    for kind, a, b, c, d in matcher.get_opcodes():
        left += _spans("".join(old[a:b]), is_changed=kind != "equal")
        right += _spans("".join(new[c:d]), is_changed=kind != "equal")
    return tuple(left), tuple(right)


def _spans(text: str, *, is_changed: bool) -> list[DiffSpan]:
    """Split leading white space off a changed span, so that it is not marked."""
    words = text.lstrip() if is_changed else text
    space = text[: len(text) - len(words)]
    spans = (DiffSpan(space, is_changed=False), DiffSpan(words, is_changed=is_changed))
    return [span for span in spans if span.text]
