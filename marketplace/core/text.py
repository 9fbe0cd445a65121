"""Text as it is stored: one Unicode form, nothing hidden."""

import re
import unicodedata

# Control and format characters (zero width, bidi marks and isolates, tags) hide text from people, or turn it round;
# line breaks and tabs stay in long texts. Surrogates are halves of characters, which no database takes.
_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LINE_BREAK = re.compile(r"\r\n|[\r\u0085\u2028\u2029]")


def clean_text(value: str | None) -> str | None:
    """Return text as it is stored: NFC, without hidden characters, with plain line breaks, trimmed."""
    if value is None:
        return None
    plain = _HIDDEN.sub("", _LINE_BREAK.sub("\n", value))
    # Only now: what was hidden may have stood between a letter and its ring.
    return unicodedata.normalize("NFC", plain).strip()


def clean_line(value: str | None) -> str | None:
    """Return a single line of text as it is stored."""
    text = clean_text(value)
    return re.sub(r"\s+", " ", text) if text is not None else None
