"""Detection of offers in which a supplier describes different jobs with the same text."""

import re
from collections.abc import Iterable

from marketplace.matching.analysis.plain_text import clean

DUPLICATE_THRESHOLD = 3
"""An offer is reported as not written for the job if this many other offers of its supplier have the same text."""


def normalize(text: str) -> str:
    """Normalize a text for comparison: case-folded words without punctuation or hidden characters."""
    return " ".join(re.findall(r"\w+", clean(text).casefold()))


def count_duplicates(text: str, others: Iterable[str]) -> int:
    """Count the texts that are equal after normalization. An empty text equals none."""
    said = normalize(text)
    return sum(normalize(other) == said for other in others) if said else 0
