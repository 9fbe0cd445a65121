"""When offers are too many, or too much alike: rules for those who answer every brief with one text."""

import re
from collections.abc import Iterable

from marketplace.matching.analysis.plain_text import clean

MAX_OFFERS_PER_DAY = 20
"""How many briefs a supplier may send an offer to within 24 hours."""
DUPLICATE_THRESHOLD = 3
"""With so many other offers that say the same, one does not speak of the job at hand."""


def normalize(text: str) -> str:
    """Return a text as one compares it: small letters, without marks, spaces and hidden characters."""
    return " ".join(re.findall(r"\w+", clean(text).casefold()))


def count_duplicates(text: str, others: Iterable[str]) -> int:
    """Count the texts that say the same, word for word. An empty text says nothing."""
    said = normalize(text)
    return sum(normalize(other) == said for other in others) if said else 0
