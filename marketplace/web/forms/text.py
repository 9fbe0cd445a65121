"""Text as it is stored: one Unicode form, nothing hidden."""

import re
import unicodedata

# Format characters (zero width, bidi controls) hide text from people; line breaks and tabs stay in long texts.
_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)


def clean_text(value: str | None) -> str | None:
    """Return text as it is stored: NFC, without hidden characters, with plain line breaks, trimmed."""
    if value is None:
        return None
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _HIDDEN.sub("", text).strip()


def clean_line(value: str | None) -> str | None:
    """Return a single line of text as it is stored."""
    text = clean_text(value)
    return re.sub(r"\s+", " ", text) if text is not None else None
