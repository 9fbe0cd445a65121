"""Tie rotation: among nearly equal scores the least recently shown comes first, never across bands."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, strategies as st

from marketplace.matching import Document, Index, Query
from marketplace.matching.ranking import rotate_ties

SCORES = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.floats(0, 100), max_size=30)
WIDTH = 0.25


def best_first(scores):
    return sorted(scores.items(), key=lambda item: -item[1])


@given(SCORES, st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 9)))
def test_rotation_stays_within_width(scores, last_shown):
    order = rotate_ties("b", best_first(scores), last_shown, WIDTH)
    assert sorted(order) == sorted(scores)
    for earlier, later in pairwise(order):
        assert scores[later] <= scores[earlier] + WIDTH + 1e-9


@given(SCORES, st.integers(1, 10))
def test_cutoff_below_last_band_keeps_first_ranks(scores, limit):
    scored = best_first(scores)
    last = scored[min(limit, len(scored)) - 1][1] if scored else 0.0
    candidates = [item for item in scored if item[1] >= last - WIDTH - 1e-6]
    assert rotate_ties("b", candidates, {}, WIDTH)[:limit] == rotate_ties("b", scored, {}, WIDTH)[:limit]


def test_band_starts_at_highest_score_and_does_not_chain():
    scored = [("a", 50.0), ("b", 49.8), ("c", 49.6), ("d", 49.4)]
    last_shown = {"a": 4, "b": 3, "c": 2, "d": 1}
    assert rotate_ties("x", scored, last_shown, WIDTH) == ["b", "a", "d", "c"]


def test_never_shown_comes_first_then_least_recent():
    scored = [("often", 50.0), ("once", 49.9), ("never", 49.8)]
    assert rotate_ties("x", scored, {"often": 7, "once": 2}, WIDTH) == ["never", "once", "often"]


def test_equally_recent_suppliers_are_ordered_by_brief():
    scored = [("a", 50.0), ("b", 50.0)]
    firsts = {rotate_ties(f"brief-{number}", scored, {"a": 1, "b": 1}, WIDTH)[0] for number in range(20)}
    assert firsts == {"a", "b"}


def test_index_rotates_ties_at_end_of_limited_list(glossary):
    tied_documents = [
        Document(
            id=name,
            name=name,
            text=f"Vi lager nettbutikk for gårdsutsalg. {name}",
            services=("ecm.shop",),
            looked_at=True,
        )
        for name in ("furulia", "granholt", "bjørkeli")
    ]
    index = Index.build([replace(tied_documents[0], price_from_nok=1), *tied_documents[1:]], glossary)
    query = Query("x", "Nettbutikk", "Vi trenger nettbutikk", needs=("ecm.shop",))
    unrotated = index.rank(query)
    tied = {
        match.document_id for match in unrotated.matches if unrotated.matches[0].score - match.score <= WIDTH
    }
    assert len(tied) > 1
    last_shown_at = dict.fromkeys(tied, 5) | {min(tied): 1}
    assert set(index.candidates(query, 1)) == tied
    first = index.rank(query, 1, last_shown=last_shown_at).matches[0]
    assert first.document_id == min(tied)
    assert first.score == unrotated.match(first.document_id).score


def test_empty_index_has_no_candidates(glossary):
    assert Index.build((), glossary).candidates(Query("x", "", "nettbutikk"), 5) == []
