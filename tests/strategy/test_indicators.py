"""The ready-made list of indicators, and the units of objectives."""

import pytest

from marketplace.core.i18n import LOCALES, use_locale
from marketplace.strategy.indicators import KINDS, indicators
from marketplace.strategy.limits import MAX_OBJECTIVE_TEXT, MAX_SOURCE, MAX_VALUE
from marketplace.strategy.objective_state import Direction
from marketplace.strategy.objective_warnings import VISIT_INDICATORS
from marketplace.strategy.units import SHARE, UNITS, format_value, range_error


def test_every_indicator_is_complete_in_each_language():
    for code, one in indicators().items():
        assert len(code) <= 20
        assert one.kind in KINDS
        assert one.unit in UNITS
        assert one.direction in set(Direction)
        for texts in (one.names, one.objectives, one.sources, one.instructions):
            assert set(texts) == set(LOCALES)
            assert all(texts.values())
        assert max(map(len, one.objectives.values())) <= MAX_OBJECTIVE_TEXT
        assert max(map(len, (*one.sources.values(), *one.names.values()))) <= MAX_SOURCE
        assert bool(one.part and one.whole) is (one.unit == SHARE)
    assert set(indicators()) >= VISIT_INDICATORS


@pytest.mark.parametrize(
    ("milli", "unit", "nb", "en"),
    [
        (1_200_500, "count", "1 200,5", "1,200.5"),
        (45_000, "share", "45 %", "45 %"),
        (12_500_000, "nok", "12 500 kr", "NOK 12,500"),
        (3_000, "position", "nr. 3", "no. 3"),
        (-2_000, "kg 100%", "-2 kg 100%", "-2 kg 100%"),
    ],
)
def test_value_is_shown_with_unit_in_each_language(milli, unit, nb, en):
    for locale, text in (("nb", nb), ("en", en)):
        with use_locale(locale):
            assert format_value(milli, unit).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("milli", "unit", "is_possible"),
    [
        (-1, "count", False),
        (-1, "nok", True),
        (-1, "change", True),
        (-1, "liter", True),
        (100_000, "share", True),
        (100_001, "share", False),
        (100_001, "change", True),
        (999, "position", False),
        (5_001, "score_5", False),
        (MAX_VALUE * 1000, "count", True),
        (MAX_VALUE * 1000 + 1, "count", False),
        (-MAX_VALUE * 1000 - 1, "nok", False),
    ],
)
def test_only_sensible_values_are_accepted(milli, unit, is_possible):
    assert (range_error(milli, unit) == "") is is_possible
