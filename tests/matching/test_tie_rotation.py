"""Among nearly equal scores the one shown least recently comes first, and never across bands."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import Document, Index, Query
from marketplace.matching.ranking import rotate_ties

SCORES = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.floats(0, 100), max_size=30)
WIDTH = 0.25


def best_first(scores):
    return sorted(scores.items(), key=lambda item: -item[1])


@given(SCORES, st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 9)))
def test_nobody_comes_before_one_who_is_more_than_the_width_better(scores, shown):
    order = rotate_ties("b", best_first(scores), shown, WIDTH)
    assert sorted(order) == sorted(scores)
    for earlier, later in pairwise(order):
        assert scores[later] <= scores[earlier] + WIDTH + 1e-9


@given(SCORES, st.integers(1, 10))
def test_the_first_places_are_the_same_when_the_rest_is_cut_off_below_the_last_band(scores, limit):
    scored = best_first(scores)
    last = scored[min(limit, len(scored)) - 1][1] if scored else 0.0
    enough = [item for item in scored if item[1] >= last - WIDTH - 1e-6]
    assert rotate_ties("b", enough, {}, WIDTH)[:limit] == rotate_ties("b", scored, {}, WIDTH)[:limit]


def test_a_band_begins_at_its_highest_score_and_does_not_grow_link_by_link():
    scored = [("a", 50.0), ("b", 49.8), ("c", 49.6), ("d", 49.4)]
    shown = {"a": 4, "b": 3, "c": 2, "d": 1}
    assert rotate_ties("x", scored, shown, WIDTH) == ["b", "a", "d", "c"]


def test_those_never_shown_come_first_and_then_the_one_shown_longest_ago():
    scored = [("often", 50.0), ("once", 49.9), ("never", 49.8)]
    assert rotate_ties("x", scored, {"often": 7, "once": 2}, WIDTH) == ["never", "once", "often"]


def test_equals_that_were_shown_together_are_drawn_by_the_brief():
    scored = [("a", 50.0), ("b", 50.0)]
    firsts = {rotate_ties(f"brief-{number}", scored, {"a": 1, "b": 1}, WIDTH)[0] for number in range(20)}
    assert firsts == {"a", "b"}


def test_an_index_gives_the_turn_to_the_one_not_shown_also_at_the_end_of_a_short_list(glossary):
    alike = [
        Document(
            id=name,
            name=name,
            text=f"Vi lager nettbutikk for gårdsutsalg. {name}",
            services=("ecm.shop",),
            looked_at=True,
        )
        for name in ("furulia", "granholt", "bjørkeli")
    ]
    index = Index.build([replace(alike[0], price_from_nok=1), *alike[1:]], glossary)
    query = Query("x", "Nettbutikk", "Vi trenger nettbutikk", needs=("ecm.shop",))
    plain = index.rank(query)
    tied = {match.document_id for match in plain.matches if plain.matches[0].score - match.score <= WIDTH}
    assert len(tied) > 1
    shown = dict.fromkeys(tied, 5) | {min(tied): 1}
    assert set(index.candidates(query, 1)) == tied
    first = index.rank(query, 1, last_shown=shown).matches[0]
    assert first.document_id == min(tied)
    assert first.score == plain.match(first.document_id).score


def test_an_index_without_suppliers_has_no_contenders(glossary):
    assert Index.build((), glossary).candidates(Query("x", "", "nettbutikk"), 5) == []
