"""The index gives what the plain reference in `reference/` gives: order, points, words, notes and who is left out."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching import (
    PART_CODES,
    CaseText,
    Document,
    Glossary,
    Index,
    Position,
    Query,
    Settings,
)
from marketplace.matching.analysis.decompounding import CompoundSplitter
from tests.matching.reference import Directory
from tests.matching.reference.tokenizer import Tokenizer, plain_words

NEAR = 1e-6


def _agree(index: Index, directory: Directory, query: Query) -> None:
    ranking = index.rank(query)
    expected, left_out = directory.rank(query)
    assert [(e.reason, e.document_id) for e in ranking.excluded] == left_out
    assert [match.document_id for match in ranking.matches] == [placed.id for placed in expected]
    for match, placed in zip(ranking.matches, expected, strict=True):
        why = match.explanation
        assert match.score == pytest.approx(placed.score, abs=NEAR)
        assert {p.code: p.value for p in why.parts} == pytest.approx(placed.parts, abs=NEAR)
        assert [part.code for part in why.parts] == list(PART_CODES)
        assert list(why.facts) == placed.facts
        lacks = [note for note in why.lacks if note[0] != "must_have_not_shown"]
        assert lacks == placed.lacks
        words = {t.term: (t.query_words, t.document_words) for t in why.terms if t.part == "words"}
        assert words == {term: (asked, told) for term, (asked, told, _) in placed.words.items()}
        values = {(t.part, t.term): t.value for t in why.terms}
        plain = {("words", term): value for term, (_, _, value) in placed.words.items()}
        plain |= {("services", code): value for code, (_, _, value) in placed.services.items()}
        assert values == pytest.approx(plain, abs=NEAR)
        for term in why.terms:
            if term.part == "services":
                asked, told, _ = placed.services[term.term]
                assert _loudness(term.query_words, asked) == sorted(asked.values(), reverse=True)
                assert _loudness(term.document_words, told) == sorted(told.values(), reverse=True)


def _loudness(words: tuple[str, ...], loud: dict[str, float]) -> list[float]:
    """Return how loud the words are that the index named; two words may be equally loud."""
    assert set(words) == set(loud)
    return sorted((loud[word] for word in words), reverse=True)


@pytest.fixture(scope="module")
def plain(devset: Index, glossary: Glossary) -> Directory:
    """Return the judged suppliers in the reference."""
    return Directory(devset.documents, glossary, Settings())


def test_the_judged_briefs_are_ranked_as_the_formulas_say(
    devset: Index, plain: Directory, devset_briefs: list[Query]
) -> None:
    assert len(devset_briefs) == 15
    for query in devset_briefs:
        _agree(devset, plain, query)
        _agree(devset, plain, dataclasses.replace(query, needs=(), sector=""))
        _agree(devset, plain, Query(query.id, "", query.text, query.lang))


def test_so_is_a_brief_that_somebody_has_copied(
    devset: Index, plain: Directory, devset_briefs: list[Query]
) -> None:
    longest = max(devset_briefs, key=lambda query: len(query.text))
    copy = Document(id="copy", name="Kopi", text=longest.text, lang=longest.lang)
    documents, glossary = [*devset.documents, copy], plain.glossary
    _agree(Index.build(documents, glossary), Directory(documents, glossary, Settings()), longest)


def test_every_word_is_split_alike(plain: Directory, glossary: Glossary) -> None:
    corpus = [word for d in plain.documents if d.lang != "en" for word in plain_words(f"{d.name} {d.text}")]
    splitter, words = glossary.splitter_for(iter(corpus)), sorted(plain.tokenizer.known)
    words += [
        f"{one}{joint}{two}"
        for one, two in zip(words[::7], words[3::7], strict=False)
        for joint in ("", "s", "e")
    ]
    assert [splitter.split(word) for word in words] == [plain.tokenizer.split(word) for word in words]
    assert sum(bool(plain.tokenizer.split(word)) for word in words) > 1000


@settings(max_examples=150)
@given(text=st.text(max_size=80) | st.text("aeiou-'\u2019\u2011_ 1\u00ad\u00c5\ufe0fXYs", max_size=40))
def test_any_text_is_read_alike(glossary: Glossary, text: str) -> None:
    tokenizer = Tokenizer(glossary.resources, [])
    splitter = CompoundSplitter.from_resources(glossary.resources).fit([])
    analyzer = glossary.analyzer.with_splitter(splitter)
    for lang in ("nb", "nn", "en"):
        tokens = analyzer.tokens(text, lang)
        plain = tokenizer.words(text, lang)
        assert [(t.surface, t.term, t.parts) for t in tokens] == [tuple(word) for word in plain]


LABELS = {
    "shop": ("Nettbutikk", "Nettbutikk", "Online shop"),
    "photo": ("Fotografering", "Fotografering", "Photography"),
    "site": ("Nettside", "Nettside", "Website"),
    "ads": ("Annonser på nett", "Annonsar på nett", "Online ads"),
}
LAY = {
    "shop": "selge varer på nett, betaling med Vipps og frakt, ost og kjøtt fra gårdsutsalg",
    "photo": "bilder av mat og dyr, produktbilder, fotograf med drone",
    "site": "hjemmeside for bedriften, mobilvennlig side med bilder",
    "ads": "synlig på Google og Facebook, kampanje og budsjett",
}
WORDS = [
    "nettbutikk",
    "netbutikk",
    "ost",
    "kjøtt",
    "Vipps",
    "vips",
    "gårdsutsalg",
    "gardsutsal",
    "gårdsutsalget",
    "fotograf",
    "fotogaf",
    "bilder",
    "bilete",
    "produktbilder",
    "matbilder",
    "hjemmeside",
    "heimeside",
    "Google-annonser",
    "e-post",
    "don't",
    "kampanje",
    "2026",
    "og",
    "på",
    "vi",
    "for",
    "med",
    "båt",
    "snekkerverksted",
    "film",
    "🧀",
    "x",
    "drone-foto",
]


@pytest.fixture(scope="module")
def small_glossary(glossary: Glossary) -> Glossary:
    """Return four services and a trade, so that many directories can be read in plain Python."""
    services = [
        {
            "code": code,
            "label": dict(zip(("nb", "nn", "en"), labels, strict=True)),
            "about": dict.fromkeys(("nb", "nn", "en"), labels[0]),
            "lay": {"nb": LAY[code].split(", ")},
            "related": ["ads"] if code == "shop" else [],
        }
        for code, labels in LABELS.items()
    ]
    services.append({"code": "gone", "retired": True})
    trade = {
        "code": "food",
        "label": {"nb": "Mat", "nn": "Mat", "en": "Food"},
        "terms": {"nb": ["ost", "kjøtt"], "nn": ["gard"], "en": ["cheese"]},
    }
    return Glossary.from_taxonomy(
        {"groups": [{"services": services}], "sectors": [trade]}, glossary.resources
    )


texts = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
longer = st.lists(st.sampled_from(WORDS), min_size=14, max_size=30, unique=True).map(" ".join)
codes = st.lists(st.sampled_from([*LABELS, "gone"]), max_size=5, unique=True).map(tuple)
trades = st.sampled_from(["", "food", "boats"])
places = st.none() | st.sampled_from(["5021", "5022"])
where = st.none() | st.builds(Position, st.floats(60.0, 64.0), st.floats(8.0, 12.0))
days = st.none() | st.dates(dt.date(2027, 1, 1), dt.date(2027, 6, 1))
spoken = st.lists(st.sampled_from(["nb", "nn", "en"]), max_size=2, unique=True).map(tuple)
suppliers_made = st.builds(
    Document,
    id=st.just(""),
    name=texts.map(lambda text: text or "Navn"),
    text=texts | longer | st.just(" ".join(WORDS[:16])) | st.just("Vi selger ost " * 9),
    lang=st.sampled_from(["nb", "nn", "en"]),
    services=codes,
    sectors=st.just(()) | st.just(("food",)),
    position=where,
    municipality=places,
    area=st.lists(st.sampled_from(["5021", "5022"]), unique=True).map(tuple),
    remote=st.booleans(),
    price_from_nok=st.none() | st.integers(0, 100_000),
    languages=spoken,
    next_start=days,
    cases=st.lists(st.builds(CaseText, texts, codes, trades), max_size=2).map(tuple),
    looked_at=st.booleans(),
)
briefs_made = st.builds(
    Query,
    id=st.sampled_from(["q1", "q2"]),
    title=texts,
    text=texts | longer | st.just(" ".join(WORDS[:16])),
    lang=st.sampled_from(["nb", "nn", "en"]),
    needs=codes,
    sector=trades,
    municipality=places,
    position=where,
    presence=st.sampled_from(["must", "some", "remote"]),
    budget_max_nok=st.none() | st.integers(0, 60_000),
    languages=spoken,
    start_from=days,
    finish_by=days,
)
chosen_settings = st.sampled_from(
    [
        Settings(),
        Settings(k1=0.9, b=0.4, weight_parts=0.3, fuzzy_terms=2, ticked_share=0.2, focus_share=0.8),
        Settings(max_words=50.0, max_services=15.0, query_sharpness=1.0, document_sharpness=2.0),
    ]
)


@settings(max_examples=40)
@given(
    made=st.lists(suppliers_made, min_size=1, max_size=6),
    asked=st.lists(briefs_made, min_size=1, max_size=3),
    chosen=chosen_settings,
)
def test_made_up_directories_are_ranked_as_the_formulas_say(
    small_glossary: Glossary, made: list[Document], asked: list[Query], chosen: Settings
) -> None:
    documents = [_named(document, f"s{number}") for number, document in enumerate(made)]
    index = Index.build(documents, small_glossary, chosen)
    directory = Directory(documents, small_glossary, chosen)
    for query in asked:
        _agree(index, directory, query)


def _named(document: Document, key: str) -> Document:
    values: dict[str, Any] = {**document.to_dict(), "id": key}
    return Document.from_dict(json.loads(json.dumps(values)))
