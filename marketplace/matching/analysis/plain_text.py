"""Text normalisation: Unicode NFKC without invisible characters.

Separate from the analyzer because modules that compare texts must not import scikit-learn.
"""

import re
import unicodedata

MAX_CHARACTERS = 100_000
_PLAIN = re.compile(
    "[\x00-\x7f\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff«»§\u2013\u2014\u2018\u2019\u201c\u201d]*"
)
"""Characters of most Norwegian texts. All are visible and unchanged by NFKC."""


def clean(text: str) -> str:
    """Return the first 100,000 characters of a text in NFKC, without invisible characters.

    Format characters (category Cf: soft hyphens, zero-width characters, tags) and variation selectors are removed.
    """
    text = text[:MAX_CHARACTERS]
    if _PLAIN.fullmatch(text):
        return text
    visible = "".join(
        character
        for character in text
        if (character < "\u0300" and character != "\u00ad")
        or (unicodedata.category(character) != "Cf" and not "\ufe00" <= character <= "\ufe0f")
    )
    return unicodedata.normalize("NFKC", visible)
