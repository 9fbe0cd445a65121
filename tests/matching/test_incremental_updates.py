"""Incremental updates: changes to the directory are applied without moving other suppliers."""

import dataclasses
import random

import pytest

from marketplace.matching import Document, Glossary, Index, Query

BRIEF = Query(
    id="b",
    title="Nettbutikk og bilder",
    text="Vi trenger nettbutikk med Vipps, produktbilder og annonser på Facebook.",
    municipality="5021",
    presence="some",
    budget_max_nok=60_000,
)
NEW = Document(
    id="new",
    name="Fiskeskinn Foto",
    text="Fotografering av fiskeskinn og andre varer, i nettbutikk og på trykk.",
    services=("med.product-photo",),
    municipality="5022",
    price_from_nok=9_000,
)


def scores(index: Index, query: Query = BRIEF) -> dict[str, float]:
    return {match.document_id: match.score for match in index.rank(query).matches}


def test_added_supplier_matches_new_words(index: Index, suppliers: list[Document]):
    query = dataclasses.replace(BRIEF, title="", text="fiskeskinn")
    vague = max(match.explanation.part("words").value for match in index.rank(query).matches)
    match = index.updated([*suppliers, NEW]).rank(query).match("new")
    assert match is not None
    assert match.explanation.part("words").value > 3 * vague
    assert "fiskeskinn" in {term.term for term in match.explanation.terms}


def test_other_suppliers_keep_their_scores(index: Index, suppliers: list[Document]):
    before = scores(index)
    changed = [
        dataclasses.replace(d, text=d.text + " Nettbutikk, nettbutikk og Vipps.") if d.id == "ads" else d
        for d in suppliers
        if d.id != "english"
    ]
    after = scores(index.updated([*changed, NEW]))
    assert "english" not in after
    assert after["ads"] > before["ads"]
    assert {key: after[key] for key in ("shop", "photo", "silent")} == {
        key: before[key] for key in ("shop", "photo", "silent")
    }


def test_update_without_changes_keeps_ranking(index: Index, suppliers: list[Document]):
    assert index.updated(suppliers).rank(BRIEF) == index.rank(BRIEF)


@pytest.mark.parametrize("seed", range(5))
def test_document_order_does_not_matter(index: Index, suppliers: list[Document], seed: int):
    shuffled = random.Random(seed).sample([*suppliers, NEW], len(suppliers) + 1)
    assert index.updated(shuffled).rank(BRIEF).matches == index.updated([*suppliers, NEW]).rank(BRIEF).matches


def test_word_points_add_up_after_update(index: Index, suppliers: list[Document]):
    for match in index.updated([NEW, *suppliers[1:]]).rank(BRIEF).matches:
        words = [term.value for term in match.explanation.terms if term.part == "words"]
        assert sum(words) == pytest.approx(match.explanation.part("words").value, abs=1e-9)


def test_all_documents_can_be_replaced(index: Index, glossary: Glossary):
    empty = index.updated([])
    assert empty.rank(BRIEF).matches == ()
    assert [match.document_id for match in empty.updated([NEW]).rank(BRIEF).matches] == ["new"]
