"""Amounts with øre and cent, and sums over two currencies."""

import random

import pytest

from marketplace.core.currencies import Total, add_up, format_amount, parse_amount, parse_rate, to_ore
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import use_locale


@pytest.mark.parametrize(
    ("text", "minor"),
    [("80 000", 8_000_000), ("1.234,50 kr", 123_450), ("12,5", 1_250), ("€ 92 410", 9_241_000), ("0", 0)]
    + [
        (text, 1_250_000) for text in ("12 500,- ekskl. mva", "12 500 + mva", "12 500.-", "12500.00", "12,5k")
    ],
)
def test_amount_is_read_to_minor_units(text, minor):
    assert parse_amount(text) == minor


@pytest.mark.parametrize("text", ["-5", "1,234567", "ti", "99 999 999 999 999", "1e5", ""])
def test_text_that_is_no_amount_is_refused(text):
    with pytest.raises(UnreadableInputError):
        parse_amount(text)


@pytest.mark.parametrize("text", ["12 500 inkl. mva", "12 500 med moms", "12 500 mva"])
def test_amount_with_vat_is_refused_with_the_reason(text):
    with use_locale("nb"), pytest.raises(UnreadableInputError, match=r"inkl\. mva"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["0", "-11", "11.432", "114325"])
def test_rate_out_of_range_is_refused(text):
    with use_locale("nb"), pytest.raises(UnreadableInputError, match="11,4325"):
        parse_rate(text)


def test_amount_is_shown_to_the_minor_unit():
    with use_locale("nb"):
        assert format_amount(123_450, "NOK").replace("\xa0", " ") == "1 234,50 kr"
        assert format_amount(8_000_000, "EUR").replace("\xa0", " ") == "80 000 €"
    with use_locale("en"):
        assert format_amount(123_405, "EUR").replace("\xa0", " ") == "EUR 1,234.05"


def test_half_an_ore_is_rounded_up():
    assert parse_rate("11,4325") == 114_325
    assert to_ore(2, "EUR", 12_500) == 3


def test_currencies_are_not_added_without_a_rate():
    total = add_up([(100, "NOK", None), (200, "EUR", 115_000), (50, "EUR", None)])
    assert total == Total({"NOK": 100, "EUR": 250}, 2_400, {"EUR": 50})


def test_sum_does_not_depend_on_order_or_grouping(sampling):
    choose = random.Random(sampling.seed)
    for _repetition in range(300):
        amounts = [
            (choose.randrange(10**9), choose.choice(("NOK", "EUR")), choose.choice((None, 114_325, 98_765)))
            for _row in range(choose.randint(0, 12))
        ]
        split = choose.randint(0, len(amounts))
        one, two = add_up(amounts[:split]), add_up(amounts[split:])
        choose.shuffle(amounts)
        assert one.ore + two.ore == add_up(amounts).ore
        assert sum(minor for minor, _currency, _rate in amounts) == sum(add_up(amounts).by_currency.values())
