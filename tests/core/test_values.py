"""Money, numbers, dates, municipalities and taxonomy: parsing and formatting."""

import datetime as dt

import pytest
from hypothesis import given, strategies as st
from markupsafe import Markup

from marketplace.core import clock, i18n, places, taxonomy
from marketplace.core.dates import parse_date, parse_month
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import use_locale
from marketplace.core.identifiers import make_slug
from marketplace.core.money import parse_nok
from marketplace.core.numbers import parse_whole_number
from marketplace.core.organisation_number import format_organisation_number, parse_organisation_number
from marketplace.core.web_address import parse_web_address
from tests.support.any_text import any_text

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "nok"),
    [
        ("12500", 12_500),
        ("12 500 kr", 12_500),
        ("12.500,-", 12_500),
        ("148.500", 148_500),
        ("kr 1 250 000", 1_250_000),
        ("12 500,00", 12_500),
        ("12\u00a0500\u202fkr", 12_500),
        ("500,00 NOK eks. mva.", 500),
        ("0", 0),
        ("100 000 000", 100_000_000),
        ("12 500,-", 12_500),
        ("12 500.-", 12_500),
        ("12 500,–", 12_500),
        ("12 500:-", 12_500),
        ("12 500 + mva", 12_500),
        ("12 500,- ekskl. mva", 12_500),
        ("12 500 eks mva.", 12_500),
        ("12 500 u/mva", 12_500),
        ("12 500 e/mva.", 12_500),
        ("12 500 (uten mva)", 12_500),
        ("12 500 kroner pluss moms", 12_500),
        ("12 500 excl. VAT", 12_500),
        ("12500.00", 12_500),
        ("12.500,00", 12_500),
        ("12,500.00", 12_500),
        ("NOK 148,500", 148_500),
        ("1,250,000", 1_250_000),
        ("12\u2009500", 12_500),
        ("12500kr", 12_500),
        ("KR. 12 500", 12_500),
        ("50k", 50_000),
        ("50 K", 50_000),
        ("12,5k", 12_500),
        ("50 tusen", 50_000),
        ("1,5 mill.", 1_500_000),
        ("1 000,0", 1_000),
    ],
)
def test_amount_formats_are_parsed(text: str, nok: int) -> None:
    assert parse_nok(text) == nok


@pytest.mark.parametrize(
    "text",
    ["", "1e9", "9" * 400, "١٢", "NaN", "gratis", "tolv tusen", "12 500 +", "kr", "k", "12 500 kr til"],
)
def test_other_text_is_no_amount(text: str) -> None:
    with use_locale("en"), pytest.raises(UnreadableInputError, match="whole kroner, like"):
        parse_nok(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12 500 inkl. mva", "without VAT. Divide"),
        ("12 500 inkl mva.", "without VAT. Divide"),
        ("12 500 med 25 % mva", "without VAT. Divide"),
        ("12 500 incl. VAT", "without VAT. Divide"),
        ("12 500 inkl.", "without VAT. Divide"),
        ("12 500 mva", "with or without VAT"),
        ("12 500 m/mva", "without VAT"),
        ("50 000–60 000", "not a range"),
        ("50-60k", "not a range"),
        ("kr 50 000 til kr 60 000", "not a range"),
        ("ca 10k", "one exact number"),
        ("ca. 12 500", "one exact number"),
        ("fra 12 500", "one exact number"),
        ("inntil 12 500", "one exact number"),
        ("950 per time", "per hour"),
        ("950/t", "per hour"),
        ("500 kr/mnd", "per hour"),
        ("€ 500", "Norwegian kroner"),
        ("500 EUR", "Norwegian kroner"),
        ("-500", "negative"),
        ("\u2212500", "negative"),
        ("100 000 001", "too high"),
        ("9" * 40, "too high"),
        ("12 50", "several ways"),
        ("12,5,5", "several ways"),
        ("12.500.00", "several ways"),
        ("148.50", "in thousands"),
        ("12,5", "in thousands"),
        ("25 000,50", "without øre"),
        ("500,49", "without øre"),
        ("1000,4", "without øre"),
        ("12.5", "in thousands"),
    ],
)
def test_refused_amount_says_why(text: str, reason: str) -> None:
    with use_locale("en"), pytest.raises(UnreadableInputError, match=reason):
        parse_nok(text)


def test_lowest_and_monthly_amounts_may_say_so() -> None:
    assert parse_nok("fra kr 12 500,-", accept=("from",)) == 12_500
    for text in ("500 kr/mnd", "500 per måned", "500 i måneden", "kr 500 pr. mnd. eks. mva"):
        assert parse_nok(text, accept=("month",)) == 500


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("1 200", 1200), ("1.200", 1200), ("12 ansatte", 12), ("35 %", 35), ("35 poeng", 35), ("5 stk.", 5), ("12,0", 12), ("12.00", 12), ("1 200,00", 1200), ("1.200,00", 1200), ("8 plasser", 8), ("20 bedrifter", 20), ("2 veker", 2), ("\u00a07 ", 7)],
)  # fmt: skip
def test_whole_number_formats_are_parsed(text: str, number: int) -> None:
    assert parse_whole_number(text, 0, 5000) == number


@pytest.mark.parametrize("text", ["", "fem", "5-10", "5,5", "-1", "5001", "1e3", "١٢", "9" * 400])
def test_other_text_is_no_whole_number(text: str) -> None:
    with pytest.raises(UnreadableInputError):
        parse_whole_number(text, 0, 5000)


@given(st.integers(min_value=0, max_value=100_000_000))
def test_formatted_amount_parses_to_itself(nok: int) -> None:
    with i18n.use_locale("nb"):
        assert parse_nok(i18n.format_money(nok)) == nok


@given(any_text(max_size=60))
def test_parsers_raise_only_value_error(text: str) -> None:
    for parse in (parse_nok, parse_organisation_number, parse_web_address, parse_date, parse_month):
        try:
            parse(text)
        except ValueError:
            pass


@pytest.mark.parametrize(
    "text", ["974760673", "974 760 673", "NO 974760673 MVA", "974.760.673", "974\u00a0760\u00a0673mva"]
)
def test_organisation_number_formats_are_parsed(text: str) -> None:
    assert parse_organisation_number(text) == "974760673"


@pytest.mark.parametrize("text", ["974760674", "999999998", "12345678", "97476067a", "", "٩٧٤٧٦٠٦٧٣"])
@pytest.mark.parametrize("allow", [False, True])
def test_invalid_organisation_numbers_are_refused(text: str, *, allow: bool) -> None:
    with pytest.raises(UnreadableInputError):
        parse_organisation_number(text, allow_test_numbers=allow)


@pytest.mark.parametrize("text", ["000 000 000", "100 000 008", "500000007", "600000004", "700000001"])
def test_organisation_number_begins_with_8_or_9(text: str) -> None:
    with use_locale("en"), pytest.raises(UnreadableInputError, match=r"begins with 8 or 9|does not exist"):
        parse_organisation_number(text, allow_test_numbers=True)


@pytest.mark.parametrize("text", ["310 000 019", "310007781", "200000005"])
def test_test_organisation_number_needs_the_setting(text: str) -> None:
    assert parse_organisation_number(text, allow_test_numbers=True) == text.replace(" ", "")
    with use_locale("en"), pytest.raises(UnreadableInputError, match="test number"):
        parse_organisation_number(text)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Https://example.no", "https://example.no"),
        ("HTTPS://Example.NO/Side?A=1#B", "https://example.no/Side?A=1#B"),
        ("HTTP://example.no", "http://example.no"),
        ("www.x.no", "https://www.x.no"),
        ("Www.x.no.", "https://www.x.no"),
        ("x.no/side", "https://x.no/side"),
        ("x.no?a=1", "https://x.no?a=1"),
        ("x.no:8080/a", "https://x.no:8080/a"),
        ("blåbærhagen.no", "https://blåbærhagen.no"),
        ("HTTPS://BLÅBÆRHAGEN.NO/ost", "https://blåbærhagen.no/ost"),
        ("xn--blbrhagen-62am.no", "https://blåbærhagen.no"),
        ("https:/x.no", "https://x.no"),
        ("https//x.no", "https://x.no"),
        ("https:// www.x.no", "https://www.x.no"),
        ("<https://x.no>", "https://x.no"),
        ("https://x.no/@kari", "https://x.no/@kari"),
        ("https://x.no/blåbær", "https://x.no/blåbær"),
        ("https://www.\u0430\u0440\u0440\u04cf\u0435.com", "https://www.xn--80ak6aa92e.com"),
    ],
)
def test_web_address_formats_are_parsed(text: str, url: str) -> None:
    assert parse_web_address(text) == parse_web_address(url) == url


@pytest.mark.parametrize(
    "text",
    ["", "x", "vet ikke", "http://", "https://localhost", "http://127.0.0.1/", "x..no", "-x.no", "https://x.no/a b", "x.no:0",
     "x.no:99999", "www.x.no, y.no", "kari@x.no", "https://kari:pw@x.no", "@kari", "javascript:alert(1)", "data:text/html,x",
     "ftp://x.no", "https://https://x.no", 'x.no/"onclick', "x.no/<b>", "a" * 300 + ".no"],
)  # fmt: skip
def test_other_text_is_no_web_address(text: str) -> None:
    with pytest.raises(UnreadableInputError):
        parse_web_address(text)


def test_organisation_number_is_formatted_in_groups() -> None:
    assert format_organisation_number("974760673") == "974 760 673"


def test_slugs_transliterate_norwegian_letters() -> None:
    assert make_slug("Ærlig Møbel på Ålen") == "aerlig-mobel-pa-alen"
    assert make_slug("🧀") == "uten-navn"


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        (name, ["5041"])
        for name in ("Snåsa", "snaase", "Snåsa / Snåase", "Snåase - Snåsa", "Snåsa kommune", "5041")
    ]
    + [("Oslo", ["0301"]), ("301", ["0301"]), ("Våler", ["3114", "3419"]), ("Atlantis", []), ("", [])],
)
def test_municipality_is_read_by_any_of_its_names(typed: str, numbers: list[str]) -> None:
    assert [one.number for one in places.municipalities_named(typed)] == numbers


def test_municipality_data_is_complete() -> None:
    assert len(places.municipalities_by_number()) == 357
    assert len(places.municipalities_in("50")) == 38
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


def test_saved_form_has_the_date_unless_it_was_saved_today() -> None:
    saved = dt.datetime(2026, 11, 23, 22, 30, tzinfo=dt.UTC)
    for hours, text in ((0, "Lagret kl. 23.30"), (1, "Lagret 23.\u00a0november 2026 kl. 23.30")):
        with clock.as_of(saved + dt.timedelta(hours=hours)), use_locale("nb"):
            assert i18n.format_saved(saved) == text


def test_text_and_markup_are_quoted_by_language() -> None:
    with i18n.use_locale("nn"):
        assert i18n.quoted("ost") == "«ost»"
    with i18n.use_locale("en"):
        assert i18n.quoted(Markup("<mark>ost</mark>")) == Markup("“<mark>ost</mark>”")
        assert isinstance(i18n.quoted(Markup("ost")), Markup)


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
