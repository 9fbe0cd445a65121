"""The ranked list: order, ranks, ties, exclusions and serialization."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from marketplace.matching import (
    PART_CODES,
    CaseText,
    Document,
    Glossary,
    Index,
    Match,
    MatchingSettings,
    Position,
    Query,
    Ranking,
)
from tests.support.any_text import any_text

OPPDAL = "5021"
SHOP_BRIEF = Query(
    id="brief-1",
    title="Nettbutikk med henting på gården",
    text="Kunden skal hente på gården og betale med Vipps. Lageret må stemme med kassa.",
    needs=("ecm.shop",),
    sector="food-drink",
    municipality=OPPDAL,
    presence="some",
    budget_min_nok=50_000,
    budget_max_nok=100_000,
    languages=("nb",),
)


def _changed(**values: Any) -> Query:
    return dataclasses.replace(SHOP_BRIEF, **values)


def test_best_fitting_supplier_is_first(index: Index) -> None:
    ranking = index.rank(SHOP_BRIEF)
    assert ranking.matches[0].document_id == "shop"
    assert [match.rank for match in ranking.matches] == list(range(1, len(ranking.matches) + 1))


def test_parts_add_up_within_their_maxima(index: Index) -> None:
    for match in index.rank(_changed(needs=())).matches:
        assert sum(part.value for part in match.explanation.parts) == pytest.approx(match.score, abs=1e-9)
        assert [part.code for part in match.explanation.parts] == list(PART_CODES)
        for part in match.explanation.parts:
            assert -1e-9 <= part.value <= part.maximum + 1e-9
            assert part.maximum == index.settings.maximum(part.code)


def test_matching_words_add_up_to_their_part(index: Index) -> None:
    explanation = index.rank(SHOP_BRIEF).matches[0].explanation
    words = [term for term in explanation.terms if term.part == "words"]
    assert sum(term.value for term in words) == pytest.approx(explanation.part("words").value, abs=1e-9)
    pairs = {(term.query_words, term.document_words) for term in words}
    assert (("Vipps",), ("Vipps",)) in pairs
    assert (("Lageret",), ("lager",)) not in pairs


@pytest.mark.parametrize(
    ("change", "reason", "who"),
    [
        ({"needs": ("med.drone",)}, "services", {"shop", "english", "ads", "silent"}),
        ({"needs": (), "presence": "must"}, "area", {"english"}),
        ({"needs": (), "languages": ("en",)}, "languages", {"shop", "photo"}),
    ],
)
def test_hard_requirement_excludes_with_reason(
    index: Index, change: dict[str, Any], reason: str, who: set[str]
) -> None:
    excluded = index.rank(_changed(**change)).excluded
    assert who <= {exclusion.document_id for exclusion in excluded if exclusion.reason == reason}


def test_supplier_starting_after_finish_date_is_excluded(
    suppliers: list[Document], glossary: Glossary
) -> None:
    late = dataclasses.replace(suppliers[0], next_start=dt.date(2027, 6, 1))
    index = Index.build([late], glossary)
    assert index.rank(_changed(finish_by=dt.date(2027, 5, 1))).excluded[0].reason == "time"
    assert index.rank(_changed(finish_by=dt.date(2027, 7, 1))).matches


def test_soft_requirement_lowers_score_and_is_noted(index: Index) -> None:
    cheap = index.rank(_changed(budget_max_nok=20_000, needs=())).match("shop")
    rich = index.rank(_changed(needs=())).match("shop")
    assert cheap
    assert rich
    assert cheap.score < rich.score
    assert not cheap.is_within_budget
    assert "over_budget" in dict(cheap.explanation.lacks)


def test_missing_must_haves_are_noted(index: Index) -> None:
    query = _changed(must_haves=("Betaling med Vipps", "Kjørelys i traktoren"))
    lacks = [
        params["text"]
        for code, params in index.rank(query).matches[0].explanation.lacks
        if code == "must_have_not_shown"
    ]
    assert lacks == ["Kjørelys i traktoren"]
    assert index.count_showing(query, "Betaling med Vipps") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"budget_min_nok": None, "budget_max_nok": 10_000},
        {"presence": "must", "municipality": "5007"},
        {"needs": ("med.photo",)},
        {"title": "Bilder av gården", "text": "Vi vil ha bilder av dyr og mat."},
    ],
)
def test_earlier_queries_change_no_result(
    suppliers: list[Document], glossary: Glossary, index: Index, change: dict[str, Any]
) -> None:
    changed, fresh = _changed(**change), Index.build(suppliers, glossary)
    alone = fresh.rank(changed), fresh.fit(changed), fresh.count_showing(changed, "Vipps")
    index.rank(SHOP_BRIEF)
    assert (index.rank(changed), index.fit(changed), index.count_showing(changed, "Vipps")) == alone
    index.fit(SHOP_BRIEF)
    assert (index.fit(changed), index.rank(changed)) == (alone[1], alone[0])


def test_fit_counts_agree_with_ranking(index: Index) -> None:
    for query in (SHOP_BRIEF, _changed(presence="must"), _changed(needs=(), budget_max_nok=10_000)):
        ranking, fit = index.rank(query), index.fit(query)
        assert fit.fits == sum(match.fits for match in ranking.matches)
        assert fit.fits + fit.over_budget + fit.related_only == len(ranking.matches)
        assert sum(fit.excluded.values()) == len(ranking.excluded)


def test_ties_are_ordered_by_brief_not_by_name(suppliers: list[Document], glossary: Glossary) -> None:
    twins = [dataclasses.replace(suppliers[0], id=f"twin-{i}") for i in range(4)]
    index = Index.build(twins, glossary)
    backwards = Index.build(twins[::-1], glossary)
    orders = set()
    for number in range(12):
        query = _changed(id=f"brief-{number}")
        order = tuple(match.document_id for match in index.rank(query).matches)
        assert order == tuple(match.document_id for match in backwards.rank(query).matches)
        orders.add(order)
    assert len(orders) > 3


def test_keyword_stuffing_scores_below_honest_profile(suppliers: list[Document], glossary: Glossary) -> None:
    honest = suppliers[0]
    stuffed = dataclasses.replace(honest, id="stuffed", text="Nettbutikker med kasse." + " nettbutikk" * 50)
    ranking = Index.build([*suppliers, stuffed], glossary).rank(SHOP_BRIEF)
    scores = {match.document_id: match.score for match in ranking.matches}
    assert scores["stuffed"] < scores["shop"]


def test_ranking_round_trips_through_json(index: Index) -> None:
    ranking = index.rank(_changed(presence="must", must_haves=("Kobling til kassa",)))
    serialized = json.dumps(ranking.to_dict())
    assert Ranking.from_dict(json.loads(serialized)) == ranking
    assert json.dumps(Ranking.from_dict(json.loads(serialized)).to_dict()) == serialized


def test_documents_and_queries_round_trip_through_json(suppliers: list[Document]) -> None:
    query = _changed(position=Position(62.6, 9.7), start_from=dt.date(2027, 1, 1))
    assert Query.from_dict(json.loads(json.dumps(query.to_dict()))) == query
    for document in suppliers:
        assert Document.from_dict(json.loads(json.dumps(document.to_dict()))) == document
    with pytest.raises(ValueError, match="unknown field: colour"):
        Query.from_dict({"colour": "red"})


def test_unknown_service_is_refused(suppliers: list[Document], glossary: Glossary, index: Index) -> None:
    with pytest.raises(ValueError, match=r"query brief-1: unknown service no\.such"):
        index.rank(_changed(needs=("ecm.shop", "no.such")))
    with pytest.raises(ValueError, match=r"query brief-1: unknown service no\.such"):
        index.judge(_changed(needs=("no.such",)), "shop")
    ticked = dataclasses.replace(suppliers[0], services=("no.such",))
    with pytest.raises(ValueError, match=r"document shop: unknown service no\.such"):
        Index.build([ticked], glossary)
    shown = dataclasses.replace(suppliers[0], cases=(CaseText("En jobb", ("ecm.shop", "nor.this")),))
    with pytest.raises(ValueError, match=r"document shop: unknown service nor\.this"):
        index.updated([shown, *suppliers[1:]])


def test_single_code_instead_of_tuple_is_refused(
    suppliers: list[Document], glossary: Glossary, index: Index
) -> None:
    message = "services must be a tuple of codes, not the text 'ecm.shop'"
    with pytest.raises(TypeError, match=f"query brief-1: {message}"):
        index.rank(_changed(needs="ecm.shop"))
    with pytest.raises(TypeError, match=f"document shop: {message}"):
        Index.build([dataclasses.replace(suppliers[0], services="ecm.shop")], glossary)  # type: ignore[arg-type]  # because that is refused


def test_negative_limit_is_refused(index: Index) -> None:
    assert index.rank(_changed(), 0).matches == ()
    with pytest.raises(ValueError, match="limit must not be negative, but is -1"):
        index.rank(_changed(), -1)


def test_documents_with_same_id_are_refused(
    suppliers: list[Document], glossary: Glossary, index: Index
) -> None:
    with pytest.raises(ValueError, match="several documents have the id shop"):
        Index.build([*suppliers, suppliers[0]], glossary)
    added = dataclasses.replace(suppliers[0], id="new")
    with pytest.raises(ValueError, match="several documents have the id new"):
        index.updated([*suppliers, added, added])


def test_retired_service_is_accepted_in_old_texts(glossary: Glossary, suppliers: list[Document]) -> None:
    entry = {"code": "web.old", "retired": True, "replaced_by": "web.site"}
    labels = dict.fromkeys(("nb", "nn", "en"), "Nettside")
    service = {"code": "web.site", "label": labels, "about": labels}
    small = Glossary.from_taxonomy({"groups": [{"services": [entry, service]}]}, glossary.resources)
    old = Document(id="old", name="Gammel", text="Nettsider", services=("web.old", "web.site"))
    (match,) = (
        Index.build([old], small).rank(Query("b", "Nettside", "", needs=("web.old", "web.site"))).matches
    )
    assert match.explanation.part("services").value > 0
    with pytest.raises(ValueError, match=r"texts for unknown services: web\.old"):
        Glossary.from_taxonomy(
            {"groups": [{"services": [entry, service]}]}, glossary.resources, {"web.old": {"nb": ["x"]}}
        )


def test_settings_must_add_up_to_100() -> None:
    with pytest.raises(ValueError, match="not 100"):
        MatchingSettings(max_words=50)
    assert MatchingSettings.from_dict(MatchingSettings(k1=1.5).to_dict()).k1 == 1.5


def test_empty_index_has_no_matches(glossary: Glossary) -> None:
    index = Index.build((), glossary)
    assert index.rank(SHOP_BRIEF).matches == ()
    assert index.fit(SHOP_BRIEF).fits == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=any_text(max_size=40),
    text=st.one_of(any_text(max_size=200), st.sampled_from(["🧀" * 50, "\x00\x1b", "nettbutikk " * 9_000])),
    needs=st.lists(st.sampled_from(["ecm.shop", "med.photo", "web.site"]), max_size=2, unique=True),
    presence=st.sampled_from(["must", "some", "remote"]),
    top=st.one_of(st.none(), st.integers(0, 10**9)),
)
def test_any_brief_can_be_ranked(
    index: Index, title: str, text: str, needs: list[str], presence: str, top: int | None
) -> None:
    query = Query(
        "q", title, text, needs=tuple(needs), presence=presence, municipality=OPPDAL, budget_max_nok=top
    )
    ranking = index.rank(query)
    assert len(ranking.matches) + len(ranking.excluded) == len(index.documents)
    assert [match.score for match in ranking.matches] == sorted(
        (m.score for m in ranking.matches), reverse=True
    )
    for match in ranking.matches:
        assert 0 <= match.score <= 100
        assert match.score == pytest.approx(sum(part.value for part in match.explanation.parts), abs=1e-9)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(5)))
def test_document_order_does_not_matter(
    suppliers: list[Document], glossary: Glossary, index: Index, order: list[int]
) -> None:
    shuffled = Index.build([suppliers[i] for i in order], glossary).rank(SHOP_BRIEF)
    expected = index.rank(SHOP_BRIEF)
    assert [match.document_id for match in shuffled.matches] == [
        match.document_id for match in expected.matches
    ]
    for one, other in zip(shuffled.matches, expected.matches, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-9)


def test_judge_agrees_with_ranking_except_for_rank(index: Index) -> None:
    query = _changed(must_haves=("Kjørelys i traktoren",))
    ranking = index.rank(query)
    for match in ranking.matches:
        one = index.judge(query, match.document_id)
        assert isinstance(one, Match)
        assert (one.rank, one.score) == (0, match.score)
        assert one.explanation == dataclasses.replace(match.explanation, terms=())
    assert [index.judge(query, exclusion.document_id) for exclusion in ranking.excluded] == list(
        ranking.excluded
    )
    assert index.judge(query, "nobody") is None


def test_candidates_are_all_who_may_rank_first_after_rotation(index: Index, glossary: Glossary) -> None:
    query = _changed(needs=())
    matches = index.rank(query).matches
    last = matches[1].score - index.settings.fair_width
    assert set(index.candidates(query, 2)) == {m.document_id for m in matches if m.score >= last}
    assert len(index.candidates(query, 99)) == len(matches)


def test_empty_index_answers_every_query(glossary: Glossary) -> None:
    index = Index.build((), glossary)
    assert index.candidates(SHOP_BRIEF, 5) == []
    assert index.count_showing(SHOP_BRIEF, "Vipps") == 0
    assert index.judge(SHOP_BRIEF, "shop") is None


def test_query_in_other_words_is_compared_by_characters(glossary: Glossary) -> None:
    texts = {"books": "bibliotek", "music": "kulturskole"}
    index = Index.build([Document(id=i, name="", text=text) for i, text in texts.items()], glossary)

    def points(text: str) -> dict[str, float]:
        matches = index.rank(Query("q", "", text, lang="en")).matches
        return {match.document_id: match.explanation.part("words").value for match in matches}

    assert points("bibliographic")["books"] > points("bibliographic")["music"]
    assert 0 < points("biographies")["books"] < 5
    assert points("biographies kulturskole")["books"] == 0
