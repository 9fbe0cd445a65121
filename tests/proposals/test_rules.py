"""Pure rules of offers: lifecycle, evaluation, content and validation."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from marketplace.briefs import deadlines
from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.i18n import use_locale
from marketplace.proposals import award_deadlines, lifecycle
from marketplace.proposals.lifecycle import ProposalActor, ProposalState
from marketplace.proposals.offer_content import BriefRequirements, OfferContent, PriceLine, RequirementAnswer
from marketplace.proposals.offer_validation import find_long_texts, find_problems
from marketplace.proposals.price_comparison import (
    Price,
    PriceKind,
    fill_gaps,
    find_cheapest,
    find_price_warnings,
    mean,
)
from marketplace.proposals.score_criteria import CRITERIA, DEFAULT_WEIGHTS, weighted_score
from tests.factories.offers import full_content
from tests.proposals.conftest import DEADLINE_DAY

pytestmark = pytest.mark.once

A, I, N, P = PriceKind.AMOUNT, PriceKind.INCLUDED, PriceKind.NOT_INCLUDED, PriceKind.NOT_PRICED
# The three offers of the design: shop, pick-up, payment, till, photos, training.
KVISTVERK = Price(1, (A, A, A, A, A, A), (58_000, 9_500, 6_000, 18_000, 16_000, 7_000), 1_290)
MYRULL = Price(2, (A, I, A, A, P, A), (64_000, None, 4_500, 22_000, None, 6_000), 1_650)
SKOGSFJORD = Price(3, (A, A, A, N, A, A), (49_500, 12_000, 6_500, None, 14_000, 8_000), 990)
THREE = (KVISTVERK, MYRULL, SKOGSFJORD)
TODAY = dt.date(2026, 11, 24)


def test_example_offers_have_expected_costs():
    assert [price.one_off for price in THREE] == [114_500, 96_500, 90_000]
    assert [price.over(24) for price in THREE] == [145_460, 136_100, 113_760]
    filled = fill_gaps(THREE)
    assert [filled[key].over(24) for key in (1, 2, 3)] == [145_460, 151_100, 133_760]
    assert [filled[key].over(36) for key in (1, 2, 3)] == [160_940, 170_900, 145_640]
    assert filled[2].fills == {4: 15_000}
    assert not filled[1].is_estimate


def test_cheapest_offer_has_gaps_and_spread():
    cheapest = find_cheapest(THREE)
    assert cheapest is not None
    assert (cheapest.cheapest, cheapest.gaps, cheapest.cheapest_filled, cheapest.spread) == (
        3,
        (3,),
        3,
        17_340,
    )
    assert find_cheapest((KVISTVERK,)) is None
    assert find_cheapest(()) is None


def test_gap_without_other_prices_is_not_filled():
    first = Price(1, (A, N), (10, None), 0)
    second = Price(2, (A, I), (20, None), 0)
    filled = fill_gaps((first, second))
    assert filled[1].open_gaps == (1,)
    assert filled[1].over(24) == 10


def test_example_scores_have_expected_totals():
    rows = {85: (5, 4, 3, 5), 80: (4, 5, 3, 4), 70: (3, 3, 5, 3)}
    for total, scores in rows.items():
        assert weighted_score(dict(zip(CRITERIA, scores, strict=True)), DEFAULT_WEIGHTS) == total


def test_weighted_score_needs_every_weighted_criterion():
    scores = {"understanding": 5}
    assert weighted_score(scores, DEFAULT_WEIGHTS) is None
    assert weighted_score(scores, {"understanding": 100, "price": 0}) == 100
    assert weighted_score(scores, {}) is None


@given(
    st.fixed_dictionaries({c: st.integers(0, 5) for c in CRITERIA}),
    st.fixed_dictionaries({c: st.integers(1, 100) for c in CRITERIA}),
)
def test_weighted_score_is_between_extremes(scores, weights):
    total = weighted_score(scores, weights)
    assert total is not None
    assert 20 * min(scores.values()) <= total <= 20 * max(scores.values())


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=8))
def test_mean_is_between_extremes(amounts):
    assert min(amounts) <= mean(amounts) <= max(amounts)


def test_price_warnings_for_over_budget_and_outlier_prices():
    cheap = Price(4, (A,), (10_000,), 0)
    dear = Price(5, (A,), (90_000,), 3_000)
    assert [(d.key, d.code) for d in find_price_warnings((cheap, dear), 50_000, 2_000)] == [
        (4, "far_below"),
        (5, "above_frame"),
        (5, "monthly_above"),
    ]
    assert not find_price_warnings((dear,), None, None)


def test_content_round_trips_through_storage():
    content = full_content()
    assert OfferContent.from_dict(content.to_dict()) == content
    assert OfferContent.from_dict(None) == OfferContent()
    assert OfferContent.from_dict({}) == OfferContent()


def test_content_follows_amended_brief():
    requirements = BriefRequirements(
        deliverables=("40 produktbilder", "Noe nytt"), must_have=("Henting på gården",)
    )
    fitted = full_content().adapted_to(requirements)
    assert fitted.price_lines == (
        PriceLine("40 produktbilder", PriceKind.AMOUNT, 16_000, "Tatt på gården"),
        PriceLine("Noe nytt"),
    )
    assert [claim.met for claim in fitted.evidence] == [True]
    assert fitted.wishes == ()


def test_draft_keeps_the_texts_about_reworded_requirements():
    content = full_content()
    parts = [line.deliverable for line in content.price_lines]
    reworded = BriefRequirements(
        deliverables=(*parts[:2], "60 produktbilder"),
        must_have=("Kobling til kassa", "Henting på gården hver dag"),
        nice_to_have=("Gavekort", "Kundeklubb"),
    )
    draft = content.draft_for(reworded)
    assert draft.price_lines == (
        *content.price_lines[:2],
        PriceLine("60 produktbilder", comment="Tatt på gården"),
    )
    assert draft.evidence == (
        content.evidence[0],
        RequirementAnswer("Henting på gården hver dag", text="Finnes i løsningen vår."),
    )
    assert draft.wishes == (content.wishes[0], RequirementAnswer("Kundeklubb")), "the list has another length"
    swapped = replace(reworded, deliverables=(parts[1], parts[0], parts[2]))
    assert content.draft_for(swapped).price_lines == content.adapted_to(swapped).price_lines


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"understanding": ""}, "understanding"),
        ({"understanding": "ord " * 121}, "understanding"),
        ({"price_lines": (PriceLine("a"), PriceLine("b"))}, "line_0_amount"),
        ({"monthly_nok": None}, "monthly_nok"),
        ({"start": None}, "start"),
        ({"start": dt.date(2026, 11, 1)}, "start"),
        ({"finish": None}, "finish"),
        ({"finish": dt.date(2027, 1, 1)}, "finish"),
        ({"team": ""}, "team"),
        ({"evidence": (RequirementAnswer("Kassa"),)}, "must_0_met"),
        ({"evidence": (RequirementAnswer("Kassa", met=True),)}, "must_0_text"),
        ({"ownership_accept": None}, "ownership_accept"),
        ({"ownership_accept": False}, "ownership_deviation"),
        ({"has_relation": None}, "has_relation"),
        ({"has_relation": True}, "relation"),
        ({"valid_until": None}, "valid_until"),
        ({"valid_until": dt.date(2026, 12, 1)}, "valid_until"),
        ({"assumptions": "ord " * 81}, "assumptions"),
        ({"wishes": (RequirementAnswer("Gavekort", met=True, text="ord " * 61),)}, "wish_0_text"),
    ],
)
def test_missing_value_is_reported_with_its_field(changes, field):
    assert [problem.field for problem in find_problems(full_content(**changes), TODAY, DEADLINE_DAY)] == [
        field
    ]


def test_offer_must_be_valid_until_the_company_decides():
    content = full_content(valid_until=dt.date(2026, 12, 17))
    with use_locale("en"):
        (problem,) = find_problems(content, TODAY, dt.date(2026, 12, 18))
    assert (problem.field, problem.message) == (
        "valid_until",
        "The offer must be valid at least until 18 December 2026, so that the company can choose it.",
    )
    assert not find_problems(content, TODAY, dt.date(2026, 12, 17))


def test_full_offer_has_no_problems():
    assert not find_problems(full_content(), TODAY, DEADLINE_DAY)
    assert not find_problems(
        full_content(evidence=(RequirementAnswer("Kassa", met=False),)), TODAY, DEADLINE_DAY
    )
    assert not find_long_texts(full_content())


def test_requirements_of_sparse_brief_are_empty():
    assert BriefRequirements.from_answers("T", {"deliverables": None, "weights": None}) == BriefRequirements(
        "T"
    )


def test_draft_after_deadline_is_displayed_as_not_sent():
    assert lifecycle.displayed_state(ProposalState.DRAFT, Phase.EVALUATING) == "not_sent"
    assert lifecycle.displayed_state(ProposalState.DRAFT, Phase.OPEN) == "draft"
    assert lifecycle.displayed_state(ProposalState.SUBMITTED, Phase.EVALUATING) == "submitted"


def test_transitions_need_right_actor_and_phase():
    supplier, company = (
        {ProposalActor.SUPPLIER_OWNER, ProposalActor.SUPPLIER_MEMBER},
        {ProposalActor.COMPANY_OWNER},
    )
    for name in ("save", "submit", "resume"):
        assert lifecycle.TRANSITIONS[name].phases == {Phase.OPEN}
        assert lifecycle.TRANSITIONS[name].actors <= supplier
    for name in ("award", "reject", "rule_out"):
        assert Phase.OPEN not in lifecycle.TRANSITIONS[name].phases
        assert lifecycle.TRANSITIONS[name].actors == company
    assert not lifecycle.can("submit", ProposalState.DRAFT, ProposalActor.SUPPLIER_MEMBER, Phase.OPEN)
    assert not lifecycle.can("withdraw", ProposalState.SUBMITTED, ProposalActor.SUPPLIER_OWNER, Phase.AWARDED)


def test_days_end_with_local_day_across_dst_change():
    since = clock.end_of_day(dt.date(2027, 3, 20))
    assert deadlines.lapses_at(since) == clock.end_of_day(dt.date(2027, 5, 4))
    assert award_deadlines.can_reopen(since, clock.end_of_day(dt.date(2027, 4, 3)))
    assert not award_deadlines.can_reopen(since, clock.start_of_day(dt.date(2027, 4, 4)))
    assert not award_deadlines.can_decline(since, clock.start_of_day(dt.date(2027, 3, 31)))


def test_sending_and_withdrawing_an_offer_need_the_same_right():
    for name in ("submit", "withdraw", "resume", "decline_award"):
        assert lifecycle.TRANSITIONS[name].actors == {ProposalActor.SUPPLIER_OWNER}
