"""What is remembered to save time is forgotten when it grows too much, and changes no answer."""

import dataclasses

import pytest

from marketplace.matching import Document, Glossary, Index, Query
from marketplace.matching.analysis import analyzer, decompounding
from marketplace.matching.index import fuzzy, indexing, needs, store
from tests.matching.test_incremental_updates import BRIEF

TYPED_WRONG = dataclasses.replace(
    BRIEF, text="Vi trengr netbutikk med vipss, prodduktbilder og anonser paa facebok."
)


@pytest.mark.parametrize(("most", "small"), [(1, 0), (2, 2_000), (2, 0)])
def test_forgetting_changes_no_answer(
    suppliers: list[Document], glossary: Glossary, monkeypatch: pytest.MonkeyPatch, most: int, small: int
) -> None:
    confirmed = dataclasses.replace(BRIEF, needs=("ecm.shop", "med.photo"))

    def answers() -> list[object]:
        index = Index.build(suppliers, glossary)
        asked = [BRIEF, TYPED_WRONG, confirmed, BRIEF]
        return [index.rank(query) for query in asked] + [index.suggest_needs(query.text) for query in asked]

    expected = answers()
    for module in (analyzer, decompounding, fuzzy, needs, indexing):
        monkeypatch.setattr(module, "CACHE_SIZE", most)
    monkeypatch.setattr(indexing, "SMALL_DIRECTORY", small)
    assert answers() == expected


@pytest.mark.parametrize("small", [0, 2_000])
def test_an_index_that_is_ready_gives_the_same_answers(
    index: Index, glossary: Glossary, tmp_path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    index.save(tmp_path / "saved")
    monkeypatch.setattr(store, "SMALL_DIRECTORY", small)
    opened = Index.open(tmp_path / "saved", glossary)
    opened.prepare()
    assert len(opened._store.encoder._explanation_cache) == (len(index) if small else 0)
    assert opened.rank(BRIEF) == index.rank(BRIEF)


def test_words_that_an_index_has_read_are_looked_up_and_not_cut_up_again(
    index: Index, glossary: Glossary, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.save(tmp_path / "saved")
    opened = Index.open(tmp_path / "saved", glossary)
    assert opened.rank(BRIEF) == index.rank(BRIEF)
    monkeypatch.setattr(analyzer, "CACHE_SIZE_WITH_LOOKUP", 1)
    assert Index.open(tmp_path / "saved", glossary).rank(BRIEF) == index.rank(BRIEF)
    ours, theirs = (one._store.encoder.analyzer for one in (index, opened))
    text = "Gårdsutsalg og nettbutikken på nynorsk heime, fiskeskinnlampe"
    for lang in ("nb", "nn", "en"):
        assert theirs.tokens(text, lang) == ours.tokens(text, lang)
    monkeypatch.setattr(decompounding.CompoundSplitter, "split", None)
    assert theirs.stem_and_parts("gårdsutsalg") == ours.stem_and_parts("gårdsutsalg")


def test_who_repeats_a_brief_is_judged_by_ticks_alone_also_in_the_list(
    index: Index, suppliers: list[Document]
) -> None:
    copied = Document(id="copy", name="Kopi", text=f"{BRIEF.title} {BRIEF.text}", services=("ads.search",))
    ranking = index.updated([*suppliers, copied]).rank(BRIEF, limit=3)
    assert "copy" not in {match.document_id for match in ranking.matches}
    whole = index.updated([*suppliers, copied]).rank(BRIEF).match("copy")
    assert whole
    assert "repeats_the_brief" in {code for code, _ in whole.explanation.lacks}


def test_an_empty_index_can_be_kept_and_filled(
    glossary: Glossary, suppliers: list[Document], tmp_path
) -> None:
    Index.build((), glossary).save(tmp_path / "empty")
    opened = Index.open(tmp_path / "empty", glossary)
    assert opened.rank(Query("q", "", "nettbutikk")).matches == ()
    filled = opened.changed(suppliers)
    assert filled.rank(BRIEF) == Index.build(suppliers, glossary).rank(BRIEF)
