"""Amounts in whole kroner excluding VAT: parsing of user input, and the budget bands of the guide."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import format_money, gettext as _
from marketplace.core.numbers import collapse_spaces

MAX_NOK = 100_000_000
MAX_LENGTH = 80
_VAT = r"(?:mva|m\.v\.a|moms|meirverdiavgift|merverdiavgift|vat)\.?"
_WITHOUT_VAT = re.compile(
    rf"\(?(?:(?:\+|pluss|plus|u/|e/|eks\w*\.?|excl?\w*\.?|ex\.?|uten|utan|without|før|before)\s*(?:25\s*%\s*)?{_VAT}"
    rf"|{_VAT}\s*(?:kommer i tillegg|kjem i tillegg|i tillegg|comes in addition))\)?"
)
_WITH_VAT = re.compile(
    rf"(?:\b(?:inkl?\w*\.?|incl?\w*\.?|med|with)|\bm/)\s*(?:25\s*%\s*)?{_VAT}|{_VAT}\s*incl\w*|{_VAT}\s*inkl\w*|\binkl\w*\.?$|\bincl\w*\.?$"
)
_BARE_VAT = re.compile(rf"\b{_VAT}")
_RANGE = re.compile(
    r"[0-9](?:\s*(?:kr\.?|kroner|k|,-))?\s*(?:[-\u2010-\u2015]|\btil\b|\bto\b|\bog\b|\band\b|\beller\b|\bor\b)\s*(?:kr\.?\s*|nok\s*)?[0-9]"
)
_PER = re.compile(
    r"\s*(?:(?<![a-zæøå])(?:pr\.?|per|i|a)|/)\s*(?P<month>mnd\.?|måned(?:en)?|månad(?:en)?|month)?(?(month)|(?:time[rn]?|t|hour|år(?:et)?|year|dag(?:en)?|day|stk\.?|uke|veke|week)\b)"
)
_FROM = re.compile(r"^(?:fra|frå|from)\s+")
_APPROXIMATE = re.compile(
    r"^(?:ca\.?|cirka|circa|omtrent|omkring|rundt|about|approx\w*\.?|around|~|\u2248|fra|frå|from|minst|minimum|min\.|maks\w*\.?|"
    r"inntil|opptil|opp til|up to|høyst|høgst)\s*(?:kr\.?|nok)?\s*[0-9]"
)
_OTHER_CURRENCY = re.compile(r"[€$£]|\b(?:eur|euro|usd|dollar|gbp|sek|dkk)\b")
_KRONER = re.compile(r"(?:\bnok\b|\bkroner\b|\bkr\b\.?|(?<=[0-9])(?:kr\.?|kroner|nok)(?![a-z]))")
_FINAL_DASH = re.compile(r"(?<=[0-9])\s?[,.:]\s?[-\u2010-\u2015]+")
_MULTIPLES = {
    "k": 1000,
    "tusen": 1000,
    "thousand": 1000,
    "mill": 1_000_000,
    "million": 1_000_000,
    "mnok": 1_000_000,
}
_MULTIPLE = re.compile(
    r"([0-9]+(?:[.,][0-9]{1,3})?)\s*(?:(k|tusen|thousand|mnok)|(mill)(?:\.|ion(?:er|ar|s)?)?)"
)
_THOUSANDS = r"[0-9]{1,3}(?:(?: [0-9]{3})+|(?:\.[0-9]{3})+|(?:,[0-9]{3})+)"
_AMOUNT = re.compile(rf"(?P<whole>{_THOUSANDS}|[0-9]+)(?:(?P<point>[.,]) ?(?P<ore>[0-9]{{1,2}}))?")
_CLEARLY_KRONER = 1000


def parse_nok(text: str, *, accept: Collection[str] = ()) -> int:
    """Parse an amount to whole kroner: "12 500 kr", "12.500,-", "12500.00", "50k" or "12 500 + mva".

    A dot, comma or space before exactly three digits is a thousands separator (148.500 is 148 500, never 148.5); øre
    are rejected unless they are 00. `accept` may contain "from" for a lowest price ("fra 12 500") and "month" for a monthly one
    ("500 per måned"). Raises UnreadableInputError, with a message for each kind of text that is not one amount.
    """
    cleaned = collapse_spaces(text)
    if len(cleaned) > MAX_LENGTH:
        raise UnreadableInputError(_not_an_amount())
    if "from" in accept:
        cleaned = _FROM.sub("", cleaned)
    per = _PER.search(cleaned)
    if per and per["month"] and "month" in accept:
        cleaned = cleaned.replace(per[0], " ").strip()
        per = None
    if per:
        raise UnreadableInputError(_("Enter the amount alone, without “per hour” or “per item”."))
    for pattern, part, message in (
        (_WITH_VAT, cleaned, _("Enter the amount without VAT. Divide an amount with 25% VAT by 1.25.")),
        (
            _BARE_VAT,
            _WITHOUT_VAT.sub(" ", cleaned),
            _("Is this with or without VAT? Enter the amount without VAT."),
        ),
        (_OTHER_CURRENCY, cleaned, _("Enter the amount in Norwegian kroner.")),
        (_RANGE, cleaned, _("Enter one amount, not a range.")),
    ):
        if pattern.search(part):
            raise UnreadableInputError(message)
    bare = strip_amount_words(cleaned)
    if re.match(r"[-\u2010-\u2015\u2212]\s?[0-9]", bare):
        raise UnreadableInputError(_("The amount cannot be negative."))
    amount = _amount(bare)
    if amount > MAX_NOK:
        raise UnreadableInputError(
            _("The amount is too high. The limit is %(amount)s.", amount=format_money(MAX_NOK))
        )
    return amount


def strip_amount_words(text: str) -> str:
    """Return a number without "kr", ",-" and "ekskl. mva" around it, and with "50k" and "1,5 mill." written out.

    Raises UnreadableInputError if the words change the amount: "inkl. mva", "ca.", "inntil".
    """
    bare = _WITHOUT_VAT.sub(" ", collapse_spaces(text))
    if _BARE_VAT.search(bare):
        raise UnreadableInputError(_("Enter the amount alone, without “incl. VAT”."))
    if _APPROXIMATE.search(bare):
        raise UnreadableInputError(_("Enter one exact number, without “about”, “from” or “up to”."))
    bare = " ".join(_FINAL_DASH.sub(" ", _KRONER.sub(" ", bare)).split())
    if match := _MULTIPLE.fullmatch(bare):
        return str(round(float(match[1].replace(",", ".")) * _MULTIPLES[match[2] or match[3]]))
    return bare


def _amount(bare: str) -> int:
    """Parse digits with separators. Raises UnreadableInputError."""
    match = _AMOUNT.fullmatch(bare)
    if match is None:
        if re.fullmatch(r"[0-9][0-9 .,]*", bare):
            raise UnreadableInputError(
                _("The spaces, dots or commas can be read in several ways. Write the amount like 12 500.")
            )
        raise UnreadableInputError(_not_an_amount())
    whole = int(re.sub(r"[ .,]", "", match["whole"]))
    ore = match["ore"]
    if ore is None:
        return whole
    if match["point"] in re.sub(r"[0-9 ]", "", match["whole"]):
        raise UnreadableInputError(
            _("The spaces, dots or commas can be read in several ways. Write the amount like 12 500.")
        )
    # "148.50" and "12,5" may be thousands: only a comma before two digits, or a large amount, is clearly in kroner.
    is_ore = whole >= _CLEARLY_KRONER or (len(ore) == 2 and (match["point"] == "," or int(ore) == 0))  # noqa: PLR2004 because a krone has 100 øre
    if not is_ore:
        raise UnreadableInputError(_("Is this in kroner or in thousands? Write all the digits, like 12 500."))
    if int(ore):
        raise UnreadableInputError(_("Enter whole kroner, without øre."))
    return whole


def _not_an_amount() -> str:
    return _("Enter an amount in whole kroner, like 12 500.")


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
