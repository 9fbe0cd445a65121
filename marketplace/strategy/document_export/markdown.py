"""A strategy document as Markdown (CommonMark with tables)."""

import re
from collections.abc import Sequence

from marketplace.strategy.document_export.outline import Block, Outline

_INLINE = re.compile(r"([\\`*_\[\]<>|&~$])")
_AT_START = re.compile(r"^([0-9]+(?=[.)])|(?=[#+=>:-]))")
_BREAKS = re.compile(r"\s+")


def escape(text: str) -> str:
    """Return a text on one line, with each character escaped that Markdown or HTML would interpret there.

    A number or a sign at the beginning would start a list or a heading, so it is escaped as well.
    """
    line = _INLINE.sub(r"\\\1", _BREAKS.sub(" ", text).strip())
    return _AT_START.sub(r"\1\\", line)


def to_markdown(outline: Outline) -> str:
    """Return a document as a Markdown file."""
    lines = [f"# {escape(f'{outline.title}: {outline.company}')}", "", escape(outline.caption), ""]
    for section in outline.sections:
        if section.blocks:
            lines += [f"## {escape(section.title)}", ""]
            for block in section.blocks:
                lines += _block(block, is_titled=block.label != section.title)
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(block: Block, *, is_titled: bool) -> list[str]:
    lines = [f"### {escape(block.label)}", ""] if is_titled else []
    if block.text:
        lines += [escape(block.text), ""]
    if block.items:
        lines += [*(f"- {escape(item)}" for item in block.items), ""]
    if block.rows:
        lines += [
            _row(block.header),
            _row(["---"] * len(block.header), is_rule=True),
            *map(_row, block.rows),
            "",
        ]
    return lines


def _row(cells: Sequence[str], *, is_rule: bool = False) -> str:
    return f"| {' | '.join(cells if is_rule else map(escape, cells))} |"
