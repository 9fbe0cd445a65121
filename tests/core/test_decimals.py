"""Numbers with decimals as people write them, in each language, and percentages."""

import pytest

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import use_locale
from marketplace.core.numbers import format_plain_milli, parse_milli, percentage_milli


@pytest.mark.parametrize(
    ("locale", "text", "milli"),
    [
        ("nb", "40", 40_000),
        ("nb", "4,5", 4_500),
        ("nb", "4.5", 4_500),
        ("nb", "4.25", 4_250),
        ("nb", "1 200", 1_200_000),
        ("nb", "1\u00a0200,50", 1_200_500),
        ("nb", "1.200", 1_200_000),
        ("nb", "1,200", 1_200),
        ("nb", "1.234.567,5", 1_234_567_500),
        ("nb", "0.125", 125),
        ("nb", ",5", 500),
        ("nb", "-3", -3_000),
        ("nb", "\u22123,5 %", -3_500),
        ("nb", "35 %", 35_000),
        ("nb", "kr 12 500,-", 12_500_000),
        ("nb", "4 timer", 4_000),
        ("en", "1,200", 1_200_000),
        ("en", "1.200", 1_200),
        ("en", "1,234,567.5", 1_234_567_500),
        ("en", "4,5", 4_500),
    ],
)
def test_decimal_is_parsed_to_thousandths(locale, text, milli):
    with use_locale(locale):
        assert parse_milli(text) == milli
        assert parse_milli(format_plain_milli(milli)) == milli


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mange",
        "4,",
        "1,2,3",
        "10-20",
        "1.2345,6",
        "0,12345",
        "9" * 40,
        "½",
        "1e5",
        "--3",
        ".",
        "12 tusen",
    ],
)
def test_text_that_is_not_one_number_is_refused(text):
    with use_locale("nb"), pytest.raises(UnreadableInputError):
        parse_milli(text)


@pytest.mark.parametrize(
    ("part", "whole", "milli"), [(1, 3, 33_333), (2, 3, 66_667), (0, 5, 0), (5, 5, 100_000)]
)
def test_percentage_is_computed_from_numerator_and_denominator(part, whole, milli):
    assert percentage_milli(part, whole) == milli


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_share_is_refused(part, whole):
    with pytest.raises(ValueError, match="numerator"):
        percentage_milli(part, whole)
