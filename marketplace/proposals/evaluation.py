"""Arithmetic of a comparison: scores with weights, cost over time, and the gaps that make prices unequal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

CRITERIA = ("understanding", "experience", "price", "cooperation")
DEFAULT_WEIGHTS: Mapping[str, int] = {"understanding": 35, "experience": 25, "price": 25, "cooperation": 15}
MAX_SCORE = 5
SHORT_MONTHS, LONG_MONTHS = 24, 36


class PriceKind(StrEnum):
    """How an offer answers one deliverable."""

    AMOUNT = "amount"
    INCLUDED = "included"
    NOT_INCLUDED = "not_included"
    NOT_PRICED = "not_priced"

    @property
    def is_gap(self) -> bool:
        """Return True if the price leaves this out."""
        return self in {PriceKind.NOT_INCLUDED, PriceKind.NOT_PRICED}


def weighted_score(scores: Mapping[str, int], weights: Mapping[str, int]) -> int | None:
    """Return the total from 0 to 100: each score of 0 to 5 times its weight, half a point rounded up.

    None until each criterion that has weight has a score, or when nothing has weight.
    """
    weighed = {criterion: weight for criterion, weight in weights.items() if weight > 0}
    if not weighed or any(criterion not in scores for criterion in weighed):
        return None
    reached = sum(scores[criterion] * weight for criterion, weight in weighed.items())
    possible = MAX_SCORE * sum(weighed.values())
    return (200 * reached + possible) // (2 * possible)


@dataclass(frozen=True, slots=True)
class Price:
    """The prices of an offer: one entry per deliverable of the brief, in order, and the running cost."""

    key: int
    kinds: tuple[PriceKind, ...]
    amounts: tuple[int | None, ...]
    monthly: int

    @property
    def one_off(self) -> int:
        """Return the sum of what is priced."""
        return sum(amount or 0 for amount in self.amounts)

    @property
    def gaps(self) -> tuple[int, ...]:
        """Return the places of the deliverables that the price leaves out."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind.is_gap)

    def over(self, months: int) -> int:
        """Return the cost over some months as offered."""
        return self.one_off + months * self.monthly


@dataclass(frozen=True, slots=True)
class FilledPrice:
    """An offer's price with its gaps filled by an estimate.

    `fills` holds the estimate for each gap that some other offer has a price for, by place; `open_gaps` are
    those that nobody priced.
    """

    price: Price
    fills: Mapping[int, int]
    open_gaps: tuple[int, ...]

    @property
    def is_estimate(self) -> bool:
        """Return True if anything was filled in."""
        return bool(self.fills)

    def over(self, months: int) -> int:
        """Return the cost over some months with the gaps filled."""
        return self.price.over(months) + sum(self.fills.values())


def mean(amounts: Sequence[int]) -> int:
    """Return the mean in whole kroner, half a krone rounded up."""
    return (2 * sum(amounts) + len(amounts)) // (2 * len(amounts))


def fill_gaps(prices: Sequence[Price]) -> dict[int, FilledPrice]:
    """Return each offer with its gaps filled by the mean of what the others ask for the same deliverable.

    Only amounts count: a deliverable that another has included in the rest has no price of its own.
    """
    filled = {}
    for price in prices:
        fills, left = {}, []
        for place in price.gaps:
            others = [
                amount
                for other in prices
                if other.key != price.key
                for kind, amount in [(other.kinds[place], other.amounts[place])]
                if kind is PriceKind.AMOUNT and amount is not None
            ]
            if others:
                fills[place] = mean(others)
            else:
                left.append(place)
        filled[price.key] = FilledPrice(price, fills, tuple(left))
    return filled


@dataclass(frozen=True, slots=True)
class CheapestOffer:
    """A misleading total: the cheapest offer leaves something out; tells if it is still cheapest with it."""

    cheapest: int
    gaps: tuple[int, ...]
    cheapest_filled: int
    spread: int


def find_cheapest(prices: Sequence[Price], months: int = SHORT_MONTHS) -> CheapestOffer | None:
    """Return the first thing to know about the numbers; None when there is nothing to compare."""
    if len(prices) < 2:  # noqa: PLR2004 because one price compares with nothing
        return None
    filled = fill_gaps(prices)
    # Of two that ask for the same, the one that leaves less out is the cheaper.
    cheapest = min(prices, key=lambda price: (price.over(months), len(price.gaps)))
    totals = {key: found.over(months) for key, found in filled.items()}
    return CheapestOffer(
        cheapest.key,
        cheapest.gaps,
        min(totals, key=lambda key: totals[key]),
        max(totals.values()) - min(totals.values()),
    )


@dataclass(frozen=True, slots=True)
class PriceWarning:
    """A price worth a question: `code` is above_frame, monthly_above or far_below."""

    key: int
    code: str


def find_price_warnings(
    prices: Sequence[Price], frame_high: int | None, monthly_high: int | None
) -> list[PriceWarning]:
    """Return prices that lie above the company's frame, or under half of what the others ask on average."""
    found = []
    filled = fill_gaps(prices)
    for price in prices:
        if frame_high is not None and price.one_off > frame_high:
            found.append(PriceWarning(price.key, "above_frame"))
        if monthly_high is not None and price.monthly > monthly_high:
            found.append(PriceWarning(price.key, "monthly_above"))
        others = [other.over(SHORT_MONTHS) for key, other in filled.items() if key != price.key]
        if others and 2 * filled[price.key].over(SHORT_MONTHS) < mean(others):
            found.append(PriceWarning(price.key, "far_below"))
    return found
