"""Needs in free texts: every named need is found, and texts about something else give none."""

import json
from pathlib import Path

import pytest

from marketplace.directory.search.evaluation import SETS, evaluate_search, read_judgments
from marketplace.directory.search.interpretation import interpret_text
from marketplace.directory.search.query_analysis import is_informative_word

pytestmark = pytest.mark.once
SEVERAL = Path(__file__).parents[1] / "data/needs/several.jsonl"


def services(text: str) -> list[str]:
    return [need.service for need in interpret_text(text).needs]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("selge ost på nett", "ecm.shop"),
        ("bli funnet på kartet", "sea.local"),
        ("ny nettside til hyttene", "web.site"),
        ("sell cheese online", "ecm.shop"),
        ("be found on the map", "sea.local"),
        ("new website for the cabins", "web.site"),
        ("selje ost på nett", "ecm.shop"),
        ("bli funnen på kartet", "sea.local"),
        ("finne folk å ansette", "ads.recruitment"),
        ("få flere kunder", "adv.marketing-plan"),
        ("nettbutik", "ecm.shop"),
        ("SoMe", "con.social"),
        ("IT", "ops.support"),
    ],
)
def test_short_text_gives_the_service_first(text: str, first: str) -> None:
    assert services(text)[:1] == [first]


def test_every_named_need_of_a_long_text_is_found() -> None:
    text = (
        "Utvikling av nye nettsider, teknisk drift, hosting og opplæring av ansatte. "
        "Krav til universell utforming og GDPR."
    )
    assert {"web.site", "ops.hosting", "ops.accessibility", "ops.gdpr"} <= set(services(text))
    reasons = {need.service: need.words for need in interpret_text(text).needs}
    assert reasons["ops.hosting"] == ("hosting",)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Vi treng ikkje ny nettside, men bilete av maten.", "med.photo", "web.site"),
        ("Our website works fine. We need a logo.", "brd.identity", "web.site"),
        ("Video dropper vi. Vi vil ha podkast.", "med.audio", "med.film"),
    ],
)
def test_unwanted_service_is_no_need(text: str, wanted: str, unwanted: str) -> None:
    found = services(text)
    assert wanted in found
    assert unwanted not in found
    assert not services(text.partition(",")[0] if "," in text else text.partition(".")[0])


def test_service_of_a_clause_without_cue_words_is_no_need() -> None:
    found = services("Logo og skilt kom på plass i vår. Da mangler bare nettside.")
    assert found[0] == "web.site"
    assert not {"brd.identity", "brd.print"} & {*found}


@pytest.mark.parametrize(
    ("text", "wanted", "improbable"),
    [
        ("selge ost på nett til turister", "ecm.shop", {"adv.export", "ecm.booking", "sea.local"}),
        ("filme bryllup fra lufta", "med.drone", {"med.film", "med.shortform"}),
        ("annonser på facebook for kafeen", "ads.social", {"con.social"}),
        ("ingen finner oss på google", "sea.seo", {"ecm.marketplaces"}),
    ],
)
def test_service_much_less_probable_than_the_first_is_left_out(
    text: str, wanted: str, improbable: set[str]
) -> None:
    found = services(text)
    assert found[0] == wanted
    assert not improbable & {*found}


def test_word_in_passing_in_a_long_text_is_no_need() -> None:
    text = (
        "Vi driver et lite ysteri ved fjorden og holder kurs om sommeren. Folk som har smakt osten, spør om de kan få "
        "den tilsendt når de er hjemme igjen, så nå vil vi selge på nett og la kundene betale med kort."
    )
    assert "ecm.shop" in services(text)
    assert "adv.course" not in services(text)


def test_letters_and_general_words_are_not_reasons() -> None:
    (need,) = interpret_text("finne folk å ansette").needs
    assert need.words == ("ansette",)


@pytest.mark.parametrize(
    "text",
    [
        "Kjøp av pukk og grus",
        "asdf",
        "Potrzebuję nowej strony internetowej",
        "rørlegger",
        "",
        "og i på",
        "nytt tak på låven",
        "male låven",
        "kjøpe ved",
        "maling av hus",
    ],
)
def test_text_about_something_else_gives_no_service(text: str) -> None:
    assert services(text) == []


@pytest.mark.parametrize(
    "text", ["film fra låven", "ny motor til traktoren", "male et maleri", "vaske vinduer"]
)
def test_everyday_words_are_not_corrected_to_similar_terms(text: str) -> None:
    assert interpret_text(text).corrected == ""


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("e-post", "sys.office"),
        ("hyttebilder", "med.photo"),
        ("konfirmasjonsvideo", "med.film"),
        ("barnehagelogoen", "brd.identity"),
        ("dronebilder", "med.drone"),
        ("bryllupsfotograf", "med.photo"),
        ("firmafoto", "med.photo"),
        ("nettsideutvikling", "web.site"),
        ("nettbutikkdesign", "ecm.shop"),
        ("videofilming", "med.film"),
        ("webutvikler", "web.dev"),
        ("infoskilt", "brd.print"),
        ("nyhendebrev", "crm.newsletter"),
        ("nyhendebreva", "crm.newsletter"),
        ("rekneark", "sys.office"),
        ("googlemaps", "sea.local"),
    ],
)
def test_unknown_compound_is_read_by_the_product_it_names(text: str, service: str) -> None:
    assert service in services(text)


@pytest.mark.parametrize(
    "text",
    [
        "båtmotor til salgs",
        "kalv selges",
        "finne katten",
        "varebilen",
        "skogsdrift",
        "kraftutvikling",
        "kjøttproduksjon",
        "catering til 40 personer",
    ],
)
def test_general_verb_or_unknown_noun_gives_no_service(text: str) -> None:
    assert services(text) == []


@pytest.mark.parametrize("word", ["fem", "nye", "og", "12", "2026", "år", "første", "noko", "the", "trenger"])
def test_numeral_or_empty_word_is_no_reason(word: str) -> None:
    assert not is_informative_word(word)


@pytest.mark.parametrize("word", ["nettside", "Vipps", "IT", "drone", "åpningstider"])
def test_content_word_is_a_reason(word: str) -> None:
    assert is_informative_word(word)


def test_judged_phrases_are_enough_and_unique() -> None:
    judgments = read_judgments()
    assert len(judgments) >= 80
    assert len({(judgment.set == "companies", judgment.phrase) for judgment in judgments}) == len(judgments)
    assert {judgment.set for judgment in judgments} == set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_search_stays_above_its_floor(name: str) -> None:
    figures = evaluate_search(name)
    assert figures.top_3_hit_rate >= 0.95, figures.failures
    assert figures.abstention_precision >= 0.9, figures.failures
    assert figures.abstention_recall >= 0.75, figures.failures


def test_company_car_is_no_company_picture() -> None:
    assert services("firmabilete") == ["med.photo"]
    assert services("forsikring til firmabilen") == services("service på firmabilen") == []


def test_exact_term_gives_its_service_alone() -> None:
    assert services("nettbutik i Oppdal") == ["ecm.shop"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bilder og ny hjemmeside til gårdsbutikk", {"med.photo", "web.site"}),
        ("bilete og ny heimeside til gardsbutikk", {"med.photo", "web.site"}),
        ("photos and a new website for the farm shop", {"med.photo", "web.site"}),
        (
            "Vi trenger:\n- skilt\n- logo\n- etiketter til syltetøyglassene",
            {"brd.print", "brd.identity", "brd.packaging"},
        ),
        (
            "bookingsystem, bilder i tillegg til bedre synlighet på Google",
            {"ecm.booking", "med.photo", "sea.local"},
        ),
    ],
)
def test_each_item_of_a_list_is_a_need(text: str, expected: set[str]) -> None:
    assert expected <= set(services(text))


@pytest.mark.parametrize("text", ["selge ost, kjøtt og honning på nett", "bilder av hytter, båter og utsikt"])
def test_list_of_goods_is_one_need(text: str) -> None:
    assert len(services(text)) == 1


@pytest.mark.parametrize("half", ["tuning", "test"])
def test_reading_of_several_needs_stays_above_its_floor(half: str) -> None:
    rows = [json.loads(line) for line in SEVERAL.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["half"] == half and len(row["needs"]) > 1]
    found = [[bool({*services(row["text"])} & {*need}) for need in row["needs"]] for row in rows]
    right = [
        any(code in need for need in (*row["needs"], row["also"]))
        for row in rows
        for code in services(row["text"])
    ]
    assert sum(map(sum, found)) / sum(map(len, found)) >= 0.77
    assert sum(map(all, found)) / len(found) >= 0.57
    assert sum(right) / len(right) >= 0.9
