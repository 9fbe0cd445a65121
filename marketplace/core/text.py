"""Text normalization: NFC, plain line breaks, no invisible characters. Every way in uses it: forms, guide, import, CLI."""

import re
import unicodedata

# Control and format characters (zero width, bidi marks and isolates, tags) hide or reorder text. Line breaks and tabs
# stay in long texts. Lone surrogates cannot be stored by any database.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n|[\r\u0085\u2028\u2029]")


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


def like_pattern(text: str) -> str:
    """Return the LIKE pattern that matches values containing a text; wildcards in the text are dropped."""
    return f"%{text.replace('%', '').replace('_', '')}%"
