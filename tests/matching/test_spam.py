"""Spam rules and near-duplicates: manipulated texts are flagged with the reason, honest ones are not."""

import json
from typing import Any

import pytest

from marketplace.matching import CaseText, Document, Glossary, Index, Match, Query, spam_flags
from marketplace.matching.near_duplicates import EarlierDocuments, Sketches, find_duplicates, sketch
from tests.matching.conftest import DEVSET, MARKET

HONEST = (
    "Vi lager nettbutikker for gårdsutsalg og små butikker, og hjelper deg i gang med betaling, frakt og bilder. "
    "Du får opplæring, så du kan legge ut varer selv, og vi svarer på telefon når noe ikke virker."
)


def _document(text: str = HONEST, **values: Any) -> Document:
    return Document(id=values.pop("id", "1"), name=values.pop("name", "Fjordbutikken"), text=text, **values)


def _codes(document: Document, briefs: tuple[str, ...] = ()) -> list[str]:
    return [code for code, _ in spam_flags(document, briefs)]


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
def test_spam_is_flagged_with_reason(text: str, code: str) -> None:
    assert code in _codes(_document(text))


def test_too_many_services_are_flagged(glossary: Glossary) -> None:
    assert _codes(_document(services=glossary.services)) == ["too_many_services"]


def test_cases_are_checked_too() -> None:
    assert "word_repeated" in _codes(_document(cases=(CaseText("frakt " * 40),)))


def test_copied_brief_is_named() -> None:
    brief = "Fysioterapeut her. Jeg rekker ikke å behandle folk fordi det ringer hele tiden om timer."
    other = "Vi skal på messe i Stavanger og vil vise fram sveising."
    assert spam_flags(_document(f"{HONEST} {brief}"), [other, brief])[-1] == ("copies_a_brief", {"number": 1})
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
        "Vi selger ikke ferdige pakker, og vi binder ingen. Jeg skriver tekst selv. Ikke noe abonnement på vår tid.",
        "We are not an agency. Our two designers do the work, and our clients own the files. Not cheap, but done.",
        "Jeg er fotograf og vil helst jobbe ute. Mine bilder brukes av hoteller. Vi ønsker å vise folk slik de er.",
        "Need a website? Want more bookings? Not sure how? Our studio does both, and our prices are not hidden.",
        "Mange bedrifter trenger synlighet, men vet ikke hvordan. Vår jobb er å vise vei. Ikke mer, ikke mindre.",
    ],
)
def test_honest_text_is_not_flagged(text: str) -> None:
    assert spam_flags(_document(text)) == ()


@pytest.mark.parametrize("path", [DEVSET, MARKET / "dev"], ids=lambda path: path.name)
def test_few_honest_profiles_are_flagged(path: Any) -> None:
    rows = [json.loads(line) for line in (path / "suppliers.jsonl").read_text(encoding="utf-8").splitlines()]
    flagged = [
        row["name"]
        for row in rows
        if spam_flags(
            _document(row["text"], name=row["name"], lang=row["lang"], services=tuple(row["services"]))
        )
    ]
    assert len(flagged) <= 0.02 * len(rows)


def test_honest_profile_that_contains_a_short_brief_is_no_copy(
    glossary: Glossary, suppliers: list[Document]
) -> None:
    query = Query("b", "Nettbutikk til gårdsutsalg", "Vi trenger hjelp med betaling, frakt og bilder.")
    (match,) = (
        m
        for m in Index.build([*suppliers, _document()], glossary).rank(query).matches
        if m.document_id == "1"
    )
    assert "repeats_the_brief" not in dict(match.explanation.lacks)
    copy = _document(f"{query.title}. {query.text} Ring oss.", id="copy", name="Kopi")
    result = Index.build([*suppliers, copy], glossary).judge(query, "copy")
    assert isinstance(result, Match)
    assert "repeats_the_brief" in dict(result.explanation.lacks)


def test_duplicates_map_to_first_document() -> None:
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
    sketches = Sketches.of([sketch(row) for row in rows])
    all_rows = [*rows, frozenset([*words, "igjen"])]
    duplicates = find_duplicates(
        [sketch(all_rows[-1])], all_rows.__getitem__, 0.8, EarlierDocuments(4, sketches, {2: 0})
    )
    assert duplicates == {2: 0, 4: 0}


QUERY = Query(
    "b",
    "Nettbutikk for gårdsutsalg",
    "Vi vil selge ost og honning på nett og la kunden betale og hente på gården.",
    needs=("ecm.shop",),
)


def test_duplicates_rank_high_only_once(glossary: Glossary, suppliers: list[Document]) -> None:
    duplicates = [_document(id=str(i), name=f"Butikk {i}", services=("ecm.shop",)) for i in range(5)]
    index = Index.build([*suppliers, *duplicates], glossary)
    representatives = set()
    for i in range(12):
        query = Query(f"b{i}", QUERY.title, QUERY.text, needs=("ecm.shop",))
        matches = index.rank(query).matches
        duplicate_matches = [match for match in matches if match.document_id.isdigit()]
        representatives.add(duplicate_matches[0].document_id)
        assert duplicate_matches[0].rank <= 2
        assert [match.rank for match in duplicate_matches[1:]] == list(
            range(len(matches) - 3, len(matches) + 1)
        )
        assert all("says_the_same" in dict(match.explanation.lacks) for match in duplicate_matches[1:])
        for match in duplicate_matches:
            assert sum(part.value for part in match.explanation.parts) == pytest.approx(match.score, abs=1e-9)
    assert len(representatives) > 2


def test_duplicate_of_excluded_supplier_is_not_demoted(glossary: Glossary) -> None:
    pair = [
        _document(id="1", services=("ecm.shop",), languages=("en",)),
        _document(id="12", services=("ecm.shop",), languages=("nb",)),
    ]
    query = Query("b", QUERY.title, QUERY.text, needs=("ecm.shop",), languages=("nb",))
    (match,) = Index.build(pair, glossary).rank(query).matches
    assert match.document_id == "12"
    assert "says_the_same" not in dict(match.explanation.lacks)


def test_flagged_text_counts_less_until_reviewed(glossary: Glossary) -> None:
    stuffed = HONEST + " nettbutikk" * 30
    honest = _document("Ost fra egen gård.", id="1", services=("ecm.shop",))
    stuffed_document = _document(stuffed, id="2", services=("ecm.shop",))
    before = Index.build([honest, stuffed_document], glossary).rank(QUERY)
    reviewed = _document(stuffed, id="2", services=("ecm.shop",), looked_at=True)
    after = Index.build([honest, reviewed], glossary).rank(QUERY)
    flagged, cleared = before.match("2"), after.match("2")
    assert flagged
    assert cleared
    assert flagged.score < 0.7 * cleared.score
    assert (
        "text_to_look_at",
        {"flags": ["word_repeated", "sentences_repeated"]},
    ) in flagged.explanation.lacks
    assert all(code != "text_to_look_at" for code, _ in cleared.explanation.lacks)


def test_copying_the_brief_gains_nothing(glossary: Glossary, suppliers: list[Document]) -> None:
    copy = _document(f"{QUERY.title}. {QUERY.text}", id="copy", name="Kopi")
    ranking = Index.build([*suppliers, copy], glossary).rank(Query("b", QUERY.title, QUERY.text))
    match = ranking.match("copy")
    assert match
    assert ("repeats_the_brief", {}) in match.explanation.lacks
    assert ranking.matches[0].document_id == "shop"
