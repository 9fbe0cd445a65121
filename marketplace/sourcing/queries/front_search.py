"""Search on the front page: services, nearby suppliers and usual prices for a free-text description."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from marketplace.core import taxonomy
from marketplace.core.taxonomy import PriceBand
from marketplace.directory.queries import catalogue
from marketplace.directory.search.interpretation import interpret_text


@dataclass(frozen=True)
class InterpretedService:
    """A service that the description indicates, with the words that indicate it and its usual price."""

    code: str
    words: Sequence[str]
    price: PriceBand | None

    @property
    def is_in_total(self) -> bool:
        """True if the service has a one-off price: a price per month or hour cannot be added to the total."""
        return self.price is not None and self.price.unit in {"once", "day"}


@dataclass(frozen=True)
class SearchInterpretation:
    """The interpretation of a description. `suppliers` counts those approved for at least one of the services.

    `place` is the chosen place or the one that the description names. `corrected` is the description with misspelled
    words corrected, empty if there are none.
    """

    services: Sequence[InterpretedService]
    words: Sequence[str]
    suppliers: int
    price_low: int | None
    price_high: int | None
    place: str | None
    corrected: str


def interpret(
    text: str, municipality: str | None = None, *, without: Collection[str] = ()
) -> SearchInterpretation:
    """Return the services that a description indicates, and count their suppliers, optionally in a municipality."""
    interpretation = interpret_text(text)
    municipality = municipality or interpretation.place or None
    services = [
        InterpretedService(need.service, need.words, taxonomy.price_band(need.service))
        for need in interpretation.needs
        if need.service not in without
    ]
    words = list(dict.fromkeys(word for service in services for word in service.words))
    one_off = [s.price for s in services if s.price and s.is_in_total]
    kind = ",".join(service.code for service in services)
    suppliers = catalogue().count(
        "kind", kind, catalogue().mask("place", municipality) if municipality else None
    )
    low = sum(price.typical_low for price in one_off)
    high = sum(price.typical_high for price in one_off)
    return SearchInterpretation(
        services, words, suppliers, low or None, high or None, municipality, interpretation.corrected
    )
