"""Services suggested from a company's own words, for it to confirm."""

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace import matching
from marketplace.core import taxonomy
from marketplace.suppliers.glossary import glossary

MOST_SUGGESTIONS = 6
WORTH_SHOWING, CONVINCING = 0.08, 0.4


@dataclass(frozen=True)
class Suggestion:
    """A service that the words seem to ask for, and the words that made us think so.

    Only a convincing one is chosen beforehand and tells its words.
    """

    code: str
    words: tuple[str, ...]
    convincing: bool


def suggest(text: str, limit: int = MOST_SUGGESTIONS) -> list[Suggestion]:
    """Return the services that a text seems to ask for, the likeliest first; none for an empty text."""
    if not text.strip():
        return []
    known = taxonomy.services()
    found = matching.suggest_needs(text, glossary(), limit=limit)
    return [
        Suggestion(
            need.service,
            tuple(need.words) if need.probability >= CONVINCING else (),
            need.probability >= CONVINCING,
        )
        for need in found
        if need.service in known and need.probability >= WORTH_SHOWING
    ]


def known_services(codes: Iterable[str]) -> list[str]:
    """Return the codes that are services of the taxonomy, each once."""
    known = taxonomy.services()
    return [code for code in dict.fromkeys(codes) if code in known]
