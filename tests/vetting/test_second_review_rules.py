"""Pure rules of refusals and appeals."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, strategies as st

from marketplace.core import places
from marketplace.vetting import appeal_rules, second_review_rules
from marketplace.vetting.second_review_rules import ReviewerRole

pytestmark = pytest.mark.once
SECOND = ReviewerRole(is_asked=True, is_curator=True)
FIRST = ReviewerRole(is_asked=True, is_curator=True, took_part=True)
MOVES = ("confirm", "return", "withdraw", "grant", "uphold")
STATES = ("proposed", "confirmed", "returned", "withdrawn", "waiting", "granted", "stands")


def test_transition_table_is_complete() -> None:
    allowed = {
        (state, move): result
        for state, move in itertools.product(STATES, (*MOVES, "approve", ""))
        if (result := second_review_rules.next_state(move, state))
    }
    assert allowed == {
        ("proposed", "confirm"): "confirmed",
        ("proposed", "return"): "returned",
        ("proposed", "withdraw"): "withdrawn",
        ("waiting", "grant"): "granted",
        ("waiting", "uphold"): "stands",
    }


def test_second_confirms_or_returns_and_proposer_withdraws() -> None:
    assert second_review_rules.actions_for(SECOND, "proposed") == ("confirm", "return")
    assert second_review_rules.actions_for(FIRST, "proposed") == ("withdraw",)
    assert second_review_rules.actions_for(SECOND, "waiting") == ("grant", "uphold")
    assert second_review_rules.actions_for(FIRST, "waiting") == ()
    for state in STATES[1:4] + STATES[5:]:
        assert (
            second_review_rules.actions_for(SECOND, state)
            == second_review_rules.actions_for(FIRST, state)
            == ()
        )


@given(st.tuples(*[st.booleans()] * 4), st.sampled_from((*MOVES, "approve")))
def test_reviewer_must_be_asked_curator_and_independent(
    where: tuple[bool, bool, bool, bool], move: str
) -> None:
    asked, curator, tied, took_part = where
    role = ReviewerRole(asked, curator, tied, took_part)
    if move == "withdraw":
        assert second_review_rules.can(move, role) == (asked and curator and took_part)
    elif move == "approve":
        assert not second_review_rules.can(move, role)
    else:
        assert second_review_rules.can(move, role) == (where == (True, True, False, False))


def test_nearest_garden_is_chosen_and_ties_go_to_the_oldest() -> None:
    assert second_review_rules.nearest_garden("5021", {}) is None
    assert second_review_rules.nearest_garden("5021", {4: "5056", 7: "5022", 9: "5025"}) == 7
    assert second_review_rules.nearest_garden("5021", {9: "5025", 3: "5025"}) == 3
    assert second_review_rules.nearest_garden("5021", {2: "", 9: "5025"}) == 9, (
        "one without a place is the last"
    )
    assert second_review_rules.nearest_garden("", {8: "5025", 3: "5056"}) == 3


@given(st.sampled_from(sorted(places.municipalities_by_number())), st.permutations(["5056", "5025", "5059"]))
def test_garden_choice_is_deterministic(seat: str, order: list[str]) -> None:
    seats = {"5056": 1, "5025": 2, "5059": 3}
    mixed = second_review_rules.nearest_garden(seat, {seats[number]: number for number in order})
    assert mixed == second_review_rules.nearest_garden(
        seat, {number: place for place, number in seats.items()}
    )


@pytest.mark.parametrize(
    ("standing", "days", "has_appealed", "expected"),
    [
        ("refused", 0, False, True),
        ("refused", 90, False, True),
        ("refused", 91, False, False),
        ("refused", 3, True, False),
        ("changes_requested", 3, False, False),
        ("submitted", 3, False, False),
        ("suspended", 3, False, False),
    ],
)
def test_refusal_can_be_appealed_once_within_ninety_days(
    standing: str, days: int, has_appealed: bool, expected: bool
) -> None:
    refused_at = dt.datetime(2026, 8, 3, 12, tzinfo=dt.UTC)
    today = refused_at.date() + dt.timedelta(days=days)
    assert appeal_rules.can_appeal_refusal(standing, refused_at, today, has_appealed=has_appealed) == expected


def test_vetting_without_refusal_cannot_be_appealed() -> None:
    assert not appeal_rules.can_appeal_refusal("refused", None, dt.date(2026, 8, 3), has_appealed=False)


def test_reminder_is_due_after_five_working_days() -> None:
    monday = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    assert not second_review_rules.is_reminder_due(monday, dt.date(2026, 11, 9))
    assert second_review_rules.is_reminder_due(monday, dt.date(2026, 11, 10))
