"""Amounts in whole kroner excluding VAT: parsing of user input, and the budget bands of the guide."""

import re
from dataclasses import dataclass

MAX_NOK = 100_000_000
_DECORATION = re.compile(r"(nok|kroner|kr\.?|eks\.?\s*mva\.?|,-|,\N{EN DASH})", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}([ .]\d{3})+")


def parse_nok(text: str) -> int:
    """Parse an amount to whole kroner: "12 500 kr", "12.500,-", "148.500" or "12500,50".

    A dot or a space before exactly three digits is a thousands separator (148.500 is 148 500, never 148.5); a comma
    is the decimal separator, and øre are rounded. Raises ValueError for anything else, and for amounts that are
    negative or above 100 million.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f\u2009]+", " ", text)
    cleaned = _DECORATION.sub(" ", cleaned).strip()
    if len(cleaned) > 20:  # noqa: PLR2004 because no valid amount is longer
        raise ValueError(text)
    whole, comma, ore = cleaned.partition(",")
    whole = whole.strip()
    if comma and not re.fullmatch(r"\d{1,2}", ore.strip()):
        raise ValueError(text)
    if _GROUPED.fullmatch(whole):
        whole = whole.replace(" ", "").replace(".", "")
    if not re.fullmatch(r"[0-9]+", whole):
        raise ValueError(text)
    amount = int(whole) + (int(ore.strip().ljust(2, "0")) >= 50 if comma else 0)  # noqa: PLR2004 because 50 øre round up
    if amount > MAX_NOK:
        raise ValueError(text)
    return amount


@dataclass(frozen=True, slots=True)
class Band:
    """A range of whole kroner excluding VAT; None is an open or unknown end."""

    code: str
    low: int | None
    high: int | None


BUDGET_BANDS = (
    Band("b0_20", 0, 20_000),
    Band("b20_50", 20_000, 50_000),
    Band("b50_100", 50_000, 100_000),
    Band("b100_200", 100_000, 200_000),
    Band("b200_400", 200_000, 400_000),
    Band("b400", 400_000, None),
    Band("unknown", None, None),
)
MONTHLY_BANDS = (
    Band("m0", 0, 0),
    Band("m_500", 0, 500),
    Band("m500_2000", 500, 2_000),
    Band("m2000_5000", 2_000, 5_000),
    Band("m5000", 5_000, None),
    Band("unknown", None, None),
)
_BY_CODE = {band.code: band for band in BUDGET_BANDS}


def budget_band(code: str) -> Band:
    """Return a budget band by code. Raises KeyError if the code is unknown."""
    return _BY_CODE[code]
