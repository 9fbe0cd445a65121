"""The vectorised criteria agree with those computed supplier by supplier."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, strategies as st

from marketplace.matching import CaseText, Document, Index, MatchingSettings, Position, Query, criteria
from marketplace.matching.index.attribute_columns import REASONS, AttributeColumns

SETTINGS = MatchingSettings()
PLACES = ("5021", "5022", "5001")
SECTORS = ("food-drink", "tourism")
SERVICES = ("ecm.shop", "med.photo", "web.site")
days = st.none() | st.dates(dt.date(2026, 11, 1), dt.date(2027, 6, 1))
positions = st.none() | st.builds(Position, st.floats(58.0, 71.0), st.floats(5.0, 31.0))
cases = st.builds(
    CaseText,
    st.just("En jobb"),
    st.lists(st.sampled_from(SERVICES), max_size=2).map(tuple),
    st.sampled_from(("", *SECTORS)),
)
documents = st.builds(
    Document,
    id=st.just(""),
    name=st.just("Navn"),
    text=st.just("Tekst"),
    sectors=st.lists(st.sampled_from(SECTORS), unique=True).map(tuple),
    position=positions,
    municipality=st.none() | st.sampled_from(PLACES),
    area=st.lists(st.sampled_from(PLACES), unique=True).map(tuple),
    remote=st.booleans(),
    price_from_nok=st.none() | st.integers(0, 500_000),
    languages=st.lists(st.sampled_from(["nb", "nn", "en", "sma"]), unique=True).map(tuple),
    next_start=days,
    cases=st.lists(cases, max_size=3).map(tuple),
)
queries = st.builds(
    Query,
    id=st.just("q"),
    title=st.sampled_from(["", "Nettbutikk med henting på gården", "Bilder av varene"]),
    text=st.just(""),
    needs=st.lists(st.sampled_from(SERVICES), unique=True).map(tuple),
    sector=st.sampled_from(("", *SECTORS)),
    municipality=st.none() | st.sampled_from(PLACES),
    position=positions,
    presence=st.sampled_from(["must", "some", "remote"]),
    budget_max_nok=st.none() | st.integers(0, 400_000),
    languages=st.lists(st.sampled_from(["nb", "nn", "en", "sma"]), unique=True).map(tuple),
    start_from=days,
    finish_by=days,
)


@given(directory=st.lists(documents, min_size=1, max_size=12), query=queries, data=st.data())
def test_columns_agree_with_single_criteria(directory, query, data):
    columns = AttributeColumns.of(directory, SETTINGS)
    in_words = data.draw(st.sets(st.integers(0, len(directory) - 1)))
    evidence = np.array(
        data.draw(st.lists(st.floats(0, 1), min_size=len(directory), max_size=len(directory)))
    )
    shares = {
        "sector": columns.sector(query, sorted(in_words)),
        "place": columns.place(query),
        "budget": columns.budget(query),
        "availability": columns.availability(query),
    }
    reasons, over_budget = columns.reasons(query, evidence), columns.over_budget(query)
    for row, document in enumerate(directory):
        results = {
            "sector": criteria.sector(query, document, SETTINGS, in_words=row in in_words),
            "place": criteria.place(query, document, SETTINGS),
            "budget": criteria.budget(query, document, SETTINGS),
            "availability": criteria.availability(query, document, SETTINGS),
        }
        for code, result in results.items():
            assert shares[code][row] == pytest.approx(result.share, abs=1e-9), code
        excluded = criteria.exclusion(query, document, float(evidence[row]), SETTINGS)
        assert REASONS[reasons[row]] == (excluded.reason if excluded else "")
        lacks = {code for code, _ in results["budget"].lacks}
        assert bool(over_budget[row]) == (criteria.OVER_BUDGET in lacks)


@given(query=queries, limit=st.integers(1, 6))
def test_limited_ranking_is_prefix_of_full_ranking(index: Index, query: Query, limit: int):
    full, limited = index.rank(query), index.rank(query, limit)
    assert limited.matches == full.matches[:limit]
    assert limited.excluded == full.excluded


@given(query=queries)
def test_fit_counts_agree_with_ranking(index: Index, query: Query):
    ranking, fit = index.rank(query), index.fit(query)
    assert fit.fits == sum(match.fits for match in ranking.matches)
    assert fit.fits + fit.over_budget + fit.related_only == len(ranking.matches)
    reasons = [exclusion.reason for exclusion in ranking.excluded]
    assert fit.excluded == {reason: reasons.count(reason) for reason in set(reasons)}
