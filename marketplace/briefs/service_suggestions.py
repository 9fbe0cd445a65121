"""Service suggestions from a company's description of its need, for the company to confirm."""

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.core import taxonomy
from marketplace.directory.search.needs import likely_needs, read_needs

MIN_PROBABILITY = 0.08


@dataclass(frozen=True)
class Suggestion:
    """A suggested service, and the words of the description that suggest it.

    Only likely services are preselected, and only for them are the words shown.
    """

    code: str
    words: tuple[str, ...]
    is_likely: bool


def suggest(text: str) -> list[Suggestion]:
    """Return the services that a text probably asks for, most likely first; none for an empty text."""
    if not text.strip():
        return []
    needs = read_needs(text)
    likely = likely_needs(needs)
    return [
        Suggestion(need.service, need.words if need in likely else (), need in likely)
        for need in needs
        if need.probability >= MIN_PROBABILITY
    ]


def known_services(codes: Iterable[str]) -> list[str]:
    """Return the codes that exist in the taxonomy, without duplicates."""
    known = taxonomy.services()
    return [code for code in dict.fromkeys(codes) if code in known]
