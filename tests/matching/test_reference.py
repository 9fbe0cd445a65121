"""The index agrees with the plain reference implementation: order, points, words, notes and exclusions."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from marketplace.matching import (
    PART_CODES,
    CaseText,
    Document,
    Glossary,
    Index,
    MatchingSettings,
    Position,
    Query,
)
from marketplace.matching.analysis.decompounding import CompoundSplitter
from tests.matching.reference import Directory
from tests.matching.reference.tokenizer import Tokenizer, plain_words
from tests.support.any_text import any_text
from tests.support.sampling import Sampling

TOLERANCE = 1e-6


def _assert_agree(index: Index, directory: Directory, query: Query) -> None:
    ranking = index.rank(query)
    expected_matches, exclusions = directory.rank(query)
    assert [(e.reason, e.document_id) for e in ranking.excluded] == exclusions
    assert [match.document_id for match in ranking.matches] == [
        expected_match.id for expected_match in expected_matches
    ]
    for match, expected_match in zip(ranking.matches, expected_matches, strict=True):
        explanation = match.explanation
        assert match.score == pytest.approx(expected_match.score, abs=TOLERANCE)
        assert {p.code: p.value for p in explanation.parts} == pytest.approx(
            expected_match.parts, abs=TOLERANCE
        )
        assert [part.code for part in explanation.parts] == list(PART_CODES)
        assert list(explanation.facts) == expected_match.facts
        lacks = [note for note in explanation.lacks if note[0] != "must_have_not_shown"]
        assert lacks == expected_match.lacks
        words = {t.term: (t.query_words, t.document_words) for t in explanation.terms if t.part == "words"}
        assert words == {
            term: (query_words, document_words)
            for term, (query_words, document_words, _) in expected_match.words.items()
        }
        values = {(t.part, t.term): t.value for t in explanation.terms}
        reference_values = {("words", term): value for term, (_, _, value) in expected_match.words.items()}
        reference_values |= {
            ("services", code): value for code, (_, _, value) in expected_match.services.items()
        }
        assert values == pytest.approx(reference_values, abs=TOLERANCE)
        for term in explanation.terms:
            if term.part == "services":
                query_words, document_words, _ = expected_match.services[term.term]
                assert _strengths(term.query_words, query_words) == sorted(query_words.values(), reverse=True)
                assert _strengths(term.document_words, document_words) == sorted(
                    document_words.values(), reverse=True
                )


def _strengths(words: tuple[str, ...], strength_of: dict[str, float]) -> list[float]:
    """Return the strengths of the words named by the index, sorted, because words may be equally strong."""
    assert set(words) == set(strength_of)
    return sorted((strength_of[word] for word in words), reverse=True)


@pytest.fixture(scope="module")
def with_copy(devset: Index, devset_briefs: list[Query]) -> list[Document]:
    """The judged suppliers, and one that copies the longest brief."""
    longest = max(devset_briefs, key=lambda query: len(query.text))
    return [*devset.documents, Document(id="copy", name="Kopi", text=longest.text, lang=longest.lang)]


@pytest.fixture(scope="module")
def reference(with_copy: list[Document], glossary: Glossary) -> Directory:
    """The suppliers in the reference implementation."""
    return Directory(with_copy, glossary, MatchingSettings())


def test_judged_briefs_agree_with_reference(
    with_copy: list[Document], reference: Directory, devset_briefs: list[Query], sampling: Sampling
) -> None:
    assert len(devset_briefs) == 15
    index = Index.build(with_copy, reference.glossary)
    longest = max(devset_briefs, key=lambda query: len(query.text))
    for query in {longest, *sampling.choose(devset_briefs, 5, "judged briefs")}:
        _assert_agree(index, reference, query)
        _assert_agree(index, reference, dataclasses.replace(query, needs=(), sector=""))
        _assert_agree(index, reference, Query(query.id, "", query.text, query.lang))


def test_compound_splits_agree_with_reference(reference: Directory, glossary: Glossary) -> None:
    corpus = [
        word for d in reference.documents if d.lang != "en" for word in plain_words(f"{d.name} {d.text}")
    ]
    splitter, words = glossary.splitter_for(iter(corpus)), sorted(reference.tokenizer.frequency)
    words += [
        f"{one}{joint}{two}"
        for one, two in zip(words[::7], words[3::7], strict=False)
        for joint in ("", "s", "e")
    ]
    assert [splitter.split(word) for word in words] == [reference.tokenizer.split(word) for word in words]
    assert sum(bool(reference.tokenizer.split(word)) for word in words) > 1000


@given(text=any_text(max_size=80) | st.text("aeiou-'\u2019\u2011_ 1\u00ad\u00c5\ufe0fXYs", max_size=40))
def test_tokens_agree_with_reference(glossary: Glossary, text: str) -> None:
    tokenizer = Tokenizer(glossary.resources, [])
    splitter = CompoundSplitter.from_resources(glossary.resources).fit([])
    analyzer = glossary.analyzer.with_splitter(splitter)
    for lang in ("nb", "nn", "en"):
        tokens = analyzer.tokens(text, lang)
        words = tokenizer.words(text, lang)
        assert [(t.surface, t.term, t.parts) for t in tokens] == [tuple(word) for word in words]


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
    """A glossary of four services and one sector, small enough for many runs of the plain Python reference."""
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
random_documents = st.builds(
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
random_briefs = st.builds(
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
        MatchingSettings(),
        MatchingSettings(k1=0.9, b=0.4, weight_parts=0.3, fuzzy_terms=2, ticked_share=0.2, focus_share=0.8),
        MatchingSettings(
            max_words=50.0, max_services=15.0, query_sharpness=1.0, document_sharpness=2.0, unknown_share=0.3
        ),
    ]
)


@given(
    drawn_documents=st.lists(random_documents, min_size=1, max_size=6),
    drawn_briefs=st.lists(random_briefs, min_size=1, max_size=3),
    chosen=chosen_settings,
)
def test_random_directories_agree_with_reference(
    small_glossary: Glossary,
    drawn_documents: list[Document],
    drawn_briefs: list[Query],
    chosen: MatchingSettings,
) -> None:
    documents = [_named(document, f"s{number}") for number, document in enumerate(drawn_documents)]
    index = Index.build(documents, small_glossary, chosen)
    directory = Directory(documents, small_glossary, chosen)
    for query in drawn_briefs:
        _assert_agree(index, directory, query)


def _named(document: Document, key: str) -> Document:
    values: dict[str, Any] = {**document.to_dict(), "id": key}
    return Document.from_dict(json.loads(json.dumps(values)))
