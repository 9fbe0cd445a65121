"""Texts made for the machine are seen, with the reason; honest ones are let be."""

import json
from typing import Any

import pytest

from marketplace.matching import CaseText, Document, Glossary, Index, Query, flags
from marketplace.matching.near_duplicates import EarlierDocuments, Sketches, find_duplicates, sketch
from tests.matching.conftest import DEVSET, MARKET

HONEST = (
    "Vi lager nettbutikker for gårdsutsalg og små butikker, og hjelper deg i gang med betaling, frakt og bilder. "
    "Du får opplæring, så du kan legge ut varer selv, og vi svarer på telefon når noe ikke virker."
)


def _document(text: str = HONEST, **values: Any) -> Document:
    return Document(id=values.pop("id", "1"), name=values.pop("name", "Fjordbutikken"), text=text, **values)


def _codes(document: Document, briefs: tuple[str, ...] = ()) -> list[str]:
    return [code for code, _ in flags(document, briefs)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HONEST + " nettbutikk" * 50, "word_repeated"),
        (HONEST + " nettbutikk nettbutikken nettbutikker" * 7, "word_repeated"),
        (HONEST + " Vi er rimelige og raske." * 4, "sentences_repeated"),
        (
            " ".join(
                f"{word}design {word}film {word}foto {word}tekst"
                for word in ["nett", "web", "mobil", "app", "logo", "kart"]
            )
            + " annonser kampanjer profiler logoer brosjyrer plakater videoer podkaster kurs foredrag råd planer drift"
            " support integrasjoner sensorer roboter nyhetsbrev",
            "words_listed",
        ),
        (HONEST.replace("i", "i\u200b"), "hidden_letters"),
        (HONEST.replace("nettbutikker", "nettb\u0443tikker"), "hidden_letters"),
        (HONEST + " \uff4e\uff45\uff54\uff54\uff42\uff55\uff54\uff49\uff4b\uff4b", "hidden_letters"),
        (HONEST + "\U000e0068\U000e0069", "hidden_letters"),
        (
            "Vi trenger noen som kan lage nettbutikk. Vi vil ikke styre med det selv, og ønsker hjelp. Hvem kan oss?",
            "reads_like_a_brief",
        ),
    ],
)
def test_a_made_up_text_is_flagged_with_the_reason(text: str, code: str) -> None:
    assert code in _codes(_document(text))


def test_ticking_everything_is_flagged(glossary: Glossary) -> None:
    assert _codes(_document(services=glossary.services)) == ["too_many_services"]


def test_cases_are_read_too() -> None:
    assert "word_repeated" in _codes(_document(cases=(CaseText("frakt " * 40),)))


def test_a_copied_brief_is_named() -> None:
    brief = "Fysioterapeut her. Jeg rekker ikke å behandle folk fordi det ringer hele tiden om timer."
    other = "Vi skal på messe i Stavanger og vil vise fram sveising."
    assert flags(_document(f"{HONEST} {brief}"), [other, brief])[-1] == ("copies_a_brief", {"number": 1})
    assert _codes(_document(), (brief, other)) == []


@pytest.mark.parametrize(
    "text",
    [
        HONEST,
        HONEST.replace("nettbutikker", "nett\u00adbutikker"),
        HONEST.upper(),
        "Fotograf. Bilder, film, drone.",
        "Καλημέρα! Vi snakker gresk med turistene dine.",
        "",
    ],
)
def test_an_honest_text_is_let_be(text: str) -> None:
    assert flags(_document(text)) == ()


@pytest.mark.parametrize("path", [DEVSET, MARKET / "dev"], ids=lambda path: path.name)
def test_few_honest_profiles_are_flagged(path: Any) -> None:
    rows = [json.loads(line) for line in (path / "suppliers.jsonl").read_text(encoding="utf-8").splitlines()]
    flagged = [
        row["name"]
        for row in rows
        if flags(_document(row["text"], name=row["name"], lang=row["lang"], services=tuple(row["services"])))
    ]
    assert len(flagged) <= 0.02 * len(rows)


def test_the_same_words_in_another_order_are_twins_and_the_first_is_the_original() -> None:
    words = [
        "vi",
        "lager",
        "nettbutikk",
        "for",
        "gård",
        "og",
        "fisk",
        "med",
        "frakt",
        "betaling",
        "bilder",
        "kasse",
    ]
    rows = [
        frozenset(words),
        frozenset(["helt", "andre", "ord", "om", "film", "foto", "lyd", "musikk", "tekst", "kart"]),
    ]
    rows += [frozenset([*words, "ny"]), frozenset(words[:3])]
    assert find_duplicates([sketch(row) for row in rows], rows.__getitem__, 0.8) == {2: 0}
    before = Sketches.of([sketch(row) for row in rows])
    later = [*rows, frozenset([*words, "igjen"])]
    found = find_duplicates([sketch(later[-1])], later.__getitem__, 0.8, EarlierDocuments(4, before, {2: 0}))
    assert found == {2: 0, 4: 0}


QUERY = Query(
    "b",
    "Nettbutikk for gårdsutsalg",
    "Vi vil selge ost og honning på nett og la kunden betale og hente på gården.",
    needs=("ecm.shop",),
)


def test_one_profile_under_five_names_stands_high_once(glossary: Glossary, suppliers: list[Document]) -> None:
    names = [
        _document(id=str(number), name=f"Butikk {number}", services=("ecm.shop",)) for number in range(5)
    ]
    index = Index.build([*suppliers, *names], glossary)
    heads = set()
    for number in range(12):
        query = Query(f"b{number}", QUERY.title, QUERY.text, needs=("ecm.shop",))
        matches = index.rank(query).matches
        same = [match for match in matches if match.document_id.isdigit()]
        heads.add(same[0].document_id)
        assert same[0].place <= 2
        assert [match.place for match in same[1:]] == list(range(len(matches) - 3, len(matches) + 1))
        assert all("says_the_same" in dict(match.explanation.lacks) for match in same[1:])
        for match in same:
            assert sum(part.value for part in match.explanation.parts) == pytest.approx(match.score, abs=1e-9)
    assert len(heads) > 2


def test_a_twin_stands_alone_when_the_other_is_left_out(glossary: Glossary) -> None:
    pair = [
        _document(id="1", services=("ecm.shop",), languages=("en",)),
        _document(id="12", services=("ecm.shop",), languages=("nb",)),
    ]
    query = Query("b", QUERY.title, QUERY.text, needs=("ecm.shop",), languages=("nb",))
    (match,) = Index.build(pair, glossary).rank(query).matches
    assert match.document_id == "12"
    assert "says_the_same" not in dict(match.explanation.lacks)


def test_a_flagged_text_counts_less_until_somebody_has_looked(glossary: Glossary) -> None:
    stuffed = HONEST + " nettbutikk" * 30
    honest = _document("Ost fra egen gård.", id="1", services=("ecm.shop",))
    doubtful = _document(stuffed, id="2", services=("ecm.shop",))
    before = Index.build([honest, doubtful], glossary).rank(QUERY)
    looked = _document(stuffed, id="2", services=("ecm.shop",), looked_at=True)
    after = Index.build([honest, looked], glossary).rank(QUERY)
    flagged, cleared = before.match("2"), after.match("2")
    assert flagged
    assert cleared
    assert flagged.score < 0.7 * cleared.score
    assert (
        "text_to_look_at",
        {"flags": ["word_repeated", "sentences_repeated"]},
    ) in flagged.explanation.lacks
    assert all(code != "text_to_look_at" for code, _ in cleared.explanation.lacks)


def test_repeating_the_brief_gains_nothing(glossary: Glossary, suppliers: list[Document]) -> None:
    copy = _document(f"{QUERY.title}. {QUERY.text}", id="copy", name="Kopi")
    ranking = Index.build([*suppliers, copy], glossary).rank(Query("b", QUERY.title, QUERY.text))
    found = ranking.match("copy")
    assert found
    assert ("repeats_the_brief", {}) in found.explanation.lacks
    assert ranking.matches[0].document_id == "shop"
