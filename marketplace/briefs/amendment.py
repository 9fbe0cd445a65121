"""Changing a brief that is out: what may be changed, what gives suppliers the right to more time, and the difference.

Pure. A change counts as material when an offer answers it, is priced by it or is judged by it.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketplace.briefs.guide import Guide, Row, Topic, is_empty
from marketplace.core import clock, taxonomy

Answers = Mapping[str, Any]

LEAST_WORKING_DAYS = 5
STANDS = frozenset({"response_deadline", "open_door"})
"""Not changed here: more time has a page of its own, and a door shut on those already writing would break a promise."""
IMMATERIAL = frozenset(
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
"""What tells more about the same job. All else changes what is asked for, or how offers are judged."""


def is_locked(guide: Guide, code: str) -> bool:
    """Say whether an answer stands as it was published: what suppliers never see, the deadline, and the door."""
    return code in STANDS or guide.question(code).visibility == "internal"


def open_topics(guide: Guide) -> tuple[Topic, ...]:
    """Return the guide's pages with only the questions whose answers can be changed."""
    return tuple(topic for topic in (_unlocked(guide, topic) for topic in guide.topics) if topic.questions)


def _unlocked(guide: Guide, topic: Topic) -> Topic:
    sections = (
        replace(section, questions=tuple(q for q in section.questions if not is_locked(guide, q.code)))
        for section in topic.sections
    )
    return replace(topic, sections=tuple(section for section in sections if section.questions))


def changed(guide: Guide, before: Answers, after: Answers) -> list[str]:
    """Return the codes of the answers that differ, in the guide's order; no answer and an empty one are the same."""
    return [q.code for q in guide if not _same(before.get(q.code), after.get(q.code))]


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))


def is_material(codes: Iterable[str]) -> bool:
    """Say whether suppliers must have time to answer anew."""
    return not IMMATERIAL.issuperset(codes)


def keeps_trade(before: Answers, after: Answers) -> bool:
    """Say whether the services still belong to the same kinds, so that the same suppliers are approved for them."""
    return _kinds(before) == _kinds(after)


def _kinds(answers: Answers) -> set[str]:
    return {taxonomy.group_of(code) for code in answers.get("services") or ()}


def needs_more_time(codes: Iterable[str], today: dt.date, last: dt.date) -> bool:
    """Say whether the deadline must be moved for these changes to be made today."""
    return is_material(codes) and clock.working_days_between(today, last) < LEAST_WORKING_DAYS


def earliest_deadline(today: dt.date) -> dt.date:
    """Return the first day that leaves suppliers enough time for a material change made today."""
    return clock.add_working_days(today, LEAST_WORKING_DAYS)


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it is only on this side of the change."""

    text: str
    is_changed: bool


Line = tuple[Part, ...]


@dataclass(frozen=True)
class Change:
    """An answer that differs between two versions: of a list only the lines that went or came."""

    code: str
    label: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def difference(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """Return what differs between a brief's rows as a reader may see them, in the order of the guide."""
    codes = [*after, *(code for code in before if code not in after)]
    found = []
    for code in codes:
        old, new = before.get(code), after.get(code)
        if old == new:
            continue
        gone, come = _lines(old, new)
        if gone or come:
            found.append(Change(code, (new or old).label, gone, come))  # type: ignore[union-attr]  # because one of them is there
    return found


def _lines(old: Row | None, new: Row | None) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    old_items, new_items = (row.items if row else () for row in (old, new))
    if old_items or new_items:
        gone = tuple(_whole(item) for item in old_items if item not in new_items)
        come = tuple(_whole(item) for item in new_items if item not in old_items)
        return (gone, come) if gone or come else _reordered(old_items, new_items)
    one, other = (row.text if row else "" for row in (old, new))
    before, after = marked(one, other)
    return ((before,) if one else (), (after,) if other else ())


def _reordered(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    return tuple((Part(item, is_changed=False),) for item in old), tuple(
        (Part(item, is_changed=False),) for item in new
    )


def _whole(text: str) -> Line:
    return (Part(text, is_changed=True),)


def marked(before: str, after: str) -> tuple[Line, Line]:
    """Return both texts in pieces, word by word, with what is only in one of them marked."""
    old, new = (re.findall(r"\s*\S+", text) for text in (before, after))
    left: list[Part] = []
    right: list[Part] = []
    matcher = difflib.SequenceMatcher(
        None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False
    )
    for kind, a, b, c, d in matcher.get_opcodes():
        left += _parts("".join(old[a:b]), is_changed=kind != "equal")
        right += _parts("".join(new[c:d]), is_changed=kind != "equal")
    return tuple(left), tuple(right)


def _parts(text: str, *, is_changed: bool) -> list[Part]:
    """Return a piece of a text, without the mark on the space before it."""
    words = text.lstrip() if is_changed else text
    space = text[: len(text) - len(words)]
    return [part for part in (Part(space, is_changed=False), Part(words, is_changed=is_changed)) if part.text]
