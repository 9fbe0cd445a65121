"""Money, numbers, dates, municipalities and taxonomy: parsing and formatting."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import clock, i18n, places, taxonomy
from marketplace.core.identifiers import format_organisation_number, make_slug, parse_organisation_number
from marketplace.core.money import parse_nok

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "nok"),
    [
        ("12500", 12_500),
        ("12 500 kr", 12_500),
        ("12.500,-", 12_500),
        ("148.500", 148_500),
        ("kr 1 250 000", 1_250_000),
        ("12 500,50", 12_501),
        ("12\u00a0500\u202fkr", 12_500),
        ("500,49 NOK eks. mva.", 500),
        ("0", 0),
        ("100 000 000", 100_000_000),
    ],
)
def test_amount_formats_are_parsed(text: str, nok: int) -> None:
    assert parse_nok(text) == nok


@pytest.mark.parametrize(
    "text",
    ["", "ca 10k", "148.50", "-5", "1e9", "12,5,5", "9" * 40, "100 000 001", "١٢", "12 50", "NaN"],
)
def test_ambiguous_amounts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_nok(text)


@given(st.integers(min_value=0, max_value=100_000_000))
def test_formatted_amount_parses_to_itself(nok: int) -> None:
    with i18n.use_locale("nb"):
        assert parse_nok(i18n.format_money(nok)) == nok


@given(st.text(max_size=60))
def test_parsers_raise_only_value_error(text: str) -> None:
    for parse in (parse_nok, parse_organisation_number):
        try:
            parse(text)
        except ValueError:
            pass


@pytest.mark.parametrize(
    "text", ["974760673", "974 760 673", "NO 974760673 MVA", "974.760.673", "974\u00a0760\u00a0673mva"]
)
def test_organisation_number_formats_are_parsed(text: str) -> None:
    assert parse_organisation_number(text) == "974760673"


@pytest.mark.parametrize("text", ["974760674", "999999998", "12345678", "97476067a", ""])
def test_invalid_organisation_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_organisation_number(text)


def test_organisation_number_is_formatted_in_groups() -> None:
    assert format_organisation_number("974760673") == "974 760 673"


def test_slugs_transliterate_norwegian_letters() -> None:
    assert make_slug("Ærlig Møbel på Ålen") == "aerlig-mobel-pa-alen"
    assert make_slug("🧀") == "uten-navn"


def test_municipality_data_is_complete() -> None:
    assert len(places.municipalities_by_number()) == 357
    assert len(places.municipalities_in(places.TRONDELAG)) == 38
    assert places.distance_km("5021", "5022") == pytest.approx(30.4, abs=0.5)
    assert places.distance_km("5001", "5006") == pytest.approx(84.6, abs=0.5)
    assert "5022" in places.neighbours("5021")
    assert places.neighbours("5014") == ()


def test_taxonomy_has_labels_in_three_languages() -> None:
    assert len(taxonomy.services()) == 68
    assert len(taxonomy.sectors()) == 29
    for named in [*taxonomy.services().values(), *taxonomy.groups(), *taxonomy.sectors().values()]:
        assert set(named.labels) == {"nb", "nn", "en"}
    with i18n.use_locale("en"):
        assert taxonomy.service("web.site").label.startswith("New or renewed")


def test_price_bands_belong_to_services_and_ascend() -> None:
    for code in taxonomy.price_table()["bands"]:
        band = taxonomy.price_band(code)
        assert code in taxonomy.services()
        assert band is not None
        assert 0 < band.low <= band.typical_low <= band.typical_high <= band.high


def test_sort_key_puts_norwegian_letters_last() -> None:
    names = ["Åfjord", "Ørland", "Ærøy", "Zeta", "Aasen", "Oppdal"]
    assert sorted(names, key=i18n.sort_key) == ["Oppdal", "Zeta", "Ærøy", "Ørland", "Åfjord", "Aasen"]


def test_dates_and_money_are_formatted_by_language() -> None:
    day = dt.date(2026, 11, 23)
    with i18n.use_locale("nb"):
        assert i18n.format_date(day) == "23.\u00a0november 2026"
        assert i18n.format_date(day, weekday=True) == "mandag 23. november 2026"
        assert i18n.format_money(148_500) == "148\u00a0500\u00a0kr"
    with i18n.use_locale("nn"):
        assert i18n.format_date(day, weekday=True) == "måndag 23. november 2026"
    with i18n.use_locale("en"):
        assert i18n.format_date(day) == "23 November 2026"
        assert i18n.format_money(148_500) == "NOK\u00a0148,500"


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (dt.date(2026, 10, 24), "2026-10-24T21:59:59+00:00"),
        (dt.date(2026, 10, 25), "2026-10-25T22:59:59+00:00"),
        (dt.date(2027, 3, 27), "2027-03-27T22:59:59+00:00"),
        (dt.date(2027, 3, 28), "2027-03-28T21:59:59+00:00"),
    ],
)
def test_end_of_day_is_local_across_dst_changes(day: dt.date, utc: str) -> None:
    assert clock.end_of_day(day).isoformat() == utc


def test_working_days_skip_weekends_and_holidays() -> None:
    assert clock.add_working_days(dt.date(2026, 12, 23), 1) == dt.date(2026, 12, 24)
    assert clock.add_working_days(dt.date(2026, 12, 24), 1) == dt.date(2026, 12, 28)
    assert clock.add_working_days(dt.date(2026, 4, 1), 1) == dt.date(2026, 4, 7)
    assert clock.working_days_between(dt.date(2026, 11, 20), dt.date(2026, 11, 23)) == 1
    assert not clock.is_working_day(dt.date(2027, 5, 17))
