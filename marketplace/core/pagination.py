"""Pagination of queries and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func

from marketplace.core.database import session

CHOICE_PAGE_SIZE = 100
"""Rows on a page whose rows can be ticked. Ticks are lost on the next page, so most lists fit on one."""

T = TypeVar("T")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. `number` counts from 1; `total` is the number of items on all pages.

    `similar` is the number of items at the end of the list that a search found only by a similar spelling.
    """

    items: Sequence[T]
    number: int
    size: int
    total: int
    similar: int = 0

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return _last_page(self.total, self.size)

    @property
    def start_index(self) -> int:
        """Position of the page's first item in the whole list, counted from 1."""
        return (self.number - 1) * self.size + 1

    def with_items(self, items: Sequence[Other]) -> "Page[Other]":
        """Return the same page with other items, such as rows converted to view objects."""
        return Page(items, self.number, self.size, self.total, self.similar)

    def window(self) -> list[int | None]:
        """Return the page numbers to link to: the first, the last and the neighbours; None marks a gap."""
        near = {1, self.last, self.number - 1, self.number, self.number + 1}
        numbers = sorted(number for number in near if 1 <= number <= self.last)
        window: list[int | None] = []
        for number in numbers:
            if window and number - (window[-1] or 0) > 1:
                window.append(None)
            window.append(number)
        return window


def _last_page(total: int, size: int) -> int:
    return max(1, -(-total // size))


def clamp_page(number: int, total: int, size: int) -> int:
    """Return the nearest existing page number."""
    return min(max(number, 1), _last_page(total, size))


def page_of(items: Sequence[T], number: int, size: int, *, similar: int = 0) -> Page[T]:
    """Return one page of a list in memory; a number out of range gives the nearest page."""
    number = clamp_page(number, len(items), size)
    return Page(items[(number - 1) * size : number * size], number, size, len(items), similar)


def paginate(query: Select[T], number: int, *, size: int, options: Sequence[Any] = ()) -> Page[T]:
    """Run an ordered query for one page; a number out of range gives the nearest page.

    The query must neither group nor be distinct: its rows are counted without its columns, which takes a third of the
    time of counting a subquery.
    """
    counted = query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.scalar(counted) or 0
    number = clamp_page(number, total, size)
    rows = session.scalars(query.options(*options).limit(size).offset((number - 1) * size)).unique().all()
    return Page(rows, number, size, total)
