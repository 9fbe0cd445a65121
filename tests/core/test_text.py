"""Cleaning of user input: Unicode normalization and removal of invisible characters."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.text import clean_line, clean_text

pytestmark = pytest.mark.once
MARKS = {
    "soft hyphen": "\u00ad",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "marks of direction": "\u200e\u200f\u061c",
    "overrides of direction": "\u202a\u202b\u202c\u202d\u202e",
    "isolates": "\u2066\u2067\u2068\u2069",
    "tags": "\U000e0041\U000e007f",
    "fillers": "\u115f\u1160\u3164\uffa0",
    "controls": "\x00\x07\x1b\x7f\x80\x9f",
    "half a character": "\ud83d",
    "joiner that cannot be seen": "\u034f",
}


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_invisible_characters_are_removed(marks: str) -> None:
    for mark in marks:
        assert clean_line(f"Kari{mark} Nord{mark}") == "Kari Nord"
        assert clean_text(f"{mark}Kari\n{mark}Nord") == "Kari\nNord"


def test_all_format_and_control_characters_are_removed() -> None:
    kept = [
        number
        for number in range(sys.maxunicode + 1)
        if unicodedata.category(chr(number)) in {"Cf", "Cc", "Cs"}
        and clean_line(f"a{chr(number)}b") not in {"ab", "a b"}
    ]
    # Signs that stand over or around Arabic, Kaithi and shorthand letters are seen; so are hieroglyphs' joiners.
    assert set(kept) <= SEEN, [f"U+{number:04X}" for number in kept]


SEEN = {
    *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
    *range(0x13430, 0x13456), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B),
}  # fmt: skip


def test_none_stays_none_and_blank_becomes_empty() -> None:
    assert clean_text(None) is clean_line(None) is None
    assert clean_text(" \u200b ") == clean_line("\n") == ""


@pytest.mark.parametrize("broken", ["\r\n", "\r", "\u0085", "\u2028", "\u2029"])
def test_line_breaks_are_normalised(broken: str) -> None:
    assert clean_text(f"ost{broken}rømme") == "ost\nrømme"
    assert clean_line(f"ost{broken}rømme") == "ost rømme"


def test_decomposed_letter_is_composed_after_cleaning() -> None:
    assert clean_line("Ha\u030agen") == clean_line("Ha\u200b\u030agen") == "Hågen"


@given(st.text())
def test_cleaning_is_idempotent(text: str) -> None:
    for clean in (clean_line, clean_text):
        once = clean(text)
        assert clean(once) == once
        assert once is not None
        once.encode("utf-8")
