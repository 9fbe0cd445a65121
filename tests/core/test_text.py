"""Cleaning of user input: Unicode normalization and removal of invisible characters."""

import sys
import unicodedata

import pytest
from hypothesis import given

from marketplace.core.text import clean_line, clean_text, parse_lines
from tests.support.any_text import any_text

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
    # Visible format characters: signs above or around Arabic, Kaithi and shorthand letters, and joiners of hieroglyphs.
    assert set(kept) <= SEEN, [f"U+{number:04X}" for number in kept]


SEEN = {
    *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
    *range(0x13430, 0x13456), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B),
}  # fmt: skip


def test_none_stays_none_and_blank_becomes_empty() -> None:
    assert clean_text(None) is clean_line(None) is None
    assert clean_text(" \u200b ") == clean_line("\n") == ""


@pytest.mark.parametrize("broken", ["\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"])
def test_line_breaks_are_normalised(broken: str) -> None:
    assert clean_text(f"ost{broken}rømme") == "ost\nrømme"
    assert clean_line(f"ost{broken}rømme") == "ost rømme"


def test_decomposed_letter_is_composed_after_cleaning() -> None:
    assert clean_line("Ha\u030agen") == clean_line("Ha\u200b\u030agen") == "Hågen"


@given(any_text())
def test_cleaning_is_idempotent(text: str) -> None:
    for clean in (clean_line, clean_text):
        once = clean(text)
        assert clean(once) == once
        assert once is not None
        once.encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "1. mai: film ferdig\n15. juni: nettside på lufta",
        "24. desember åpent hus",
        "10. års erfaring",
        "2. etasje innvendig",
        "1. etasje\n2. etasje",
        "1. mai: film\n2. mai: nettside",
        "1. juledag åpent\n2. juledag stengt",
        "1. runde: skisser\n2. runde: ferdige tekster",
        "1. Nettside",
        "1. Nettside\n3. Bilder",
        "2. Nettside\n3. Bilder",
        "1.5 timer\n2.5 timer",
        "20 bilder\n3 filmer",
        "-5 grader",
        "o store\nhav",
        "+ drift",
        "§ 5 skal følges",
        "a-kasse\nb-lag",
    ],
)
def test_number_that_may_be_part_of_the_item_is_kept(text: str) -> None:
    assert parse_lines(text) == text.split("\n")


@pytest.mark.parametrize(
    "bullet",
    ["1.", "1)", "(1)", "1:", "1 –", "a)", "-", "–", "—", "*", "•", "·", "‣", "▪", "●", "○", "☐", "✓", "✔", "→", "»", "+", ">",
     "o", "§", "\uf0b7", "\uf0a7", "\uf0d8", "- [ ]", "- [x]", "[ ]", "➢"],
)  # fmt: skip
def test_bullets_and_numbering_are_removed(bullet: str) -> None:
    items = ["Nettside", "Bilder 3 stk.", "Film"]
    for space in (" ", "\t", "   "):
        lines = [
            bullet.replace("1", str(index + 1)).replace("a", "abc"[index]) + space + item
            for index, item in enumerate(items)
        ]
        assert parse_lines("\r\n\r\n".join(lines)) == items


def test_item_between_numbered_lines_may_have_a_bullet() -> None:
    assert parse_lines("1. Nettside\n   - forside\n2. Bilder") == ["Nettside", "forside", "Bilder"]


@pytest.mark.parametrize("broken", ["\v", "\f", "\x1c", "\x1e", "\u0085", "\u2028", "\u2029", "\r", "\r\n"])
def test_pasted_line_break_separates_items(broken: str) -> None:
    assert parse_lines(broken.join(["Nettside", "Bilder", "Film"])) == ["Nettside", "Bilder", "Film"]
