"""What a visitor's words point to: services, suppliers nearby, and what it usually costs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from marketplace.briefs.service_suggestions import suggest
from marketplace.core import taxonomy
from marketplace.core.taxonomy import PriceBand
from marketplace.sourcing.corpus import corpus

MOST_SERVICES = 4


@dataclass(frozen=True)
class UnderstoodService:
    """A service that the words point to, with its usual price."""

    code: str
    words: Sequence[str]
    price: PriceBand | None


@dataclass(frozen=True)
class Understood:
    """The answer to a visitor's words. `suppliers` counts those approved for at least one of the services."""

    services: Sequence[UnderstoodService]
    words: Sequence[str]
    suppliers: int
    price_low: int | None
    price_high: int | None


def understand(text: str, municipality: str | None = None, *, without: Collection[str] = ()) -> Understood:
    """Return what a visitor's words point to; with a municipality, count those who take jobs there."""
    found = [s for s in suggest(text) if s.code not in without]
    convincing = [s for s in found if s.convincing] or found[:1]
    services = [
        UnderstoodService(s.code, s.words, taxonomy.price_band(s.code)) for s in convincing[:MOST_SERVICES]
    ]
    words = list(dict.fromkeys(word for service in services for word in service.words))
    once = [s.price for s in services if s.price and s.price.unit in {"once", "day"}]
    codes = {service.code for service in services}
    suppliers = sum(
        bool(codes & set(document.services))
        and (
            municipality is None
            or document.remote
            or municipality in document.area
            or municipality == document.municipality
        )
        for document in corpus().documents.values()
    )
    low = sum(price.typical_low for price in once)
    high = sum(price.typical_high for price in once)
    return Understood(services, words, suppliers, low or None, high or None)
