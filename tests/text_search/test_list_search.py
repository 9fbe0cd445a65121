"""Search in lists of names. How names are found by other forms and misspellings is judged in `search_judgments.tsv`."""

import time

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.organisations.models import Organisation
from marketplace.text_search.list_search import ListSearch, search_texts, searched_text
from tests import factories
from tests.support.sql_capture import captured_sql

ROWS = {
    1: searched_text("Hanssen Bygg", "Ola Moen", numbers=["310000019"]),
    2: searched_text("Fjell-Hotell & Kro", place="5041"),
    3: searched_text("Hansen Rør", "kari@moen.example", numbers=["+47 22 33 44 55"]),
    4: searched_text("Berg", "Bo"),
}


def found(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    matches = search_texts(text, ROWS)
    return tuple(matches.exact), tuple(matches.similar)


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "exact", "similar"),
    [
        ("hansen", (3,), (1,)),
        ("BYGG hanssen", (1,), ()),
        ("hansen rør as", (3,), ()),
        ("fjellhotell", (2,), ()),
        ("fjell hotell og kro", (2,), ()),
        ("hotell i Snåsa", (2,), ()),
        ("310 000 019", (1,), ()),
        ("22334455", (3,), ()),
        ("kari@moen.example", (3,), ()),
        ("moen", (1, 3), ()),
        ("birg", (), (4,)),
        ("bi", (), ()),
        ("hansen kafé", (), ()),
        ("%", (), ()),
        ("\U0001f600", (), ()),
        ("", (), ()),
        ("b" * 5000, (), ()),
    ],
)
def test_search_finds_all_words_in_any_order_and_similar_ones_last(
    text: str, exact: tuple[int, ...], similar: tuple[int, ...]
) -> None:
    assert found(text) == (exact, similar)


def test_similar_names_come_last_across_pages(app: Flask) -> None:
    for name in ("Aasen Elektro", "Berg Elekro", "Dahl Elektro", "Egge Foto"):
        factories.company(name)
    query = select(Organisation).where(Organisation.kind == "company").order_by(Organisation.name)
    search = ListSearch("elektro", (Organisation.id, Organisation.name))
    with captured_sql() as statements:
        pages = [search.page(query, number, size=2) for number in (1, 2, 3)]
    assert [[one.name for one in page.items] for page in pages] == [
        ["Aasen Elektro", "Dahl Elektro"],
        ["Berg Elekro"],
        ["Berg Elekro"],
    ]
    assert [(page.number, page.total, page.similar) for page in pages] == [(1, 3, 1), (2, 3, 1), (2, 3, 1)]
    assert len(statements) == 6
    assert search.page(query.where(Organisation.name == "Egge Foto"), 1, size=2).items == []


@pytest.mark.once
def test_search_of_two_thousand_names_is_fast() -> None:
    rows = {
        number: searched_text(f"Navn{number} Gårdsbutikk", f"Person{number}", place="5041")
        for number in range(2000)
    }
    assert len(search_texts("gårdbutik", rows).keys) == len(rows)
    timings = []
    for _attempt in range(5):
        start = time.thread_time()
        search_texts("gårdbutik navn7", rows)
        timings.append(time.thread_time() - start)
    assert min(timings) < 0.1
