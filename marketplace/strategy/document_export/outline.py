"""Outline of a document: sections with texts, lists and tables.

The page for printing, the Markdown file and the PDF of a strategy all show the same outline.
"""

import datetime as dt
from dataclasses import dataclass

from marketplace.core.identifiers import make_slug

LONG_TEXT = 10_500
"""Number of characters that fit on two printed pages in the usual font size."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section: either a text, a list of items, or a table with a header.

    In a numeric table, all columns except the first and the last contain numbers.
    """

    label: str
    text: str = ""
    items: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    is_numeric: bool = False


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A section of a document. It has no blocks if nothing is written in it."""

    code: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A version of a strategy as a document. `caption` names the company, the version and its date."""

    language: str
    title: str
    company: str
    caption: str
    number: int
    saved_at: dt.datetime
    sections: tuple[OutlineSection, ...]

    @property
    def is_long(self) -> bool:
        """True if the document needs smaller type to be printed on two pages."""
        blocks = [block for section in self.sections for block in section.blocks]
        texts = (
            (block.text, *block.items, *(cell for row in block.rows for cell in row)) for block in blocks
        )
        return sum(len(text) for part in texts for text in part) > LONG_TEXT

    def section(self, code: str) -> OutlineSection:
        """Return the section with a code. Raises KeyError."""
        return {section.code: section for section in self.sections}[code]

    def file_name(self, ending: str) -> str:
        """Return the name of a file with the document: title, company and version in ASCII."""
        return f"{make_slug(f'{self.title} {self.company}')}-v{self.number}.{ending}"
