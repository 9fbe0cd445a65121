"""Search text and facets of the directory, without a database."""

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from marketplace.directory.entries import Approval, SupplierEntry
from marketplace.directory.search.needs import intended_services
from marketplace.directory.search.query_analysis import MAX_WORDS, query_words, searchable
from marketplace.directory.search.search import (
    _MAX_CACHED_QUERIES,
    Catalogue,
    QueryReading,
    ResultOrder,
    SearchQuery,
)
from tests.support.any_text import any_text

pytestmark = pytest.mark.once
TODAY = dt.date(2026, 11, 23)
SINCE = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def entry(number: int, **values: object) -> SupplierEntry:
    about = str(values.pop("about", "Vi hjelper bedrifter."))
    details: dict[str, object] = {
        "id": number, "fingerprint": (number,), "slug": f"s{number}", "name": f"Byrå {number}", "about": about, "locale": "nb",
        "municipality": "5021", "services": ("web.site",), "sectors": (), "area": (), "languages": ("nb",),
        "price_from": None, "remote": False, "on_site": True, "approvals": (Approval("web", "Hagen", SINCE),),
        "words": f" {searchable(about)} ",
    }  # fmt: skip
    return SupplierEntry(**(details | values))  # type: ignore[arg-type]  # because the test names what differs


def ids(catalogue: Catalogue, query: SearchQuery, day: dt.date = TODAY) -> list[int]:
    return [found.id for found in catalogue.find(query, day).entries]


def test_facets_combine_and_count_alternatives() -> None:
    catalogue = Catalogue(
        [
            entry(1, services=("med.photo",), area=("5025",), languages=("nb", "nn"), price_from=9_000),
            entry(2, services=("med.photo", "web.site"), remote=True, price_from=40_000),
            entry(3, municipality="5001", sectors=("tourism",)),
        ]
    )
    assert set(ids(catalogue, SearchQuery(kind="med"))) == {1, 2}
    assert ids(catalogue, SearchQuery(kind="med", place="5025")) == [1]
    assert ids(catalogue, SearchQuery(price="10000")) == [1]
    assert ids(catalogue, SearchQuery(remote="yes")) == [2]
    assert ids(catalogue, SearchQuery(sector="tourism", kind="med")) == []
    counts = catalogue.find(SearchQuery(kind="med", place="5025"), TODAY).counts
    assert counts["place"]["5021"] == 2
    assert counts["kind"]["med.photo"] == 1
    assert catalogue.find_relaxations(SearchQuery(sector="tourism", kind="med"), TODAY) == [
        ("sector", 2),
        ("kind", 1),
    ]


def test_remote_only_supplier_counts_in_own_municipality() -> None:
    catalogue = Catalogue([entry(1, on_site=False, area=("5025",), remote=True)])
    assert ids(catalogue, SearchQuery(place="5021")) == [1]
    assert ids(catalogue, SearchQuery(place="5025")) == []


def test_order_is_random_and_changes_daily() -> None:
    catalogue = Catalogue([entry(number) for number in range(1, 40)])
    orders = [ids(catalogue, SearchQuery(), TODAY + dt.timedelta(days=day)) for day in range(4)]
    assert len({tuple(order) for order in orders}) == 4
    assert orders[0] == ids(catalogue, SearchQuery(), TODAY)
    assert all(order != sorted(order) for order in orders)
    assert {order[0] for order in orders} != {1}


def test_name_match_ranks_before_text_match() -> None:
    catalogue = Catalogue(
        [
            entry(1, about="Vi kjenner Fjordfilm godt.", services=("ops.gdpr",)),
            entry(2, name="Fjordfilm", services=("ops.gdpr",)),
            entry(3, services=("ecm.shop",)),
        ]
    )
    assert ids(catalogue, SearchQuery(text="fjordfilm")) == [2, 1]
    assert ids(catalogue, SearchQuery(text="nettbutikk")) == [3]
    assert ids(catalogue, SearchQuery(text="online shop")) == [3]
    assert ids(catalogue, SearchQuery(text="xyzzyx")) == []
    assert ids(catalogue, SearchQuery(text="og")) == []


def test_evicted_query_gives_identical_results() -> None:
    catalogue = Catalogue([entry(1, services=("ecm.shop",)), entry(2, name="Fjordfilm"), entry(3)])
    asked = ("fjordfilm", "nettbutikk")
    first = [ids(catalogue, SearchQuery(text=text)) for text in asked]
    assert first == [[2], [1]]
    assert [ids(catalogue, SearchQuery(text=text)) for text in asked] == first
    for number in range(_MAX_CACHED_QUERIES - 1):
        catalogue.find(SearchQuery(text=f"ord{number} {asked[1]}"), TODAY)
        assert ids(catalogue, SearchQuery(text=asked[1])) == first[1]
    assert len(catalogue._scores) == _MAX_CACHED_QUERIES
    assert [ids(catalogue, SearchQuery(text=text)) for text in asked] == first


@pytest.mark.parametrize(
    ("words", "service"),
    [
        ("nettbutikk", "ecm.shop"),
        ("nettsider", "web.site"),
        ("heimeside", "web.site"),
        ("website", "web.site"),
        ("logo", "brd.identity"),
        ("kassesystem", "ecm.pos"),
        ("drone", "med.drone"),
        ("GDPR", "ops.gdpr"),
        ("nyhetsbrev", "crm.newsletter"),
        ("foto", "med.photo"),
        ("SoMe", "con.social"),
        ("IT", "ops.support"),
        ("some", "con.social"),
        ("vi vil bli funnet på nett", "sea.seo"),
        ("kurs i sosiale medier", "adv.course"),
    ],
)
def test_words_imply_services(words: str, service: str) -> None:
    assert service in intended_services(words)


def read(catalogue: Catalogue, text: str) -> QueryReading:
    return catalogue.read(SearchQuery(text=text))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Snøfonn Foto", "snofonn"),
        ("Snøfonn Foto", "SNOEFONN"),
        ("Snøfonn Foto", "snöfonn"),
        ("Skarvskjær", "skarvskjaer"),
        ("Skarvskjaer", "skarvskjær"),
        ("Tæla", "taela"),
        ("Tæla", "täla"),
        ("Aasen Film", "åsen film"),
        ("Åsen Film", "aasen film"),
        ("Åsen Film", "asen film"),
        ("Gáisi Media", "gaisi media"),
    ],
)
def test_name_matches_every_spelling_of_its_letters(name: str, typed: str) -> None:
    catalogue = Catalogue([entry(1, name=name, services=("ops.gdpr",)), entry(2, services=("ops.gdpr",))])
    query = read(catalogue, typed).query
    assert query.text == typed
    assert ids(catalogue, query) == [1]


@pytest.mark.parametrize(
    ("about", "typed"),
    [
        ("Vi tar over SoMe for dere.", "SoMe"),
        ("Drift av IT for kontoret.", "IT"),
        ("Rådgivning for gårder.", "rådgiving"),
        ("Rådgivning for gårder.", "radgivning"),
        ("Vi bygger datasenter i fjellet.", "datasenteret"),
        ("Orden i e-post og kalender.", "epost"),
        ("Orden i epost og kalender.", "e-post"),
        ("Vi lagar heimesider.", "nettside"),
        ("Fotograf til bryllup.", "bryllupsfotograf"),
        ("Alt av brudebilder.", "bilete"),
    ],
)
def test_word_in_text_is_found_in_its_other_forms(about: str, typed: str) -> None:
    catalogue = Catalogue([entry(1, about=about, services=()), entry(2, services=())])
    assert ids(catalogue, read(catalogue, typed).query) == [1]


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("nettbutik", "nettbutikk"),
        ("nettbuttik", "nettbutikk"),
        ("nettbutk", "nettbutikk"),
        ("fotogarf", "fotograf"),
        ("nyhetsbrve til kundene", "nyhetsbrev til kundene"),
        ("Fjordflim", "fjordfilm"),
    ],
)
def test_misspelled_word_is_corrected(typed: str, corrected: str) -> None:
    catalogue = Catalogue([entry(1, name="Fjordfilm")])
    assert read(catalogue, typed).corrected == corrected


@pytest.mark.parametrize("typed", ["kaker", "datasenteret", "gårdsutsalget", "Kvistverk", "xyzzyx", "e-post"])
def test_known_or_unique_word_is_not_corrected(typed: str) -> None:
    assert read(Catalogue([entry(1, name="Kvistverk")]), typed).corrected == ""


@pytest.mark.parametrize(
    ("typed", "place", "rest"),
    [
        ("Steinkjer", "5006", ""),
        ("Snåsa", "5041", ""),
        ("snasa", "5041", ""),
        ("Snåase", "5041", ""),
        ("Raarvihke", "5043", ""),
        ("Tråante", "5001", ""),
        ("trondeim", "5001", ""),
        ("fotograf i Snåsa", "5041", "fotograf"),
        ("nettside Mo i Rana", "1833", "nettside"),
        ("web design in Oppdal", "5021", "web design"),
        ("Trøndelag", "50", ""),
        ("Trööndelage", "50", ""),
        ("film, Indre Fosen", "5054", "film"),
        ("bestille time på nett", "", "bestille time på nett"),
        ("hjelp i Time", "1121", "hjelp"),
        ("Steinkjer Foto", "", "Steinkjer Foto"),
    ],
)
def test_place_name_is_read_as_a_filter(typed: str, place: str, rest: str) -> None:
    query = read(Catalogue([entry(1, name="Steinkjer Foto")]), typed).query
    assert (query.place, query.text) == (place, rest)


def test_place_may_be_a_county_and_kind_may_be_several() -> None:
    catalogue = Catalogue(
        [
            entry(1, services=("med.photo",), municipality="5025"),
            entry(2, services=("med.film",), municipality="3403"),
            entry(3, services=("ops.gdpr",)),
        ]
    )
    assert set(ids(catalogue, SearchQuery(place="50"))) == {1, 3}
    assert set(ids(catalogue, SearchQuery(kind="med.photo,med.film"))) == {1, 2}


@given(any_text(max_size=400))
def test_search_accepts_any_text(text: str) -> None:
    assert len(query_words(text)) <= MAX_WORDS
    assert all(0 < weight <= 1 for weight in intended_services(text).values())
    Catalogue([entry(1)]).find(SearchQuery(text=text), TODAY)


@given(
    st.sets(st.integers(1, 300)),
    st.sampled_from(["", "web", "med.photo"]),
    st.sampled_from(["", "5021", "5025"]),
)
def test_facet_masks_equal_plain_filter(numbers: set[int], kind: str, place: str) -> None:
    entries = [
        entry(
            number,
            services=("web.site",) if number % 3 else ("med.photo",),
            area=("5025",) if number % 2 else (),
        )
        for number in sorted(numbers)
    ]
    plain = {
        item.id
        for item in entries
        if (not kind or any(code.startswith(kind) for code in item.services))
        and (not place or place in item.places)
    }
    assert set(ids(Catalogue(entries), SearchQuery(kind=kind, place=place))) == plain


def test_results_are_sorted_by_distance_price_and_newest_approval() -> None:
    later = SINCE + dt.timedelta(days=9)
    catalogue = Catalogue(
        [
            entry(1, municipality="5001", price_from=None),
            entry(2, municipality="5021", price_from=9_000, approvals=(Approval("web", "Hagen", later),)),
            entry(3, municipality="0301", price_from=0),
        ]
    )

    def sort(name: str, near: str = "") -> list[int]:
        return [one.id for one in catalogue.find(SearchQuery(), TODAY, ResultOrder(name, near)).entries]

    assert sort("distance", "5021") == [2, 1, 3]
    assert sort("distance", "0301")[0] == 3
    assert sort("price") == [3, 2, 1]
    assert sort("newest")[0] == 2
    assert sort("distance") == sort(""), "without a place, the order of the day stands"
