"""Pagination: page numbers, links and the page argument of a query string."""

import pytest
from flask import Flask

from marketplace.core.pagination import Page, page_of
from marketplace.web.query_args import page_arg

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("number", "items"), [(-1, "abc"), (1, "abc"), (2, "def"), (3, "g"), (4, "g"), (10**9, "g")]
)
def test_page_number_out_of_range_gives_nearest_page(number: int, items: str) -> None:
    page = page_of("abcdefg", number, 3)
    assert (page.items, page.last, page.total) == (items, 3, 7)


def test_empty_list_has_one_page() -> None:
    page = page_of([], 2, 3)
    assert (page.items, page.number, page.last, page.start_index) == ([], 1, 1, 1)


def test_start_index_counts_items_of_earlier_pages() -> None:
    assert page_of("abcdefg", 3, 3).start_index == 7


@pytest.mark.parametrize(
    ("number", "window"), [(1, [1, 2, None, 9]), (5, [1, None, 4, 5, 6, None, 9]), (9, [1, None, 8, 9])]
)
def test_window_links_to_ends_and_neighbours(number: int, window: list[int | None]) -> None:
    assert Page([], number, 10, 90).window() == window


def test_with_items_keeps_number_size_and_total() -> None:
    assert Page("abc", 2, 3, 7).with_items([1, 2]) == Page([1, 2], 2, 3, 7)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("3", 3), ("", 1), ("-2", 1), ("two", 1), ("1e3", 1), ("٣", 1), ("9" * 5000, 999_999)],
)
def test_page_argument_falls_back_to_first_page(app: Flask, typed: str, number: int) -> None:
    with app.test_request_context("/", query_string={"page": typed}):
        assert page_arg() == number
