"""Text with nothing in it that cannot be seen, as it is read everywhere before it is compared.

Apart from `analysis`, since others hold texts against each other too, and need no scikit-learn for that.
"""

import re
import unicodedata

MAX_CHARACTERS = 100_000
_PLAIN = re.compile(
    "[\x00-\x7f\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff«»§\u2013\u2014\u2018\u2019\u201c\u201d]*"
)
"""What most Norwegian texts are made of alone: letters and signs that NFKC leaves as they are, and all can be seen."""


def clean(text: str) -> str:
    """Return text in NFKC, without what cannot be seen, from its first 100,000 characters.

    Gone are format characters (category Cf: soft hyphens, zero-width letters, tags) and variation selectors.
    """
    text = text[:MAX_CHARACTERS]
    if _PLAIN.fullmatch(text):
        return text
    kept = "".join(
        character
        for character in text
        if (character < "\u0300" and character != "\u00ad")
        or (unicodedata.category(character) != "Cf" and not "\ufe00" <= character <= "\ufe0f")
    )
    return unicodedata.normalize("NFKC", kept)
