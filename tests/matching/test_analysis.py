"""Text analysis: spelling variants of a word become the same term."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, strategies as st

from marketplace.matching import Glossary
from marketplace.matching.analysis.analyzer import Analyzer
from marketplace.matching.analysis.decompounding import CompoundSplitter
from marketplace.matching.analysis.plain_text import clean
from marketplace.matching.analysis.stemming import stem
from tests.support.any_text import any_text


@pytest.fixture(scope="session")
def analyzer(glossary: Glossary) -> Analyzer:
    """Analyzer with a compound splitter trained on the glossary alone."""
    return glossary.analyzer.with_splitter(glossary.splitter_for(iter(())))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nettsider", "nettsiden"),
        ("nettside", "heimeside"),
        ("markedsføring", "marknadsføringa"),
        ("gård", "gå\u0072d"),
        ("gård", "ga\u030ard"),
        ("gård", "gå\u00adrd"),
        ("GÅRD", "gård"),
        ("e-post", "epost"),
        ("e\u2011post", "epost"),
    ],
)
def test_spelling_variants_share_a_term(analyzer: Analyzer, one: str, other: str) -> None:
    assert list(analyzer.terms(one, "nb")) == list(analyzer.terms(other, "nn"))


def test_stop_words_depend_on_language(analyzer: Analyzer) -> None:
    assert [token.surface for token in analyzer.tokens("Vi vil ha det som er for oss", "nb")] == []
    assert [token.surface for token in analyzer.tokens("We want the same for us", "en")] == ["want", "same"]
    assert [token.surface for token in analyzer.tokens("We're at Joe's", "en")] == ["Joe"]


def test_compound_token_has_parts(analyzer: Analyzer) -> None:
    (token,) = analyzer.tokens("nettbutikken", "nb")
    assert token.term == "nettbutikk"
    assert token.parts == ("nett", "butikk")


def test_splitter_only_splits_into_known_words() -> None:
    splitter = CompoundSplitter().fit(["ost", "bruk", "gård", "utsalg"])
    assert splitter.split("gårdsutsalg") == ("gård", "utsalg")
    assert splitter.split("gårdsutsalget") == ("gård", "utsalget")
    assert splitter.split("brukernavn") == ()
    assert splitter.split("kort") == ()


def test_brand_is_a_whole_word_also_in_a_compound() -> None:
    splitter = CompoundSplitter(brands=frozenset({"facebook"})).fit(["face", "book", "facebook", "gruppe"])
    assert splitter.split("facebook") == ()
    assert splitter.split("facebookgruppe") == ("facebook", "gruppe")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vi ønsker en ny nettside og vet ikke hvor vi skal begynne", "nb"),
        ("Vi ynskjer ein ny nettstad og veit ikkje kvar vi skal byrje", "nn"),
        ("We would like a new website and do not know where to begin", "en"),
        ("Nettbutikk", "nb"),
    ],
)
def test_language_is_guessed(analyzer: Analyzer, text: str, language: str) -> None:
    assert analyzer.language_of(text) == language


@given(any_text(max_size=300), st.sampled_from(["nb", "nn", "en"]))
def test_tokens_are_words_of_cleaned_text(glossary: Glossary, text: str, lang: str) -> None:
    cleaned = clean(text)
    for token in glossary.analyzer.tokens(text, lang):
        assert token.surface in cleaned
        assert token.term


def test_stemming_is_thread_safe():
    words = [f"{first}{last}" for first in ("nettbutikk", "organis", "communicat", "markedsfør") for last in
             ("ene", "ering", "ions", "ingens", "ational", "elser", "fully", "heter")] * 20  # fmt: skip
    words = [f"{number}{word}" for number, word in enumerate(words)]
    stem.cache_clear()
    alone = [stem(word, lang) for word in words for lang in ("nb", "en")]
    stem.cache_clear()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            runs = list(
                pool.map(lambda _: [stem(word, lang) for word in words for lang in ("nb", "en")], range(8))
            )
    finally:
        sys.setswitchinterval(interval)
    assert all(run == alone for run in runs)
