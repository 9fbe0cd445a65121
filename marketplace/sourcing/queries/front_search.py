"""Search on the front page: services, nearby suppliers and usual prices for a free-text description."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from marketplace.briefs.service_suggestions import suggest
from marketplace.core import taxonomy
from marketplace.core.taxonomy import PriceBand
from marketplace.directory.queries import catalogue

MAX_SERVICES = 4


@dataclass(frozen=True)
class InterpretedService:
    """A service that the description indicates, with the words that indicate it and its usual price."""

    code: str
    words: Sequence[str]
    price: PriceBand | None


@dataclass(frozen=True)
class SearchInterpretation:
    """The interpretation of a description. `suppliers` counts those approved for at least one of the services."""

    services: Sequence[InterpretedService]
    words: Sequence[str]
    suppliers: int
    price_low: int | None
    price_high: int | None


def interpret(
    text: str, municipality: str | None = None, *, without: Collection[str] = ()
) -> SearchInterpretation:
    """Return the services that a description indicates, and count their suppliers, optionally in a municipality."""
    suggestions = [s for s in suggest(text) if s.code not in without]
    chosen = [s for s in suggestions if s.is_likely] or suggestions[:1]
    services = [
        InterpretedService(s.code, s.words, taxonomy.price_band(s.code)) for s in chosen[:MAX_SERVICES]
    ]
    words = list(dict.fromkeys(word for service in services for word in service.words))
    one_off = [s.price for s in services if s.price and s.price.unit in {"once", "day"}]
    kind = ",".join(service.code for service in services)
    suppliers = catalogue().count(
        "kind", kind, catalogue().mask("place", municipality) if municipality else None
    )
    low = sum(price.typical_low for price in one_off)
    high = sum(price.typical_high for price in one_off)
    return SearchInterpretation(services, words, suppliers, low or None, high or None)
