"""Norwegian alphabetical order, the same in Python and in SQL, and letter folding."""

import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, strategies as st
from sqlalchemy import literal, select, union_all

import marketplace
from marketplace.core.collation import fold_letters, norwegian_order, sort_key
from marketplace.core.database import session

IN_ORDER = (
    "Álavuono", "bakeri", "Čohkka", "Eple", "Evenes", "Kvist", "Nord", "Ŋuorra", "Oppdal", "Šuoššjávri", "Übersee", "Ytre",
    "Zeta", "zink", "Ærfugl", "ÆRØY", "Øksnes", "Ørland", "ØYNER", "Åfjord", "Ås", "Åse", "Aasen",
)  # fmt: skip


@pytest.mark.once
def test_sort_key_orders_norwegian_and_sami_letters() -> None:
    assert sorted(set(IN_ORDER), key=sort_key) == list(IN_ORDER)


def test_database_orders_as_python(app: Flask) -> None:
    with app.app_context():
        names = union_all(*(select(literal(name).label("name")) for name in reversed(IN_ORDER))).subquery()
        assert session.scalars(select(names.c.name).order_by(norwegian_order(names.c.name))).all() == list(
            IN_ORDER
        )


@pytest.mark.once
@pytest.mark.parametrize(
    ("result", "spellings"),
    [
        ("snofonn", ("Snøfonn", "Snöfonn", "Snoefonn", "SNØFONN")),
        ("skjaer", ("skjær", "skjär", "skjaer", "SKJÆR")),
        ("gard", ("gård", "gaard", "gard", "ga\u030ard")),
        ("karasjohka", ("Kárášjohka",)),
        ("porsangu", ("Porsáŋgu",)),
        ("", ("",)),
    ],
)
def test_spellings_of_a_word_fold_to_the_same_letters(result: str, spellings: tuple[str, ...]) -> None:
    assert {fold_letters(spelling) for spelling in spellings} == {result}


@pytest.mark.once
@given(st.text("aeoåæøäöáÅØŊb ", max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_letters(fold_letters(text)) == fold_letters(text)


@pytest.mark.once
def test_every_query_orders_names_and_titles_alphabetically() -> None:
    root = Path(marketplace.__file__).parent
    ordered = re.compile(r"order_by\((?:[^()]|\([^()]*\))*\)|key=str\.\w+")
    plain = re.compile(r"(?<!norwegian_order\()\b\w+(?:\.c)?\.(?:\w+_)?(?:name|title|label)\b|str\.\w+")
    faults = [
        f"{file.relative_to(root)}: {match.group()}"
        for file in sorted(root.rglob("*.py"))
        for call in ordered.finditer(file.read_text(encoding="utf-8"))
        for match in plain.finditer(call.group())
    ]
    assert faults == []
