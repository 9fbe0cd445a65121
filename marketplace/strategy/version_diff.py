"""Differences between two versions of a strategy, as words that were added and removed in each field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from marketplace.strategy.document_export.outline import Block, Outline


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of a field: `kind` is "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs between two versions, with its words in order."""

    section: str
    label: str
    segments: tuple[Segment, ...]


def outline_changes(before: Outline, after: Outline) -> list[FieldChange]:
    """Return the fields that differ, in the order of the document."""
    old, new = _texts(before), _texts(after)
    keys = [*new, *(key for key in old if key not in new)]
    order = {section.title: index for index, section in enumerate((*after.sections, *before.sections))}
    keys.sort(key=lambda key: order.get(key[0], 0))
    return [
        FieldChange(
            section, label, tuple(_segments(old.get((section, label), ""), new.get((section, label), "")))
        )
        for section, label in keys
        if old.get((section, label), "") != new.get((section, label), "")
    ]


def _texts(outline: Outline) -> dict[tuple[str, str], str]:
    return {
        (section.title, block.label): _text(block) for section in outline.sections for block in section.blocks
    }


def _text(block: Block) -> str:
    rows = (" · ".join(cell for cell in row if cell) for row in block.rows)
    return "\n".join(line for line in (block.text, *block.items, *rows) if line)


def _segments(before: str, after: str) -> Iterator[Segment]:
    # A no-break space is part of a word: an amount like "20 000" is one word.
    old, new = re.findall(r"[^ \n]+|\n", before), re.findall(r"[^ \n]+|\n", after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            yield Segment("same", " ".join(new[new_from:new_to]))
            continue
        if old_to > old_from:
            yield Segment("removed", " ".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Segment("added", " ".join(new[new_from:new_to]))
