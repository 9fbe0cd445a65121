"""Text normalization: NFC, plain line breaks, no invisible characters. Forms, guide, imports and commands use it."""

import re
import unicodedata

# Control and format characters (zero width, bidi marks and isolates, tags) hide or reorder text. Line breaks and tabs
# stay in long texts. Lone surrogates cannot be stored by any database.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ud800-\udfff]")
# Word separates lines with U+000B (Shift-Enter) and pages with U+000C when text is pasted from it.
_LINE_BREAK = re.compile(r"\r\n|[\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]")
# Bullet characters from keyboards, Word (with its Wingdings and Symbol characters), web pages and Markdown task lists.
_BULLET = re.compile(
    r"\s*(?:(?:[-*] \[[ xX]?\]|\[[ xX]?\]|[-*\u2010-\u2015\u2212\u00b7])(?:\s+|$)"
    r"|[\u2022\u2023\u2043\u204c\u204d\u2219\u25a0\u25a1\u25aa\u25ab\u25b6\u25b8\u25ba\u25c6\u25c7\u25cb\u25cf\u25d8\u25e6\u25fb-\u25fe"
    r"\u2610-\u2612\u2192\u21d2\u2713\u2714\u2756\u2767\u27a2\u27a4\u29be\u29bf\u2b1b\u2b1c\u00bb"
    r"\uf0a7\uf0b7\uf0d8\uf0fc\uf076\u2705]\ufe0f?\s*)"
)
# Characters that also have other meanings: bullets only if every line begins with one.
_SHARED_BULLET = re.compile(r"\s*([+>~=#o\u00a7\u00a4])\s+")
_NUMBER = re.compile(
    r"\s*(?:\(?([0-9]{1,2})(?:[.):]|\)\.)(?![0-9])\s*|([0-9]{1,2})\s+[-\u2013]\s+|([0-9]{1,2})\ufe0f?\u20e3\s*)(?=\S)"
)
_LETTER = re.compile(r"\s*\(?([a-zA-Z])\)\s*(?=\S)")
# A number before these is a date or an ordinal: "1. mai", "2. etasje", "10. års erfaring", "1. juledag".
_AFTER_ORDINAL = re.compile(
    r"(?:jan|feb|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|des|dec)[a-z]*\b|(?:etasj|etg|års|år\b|plass|premi|klass|trinn|kvartal|"
    r"halvår|halvdel|gang|dag|juledag|påskedag|pinsedag|søndag|uke|veke|versjon|utgave|utgåv|utkast|generasjon|"
    r"fase|del\b|time|omgang|divisjon|hånd|floor|year|place|prize|quarter|half|draft|version|phase|day|week)",
    re.IGNORECASE,
)
_MIN_NUMBERED = 2


def remove_invisible(value: str) -> str:
    """Return a text in NFC with plain line breaks and without invisible characters; not trimmed."""
    visible = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", value))
    # Normalize last: an invisible character may have separated a letter from its combining mark.
    return unicodedata.normalize("NFC", visible)


def has_control_characters(value: str) -> bool:
    """Return True if a text holds control characters other than line breaks and tabs, or lone surrogates."""
    return _CONTROL.search(_LINE_BREAK.sub("\n", value)) is not None


def clean_text(value: str | None) -> str | None:
    """Normalize and trim a text that may have several lines. None stays None."""
    return None if value is None else remove_invisible(value).strip()


def clean_line(value: str | None) -> str | None:
    """Normalize and trim a text, and collapse all white space to single spaces. None stays None."""
    return None if value is None else re.sub(r"\s+", " ", remove_invisible(value)).strip()


def parse_lines(text: str) -> list[str]:
    """Return the items of a list with one item per line, cleaned, without bullets and numbering.

    Numbers are only removed when the lines are numbered 1, 2, 3 together. A number that may be part of the item is kept:
    before a month or a word such as "etasje", and where all lines go on with the same word, as in "1. runde", "2. runde".
    """
    lines = [line for line in remove_invisible(text).split("\n") if line.strip()]
    shared = [match[1] for line in lines if (match := _SHARED_BULLET.match(line))]
    if len(lines) >= _MIN_NUMBERED and len(shared) == len(lines) and len(set(shared)) == 1:
        lines = [_SHARED_BULLET.sub("", line, count=1) for line in lines]
    bare = [_BULLET.sub("", line, count=1) if _BULLET.match(line) else line for line in lines]
    # An indented or bulleted line between numbered ones belongs to the one above it.
    top = [index for index, line in enumerate(lines) if bare[index] == line]
    for index, item in _without_numbers([bare[index] for index in top]).items():
        bare[top[index]] = item
    return [line for item in bare if (line := clean_line(item))]


def _without_numbers(lines: list[str]) -> dict[int, str]:
    """Return the lines without their numbers, by index, if they are numbered 1, 2, 3 or a), b), c) together."""
    for pattern, first in ((_NUMBER, 1), (_LETTER, "a")):
        matches = [pattern.match(line) for line in lines]
        found = [match for match in matches if match]
        if len(found) < _MIN_NUMBERED or len(found) < len(lines):
            continue
        marks = [next(group for group in match.groups() if group).lower() for match in found]
        expected = [str(n + 1) if first == 1 else chr(ord("a") + n) for n in range(len(lines))]
        rests = [match.string[match.end() :] for match in found]
        words = {rest.split()[0].lower() for rest in rests}
        if marks == expected and len(words) > 1 and not any(_AFTER_ORDINAL.match(rest) for rest in rests):
            return dict(enumerate(rests))
    return {}


def name_key(name: str) -> str:
    """Return a key that is equal for names that differ only in case, white space and invisible characters."""
    return (clean_line(name) or "").casefold()
