"""Caches are bounded, and their size changes no result."""

import dataclasses

import pytest

from marketplace.matching import Document, Glossary, Index, Query
from marketplace.matching.analysis import analyzer, decompounding, fuzzy_terms
from marketplace.matching.index import indexing, store
from marketplace.matching.needs import service_words
from tests.matching.test_incremental_updates import BRIEF

MISSPELLED = dataclasses.replace(
    BRIEF, text="Vi trengr netbutikk med vipss, prodduktbilder og anonser paa facebok."
)


@pytest.mark.parametrize(("cache_size", "small_directory"), [(1, 0), (2, 2_000), (2, 0)])
def test_small_caches_change_no_result(
    index: Index,
    suppliers: list[Document],
    glossary: Glossary,
    monkeypatch: pytest.MonkeyPatch,
    cache_size: int,
    small_directory: int,
) -> None:
    confirmed = dataclasses.replace(BRIEF, needs=("ecm.shop", "med.photo"))

    def results(index: Index) -> list[object]:
        queries = [BRIEF, MISSPELLED, confirmed, BRIEF]
        return [index.rank(query) for query in queries] + [
            index.suggest_needs(query.text) for query in queries
        ]

    expected = results(index)
    for module in (analyzer, fuzzy_terms, service_words, indexing):
        monkeypatch.setattr(module, "CACHE_SIZE", cache_size)
    monkeypatch.setattr(indexing, "SMALL_DIRECTORY", small_directory)
    assert results(Index.build(suppliers, glossary)) == expected


@pytest.mark.parametrize("small_directory", [0, 2_000])
def test_prepared_index_gives_same_ranking(
    index: Index, glossary: Glossary, tmp_path, monkeypatch: pytest.MonkeyPatch, small_directory: int
) -> None:
    index.save(tmp_path / "saved")
    monkeypatch.setattr(store, "SMALL_DIRECTORY", small_directory)
    opened = Index.open(tmp_path / "saved", glossary)
    opened.prepare()
    assert len(opened._store.encoder._explanation_cache) == (len(index) if small_directory else 0)
    assert opened.rank(BRIEF) == index.rank(BRIEF)


def test_token_cache_replaces_decompounding(
    index: Index, glossary: Glossary, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.save(tmp_path / "saved")
    opened = Index.open(tmp_path / "saved", glossary)
    assert opened.rank(BRIEF) == index.rank(BRIEF)
    monkeypatch.setattr(analyzer, "CACHE_SIZE_WITH_LOOKUP", 1)
    monkeypatch.setattr(analyzer, "SURFACES_WITH_LOOKUP", 1)
    assert Index.open(tmp_path / "saved", glossary).rank(BRIEF) == index.rank(BRIEF)
    built, restored = (one._store.encoder.analyzer for one in (index, opened))
    text = "Gårdsutsalg og nettbutikken på nynorsk heime, fiskeskinnlampe"
    for lang in ("nb", "nn", "en"):
        assert restored.tokens(text, lang) == built.tokens(text, lang)
    monkeypatch.setattr(decompounding.CompoundSplitter, "split", None)
    assert restored.stem_and_parts("gårdsutsalg") == built.stem_and_parts("gårdsutsalg")


def test_copied_brief_scores_by_declared_services_only(index: Index, suppliers: list[Document]) -> None:
    copied = Document(id="copy", name="Kopi", text=f"{BRIEF.title} {BRIEF.text}", services=("ads.search",))
    ranking = index.updated([*suppliers, copied]).rank(BRIEF, limit=3)
    assert "copy" not in {match.document_id for match in ranking.matches}
    match = index.updated([*suppliers, copied]).rank(BRIEF).match("copy")
    assert match
    assert "repeats_the_brief" in {code for code, _ in match.explanation.lacks}


def test_empty_index_can_be_saved_and_filled(glossary: Glossary, suppliers: list[Document], tmp_path) -> None:
    Index.build((), glossary).save(tmp_path / "empty")
    opened = Index.open(tmp_path / "empty", glossary)
    assert opened.rank(Query("q", "", "nettbutikk")).matches == ()
    filled = opened.changed(suppliers)
    assert filled.rank(BRIEF) == Index.build(suppliers, glossary).rank(BRIEF)
