"""A strategy document as tagged PDF, typeset with Typst. The same outline always gives the same bytes."""

import io
import json
import re
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import pypdf
import typst

from marketplace.data import data_path
from marketplace.strategy.document_export.outline import Block, Outline

FONT_SIZES = (10.0, 9.0, 8.25, 7.5)
"""Sizes in points for a document that should fit on `MAX_PAGES`."""
MIN_ONE_PAGE_SIZE = 9.0
"""Smallest size in which a document is set to avoid a second page with only a few lines."""
MAX_PAGES = 2
ACCESSIBLE = "ua-1"
_NARROW, _MAX_WEIGHT = 18, 120
"""Lengths of texts between which the width of a column grows. The first is the length of the longest date."""
_LONG_WORD = re.compile(r"(\S{20})(?=\S{5})")


@cache
def _template() -> bytes:
    return data_path("strategy.typ").read_bytes()


def to_pdf(outline: Outline, sizes: Sequence[float] = FONT_SIZES) -> bytes:
    """Return a document as PDF, in the greatest font size with which it fits on one A4 page, else on two."""
    compiled = cache(partial(_compile, outline))
    one_page_sizes = [size for size in sizes if size >= MIN_ONE_PAGE_SIZE]
    for max_pages, allowed in ((1, one_page_sizes), (MAX_PAGES, sizes)):
        for size in allowed:
            if _pages(compiled(size)) <= max_pages:
                return compiled(size)
    return compiled(sizes[-1])


def _compile(outline: Outline, size: float) -> bytes:
    texts = {
        "language": outline.language,
        "title": outline.title,
        "company": outline.company,
        "caption": outline.caption,
        "size": size,
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in outline.sections
            if section.blocks
        ],
    }
    inputs = {"document": json.dumps(texts)}
    try:
        return _run(inputs, outline, [ACCESSIBLE])
    except typst.TypstError:
        # PDF/UA refuses a character that the font lacks, such as an emoji. The document is still tagged.
        return _run(inputs, outline, [])


def _run(inputs: dict[str, str], outline: Outline, standards: list[Any]) -> bytes:
    document = typst.compile(
        _template(),
        format="pdf",
        sys_inputs=inputs,
        ignore_system_fonts=True,
        timestamp=outline.saved_at.replace(microsecond=0),
        pdf_standards=standards,
    )
    if not isinstance(document, bytes):
        raise TypeError
    return document


def _block(block: Block) -> dict[str, Any]:
    return {
        "label": block.label,
        "text": _breakable(block.text),
        "items": [_breakable(item) for item in block.items],
        "header": block.header,
        "rows": [[_breakable(cell) for cell in row] for row in block.rows],
        "widths": [_width(column) for column in zip(block.header, *block.rows, strict=True)],
        "is_numeric": block.is_numeric,
    }


def _breakable(text: str) -> str:
    """Insert zero-width spaces into long words, such as web addresses, which would otherwise overflow a column."""
    return _LONG_WORD.sub("\\1\N{ZERO WIDTH SPACE}", text)


def _width(column: tuple[str, ...]) -> int:
    """Return the relative width of a column by its longest text; with 0 the column is as wide as its text."""
    longest = max(map(len, column))
    return 0 if longest <= _NARROW else min(longest, _MAX_WEIGHT)


def _pages(document: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(document)).pages)
