"""Clauses about what is not wanted, what works well and what is mentioned in passing are no needs."""

import pytest

from marketplace.matching import Document, Glossary, Index, Query, suggest_needs
from marketplace.matching.analysis.negation import Negation


def _suggested(text: str, glossary: Glossary) -> list[str]:
    return [suggestion.service for suggestion in suggest_needs(text, glossary)]


@pytest.mark.parametrize(
    ("text", "refused", "wanted"),
    [
        ("Vi trenger IKKE ny nettside, men bilder av gården.", "web.site", "med.photo"),
        ("Treng ikkje ny logo. Vi treng film om garden.", "brd.identity", "med.film"),
        ("Ny logo trenger vi ikke. Vi trenger drone.", "brd.identity", "med.drone"),
        ("Dagens logo, den skal dere la være. Vi trenger drone.", "brd.identity", "med.drone"),
        ("Logoen fungerer fint. Vi trenger drone.", "brd.identity", "med.drone"),
        ("Logoen er vi godt fornøyd med, men vi trenger drone.", "brd.identity", "med.drone"),
        ("We don't need a website, we need photos of our cabins.", "web.site", "med.photo"),
        ("We are happy with our logo. We want a drone video.", "brd.identity", "med.drone"),
        ("Our website is new. Leave that alone. We want a drone video.", "web.site", "med.drone"),
        ("Skilt slipper vi å tenke på, de henger der. Vi ønsker film.", "brd.print", "med.film"),
        (
            "Varekamera har vi, og produktbildene tar kokken selv. Ny logo!",
            "med.product-photo",
            "brd.identity",
        ),
        ("Bokføringa tek rekneskapsføraren seg av. Me vil ha drone.", "sys.erp", "med.drone"),
        ("Bookingsystem har me alt, det kan de spare dykk for. Ny logo.", "ecm.booking", "brd.identity"),
        ("Ikke drone denne gangen, men en podkast om kirka.", "med.drone", "med.audio"),
        ("Instead of a podcast, we would like a film about the mill.", "med.audio", "med.film"),
        ("We take the pictures ourselves. Help us rank higher on Google.", "med.photo", "sea.seo"),
        ("There's nothing wrong with our online shop. We need a logo.", "ecm.shop", "brd.identity"),
    ],
)
def test_refused_service_is_not_suggested(glossary: Glossary, text: str, refused: str, wanted: str) -> None:
    suggested = _suggested(text, glossary)
    assert refused not in suggested
    assert wanted in suggested[:2]


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Vi er ikke fornøyd med logoen", "brd.identity"),
        ("Folk trenger ikke å ringe, de skal bestille time på nett", "ecm.booking"),
        ("We need a new website. We do not need a website.", "web.site"),
        ("Vi tar bildene selv, men de blir stygge, så vi trenger en fotograf", "med.photo"),
        ("Når nettbutikken er på plass, vil vi sende nyhetsbrev", "crm.newsletter"),
        ("Kan vi få en logo som fungerer godt på klær?", "brd.identity"),
        ("Vi vil ikke bare ha logo, men også skilt", "brd.identity"),
        ("Instead of a podcast we would like a film about the mill", "med.film"),
    ],
)
def test_need_with_negative_words_is_suggested(glossary: Glossary, text: str, service: str) -> None:
    assert service in _suggested(text, glossary)[:3]


@pytest.mark.parametrize(
    "text", ["Vi trenger ikke ny nettside.", "Treng ikkje logo. Treng ikkje film.", "Vi trenger ikke noe"]
)
def test_text_of_only_negations_suggests_nothing(glossary: Glossary, text: str) -> None:
    assert _suggested(text, glossary) == []


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("Ny logo trenger vi ikke, skilt og film, bare drone.", ("Ny logo trenger vi ikke, skilt og film",)),
        ("Logo, film eller skilt er uaktuelt.", ("Logo, film eller skilt er uaktuelt.",)),
        ("Bilder trenger vi, logo har vi.", ("logo har vi.",)),
        ("Kebab fra İzmir. Vi trenger ikke logo.", ("trenger ikke logo.",)),
        ("Verken film, drone eller lyd er aktuelt. Bilder!", ("Verken film, drone eller lyd er aktuelt.",)),
        ("Korkje nettsida eller kassa verkar.", ()),
        ("Alt er på plass: logo, film. Takk.", ("Alt er på plass: logo, film.",)),
        (
            "Vi prøvde film i fjor, det gjør vi ikke igjen.",
            ("Vi prøvde film i fjor", "det gjør vi ikke igjen."),
        ),
        ("Vi trenger skilt, det gjør vi ikke igjen.", ("det gjør vi ikke igjen.",)),
        ("Logo trengs ikke lenger.", ("Logo trengs ikke lenger.",)),
        ("Need labels. Don't need a photographer.", ("Don't need a photographer.",)),
    ],
)
def test_unwanted_parts(glossary: Glossary, text: str, unwanted: tuple[str, ...]) -> None:
    assert glossary.negation.split(text).unwanted == unwanted


def test_course_attended_before_is_no_need(glossary: Glossary) -> None:
    text = "Vi har vært med på kurset og trenger nå logo"
    assert glossary.negation.split(text).wanted.split() == ["Vi", "har", "og", "trenger", "nå", "logo"]
    assert "adv.course" not in _suggested(text, glossary)[:3]


def test_several_needs_are_all_suggested(glossary: Glossary) -> None:
    text = "Vi trenger logo. Nettbutikk med betaling må på plass. Og noen må ta bilder av maten, gjerne med drone."
    assert {"brd.identity", "ecm.shop", "med.drone"} <= {*_suggested(text, glossary)}


def test_text_in_unknown_language_is_read_without_error(glossary: Glossary) -> None:
    for text in (
        "Wir brauchen eine neue Webseite",
        "Potrzebujemy sklepu internetowego",
        "我们需要网站",
        "не нужно",
    ):
        assert all(0 < suggestion.probability < 1 for suggestion in suggest_needs(text, glossary))


def test_refused_service_gives_no_points(glossary: Glossary) -> None:
    suppliers = [
        Document(id="logo", name="Strek", text="Vi tegner logo og profil.", services=("brd.identity",)),
        Document(id="drone", name="Høyt", text="Vi filmer med drone.", services=("med.drone",)),
    ]
    index = Index.build(suppliers, glossary)
    plain, refusing = "Drone og logo", "Drone. Vi trenger ikke ny logo."
    points = []
    for text in (plain, refusing):
        match = index.rank(Query("b", "", text)).match("logo")
        assert match
        points += [part.value for part in match.explanation.parts if part.code == "services"]
    assert points[1] < points[0] / 4


def test_refused_word_is_no_reason(glossary: Glossary) -> None:
    supplier = Document(id="logo", name="Strek", text="Vi tegner logo og filmer med drone.")
    index = Index.build([supplier], glossary)
    (match,) = index.rank(Query("b", "", "Vi trenger drone. Vi skal ikke ha logo.")).matches
    shown = {word for term in match.explanation.terms for word in (*term.query_words, *term.document_words)}
    assert "drone" in shown
    assert "logo" not in shown


def test_without_cues_everything_is_wanted() -> None:
    text = "Trenger ikke logo"
    assert Negation.from_resources({}, frozenset()).split(text) == (text, ())
