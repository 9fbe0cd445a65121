"""Comparison of prices: cost over time, gaps filled with estimates, and conspicuous prices. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHORT_MONTHS, LONG_MONTHS = 24, 36


class PriceKind(StrEnum):
    """How an offer prices a deliverable."""

    AMOUNT = "amount"
    INCLUDED = "included"
    NOT_INCLUDED = "not_included"
    NOT_PRICED = "not_priced"

    @property
    def is_gap(self) -> bool:
        """True if the price does not cover the deliverable."""
        return self in {PriceKind.NOT_INCLUDED, PriceKind.NOT_PRICED}


@dataclass(frozen=True, slots=True)
class Price:
    """Prices of an offer: one entry per deliverable of the brief, in order, and the monthly cost."""

    key: int
    kinds: tuple[PriceKind, ...]
    amounts: tuple[int | None, ...]
    monthly: int

    @property
    def one_off(self) -> int:
        """Sum of the priced deliverables."""
        return sum(amount or 0 for amount in self.amounts)

    @property
    def gaps(self) -> tuple[int, ...]:
        """Indexes of the deliverables that the price does not cover."""
        return tuple(index for index, kind in enumerate(self.kinds) if kind.is_gap)

    def over(self, months: int) -> int:
        """Cost over a number of months, as offered."""
        return self.one_off + months * self.monthly


@dataclass(frozen=True, slots=True)
class FilledPrice:
    """An offer's price with its gaps filled by estimates.

    `fills` maps the index of a gap to its estimate; `open_gaps` are the gaps that no other offer has a price for.
    """

    price: Price
    fills: Mapping[int, int]
    open_gaps: tuple[int, ...]

    @property
    def is_estimate(self) -> bool:
        """True if any gap was filled."""
        return bool(self.fills)

    def over(self, months: int) -> int:
        """Cost over a number of months, with the gaps filled."""
        return self.price.over(months) + sum(self.fills.values())


def mean(amounts: Sequence[int]) -> int:
    """Mean in whole kroner, rounded half up."""
    return (2 * sum(amounts) + len(amounts)) // (2 * len(amounts))


def fill_gaps(prices: Sequence[Price], among: Sequence[Price] = ()) -> dict[int, FilledPrice]:
    """Fill each offer's gaps with the mean price of the other offers for the same deliverable, by key.

    Only amounts count: a deliverable that another offer includes in the rest has no price of its own. `among` are the
    offers that prices are taken from, if they are not those whose gaps are filled.
    """
    filled = {}
    for price in prices:
        fills, left = {}, []
        for index in price.gaps:
            others = [
                amount
                for other in among or prices
                if other.key != price.key
                for kind, amount in [(other.kinds[index], other.amounts[index])]
                if kind is PriceKind.AMOUNT and amount is not None
            ]
            if others:
                fills[index] = mean(others)
            else:
                left.append(index)
        filled[price.key] = FilledPrice(price, fills, tuple(left))
    return filled


@dataclass(frozen=True, slots=True)
class CheapestOffer:
    """The cheapest offer and its gaps, the offer that is cheapest with the gaps filled, and the spread of totals."""

    cheapest: int
    gaps: tuple[int, ...]
    cheapest_filled: int
    spread: int


def find_cheapest(prices: Sequence[Price], among: Sequence[Price] = ()) -> CheapestOffer | None:
    """Find the cheapest offer as offered and with its gaps filled. Returns None for fewer than two offers."""
    if len(prices) < 2:  # noqa: PLR2004 because one price compares with nothing
        return None
    filled = fill_gaps(prices, among)
    # Of two equal totals, the one with fewer gaps is the cheaper.
    cheapest = min(prices, key=lambda price: (price.over(SHORT_MONTHS), len(price.gaps)))
    totals = {key: found.over(SHORT_MONTHS) for key, found in filled.items()}
    return CheapestOffer(
        cheapest.key,
        cheapest.gaps,
        min(totals, key=lambda key: totals[key]),
        max(totals.values()) - min(totals.values()),
    )


@dataclass(frozen=True, slots=True)
class PriceWarning:
    """A conspicuous price: `code` is above_frame, monthly_above or far_below."""

    key: int
    code: str


def find_price_warnings(
    prices: Sequence[Price],
    frame_high: int | None,
    monthly_high: int | None,
    among: Sequence[Price] = (),
) -> list[PriceWarning]:
    """Find prices above the company's budget, or below half of the mean of the other offers."""
    found = []
    filled = fill_gaps([*prices, *(price for price in among if price not in prices)], among)
    for price in prices:
        if frame_high is not None and price.one_off > frame_high:
            found.append(PriceWarning(price.key, "above_frame"))
        if monthly_high is not None and price.monthly > monthly_high:
            found.append(PriceWarning(price.key, "monthly_above"))
        others = [other.over(SHORT_MONTHS) for key, other in filled.items() if key != price.key]
        if others and 2 * filled[price.key].over(SHORT_MONTHS) < mean(others):
            found.append(PriceWarning(price.key, "far_below"))
    return found
