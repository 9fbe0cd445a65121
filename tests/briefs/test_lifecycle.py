"""Lifecycle rules of briefs, without a database."""

import datetime as dt
from itertools import product

import pytest

from marketplace.briefs import deadlines, lifecycle
from marketplace.briefs.lifecycle import TRANSITIONS, BriefActor, BriefState, Phase
from marketplace.core import clock

pytestmark = pytest.mark.once
DEADLINE = clock.end_of_day(dt.date(2026, 12, 11))


def test_brief_is_open_until_last_second_of_deadline():
    second = dt.timedelta(seconds=1)
    assert lifecycle.phase("published", DEADLINE, None, DEADLINE - second) is Phase.OPEN
    assert lifecycle.phase("published", DEADLINE, None, DEADLINE) is Phase.OPEN
    assert lifecycle.phase("published", DEADLINE, None, DEADLINE + second) is Phase.EVALUATING


@pytest.mark.parametrize(
    "day", [dt.date(2026, 10, 24), dt.date(2026, 10, 25), dt.date(2027, 3, 27), dt.date(2027, 3, 28)]
)
def test_deadline_is_local_midnight_across_dst_change(day):
    deadline = clock.end_of_day(day)
    assert clock.to_local(deadline).date() == day
    assert clock.to_local(deadline + dt.timedelta(seconds=1)).date() == day + dt.timedelta(days=1)


def test_brief_opened_early_is_evaluating_at_once():
    early = DEADLINE - dt.timedelta(days=3)
    assert lifecycle.phase("published", DEADLINE, early, early - dt.timedelta(seconds=1)) is Phase.OPEN
    assert lifecycle.phase("published", DEADLINE, early, early) is Phase.EVALUATING


def test_open_and_evaluating_are_not_stored_states():
    assert {Phase.OPEN, Phase.EVALUATING}.isdisjoint(set(BriefState))


def test_draft_is_edited_by_company_and_published_by_owner():
    assert lifecycle.allowed_transitions(Phase.DRAFT, BriefActor.MEMBER) == {"save", "delete", "ask_review"}
    assert lifecycle.allowed_transitions(Phase.DRAFT, BriefActor.OWNER) == {
        "save",
        "delete",
        "ask_review",
        "publish",
        "submit",
    }
    assert lifecycle.allowed_transitions(Phase.DRAFT, BriefActor.GARDEN) == frozenset()
    assert lifecycle.allowed_transitions(Phase.IN_REVIEW, BriefActor.GARDEN) == {"answer_review"}


def test_final_states_have_no_transitions():
    over = (Phase.DELIVERED, Phase.NO_AWARD, Phase.WITHDRAWN, Phase.TERMINATED)
    for current, actor in product(over, BriefActor):
        assert lifecycle.allowed_transitions(current, actor) == frozenset()


def test_published_brief_never_becomes_draft_or_deleted():
    for transition in TRANSITIONS.values():
        if transition.target in {BriefState.DRAFT, BriefState.DELETED}:
            assert transition.sources <= {Phase.DRAFT, Phase.IN_REVIEW, Phase.WAITING, Phase.DELETED}


def test_every_phase_has_a_label():
    assert set(lifecycle.PHASE_LABELS) == set(Phase)


def test_question_deadline_is_three_or_one_working_days_before():
    deadline = clock.end_of_day(dt.date(2026, 12, 11))
    long = deadlines.question_deadline(clock.start_of_day(dt.date(2026, 11, 23)), deadline)
    short = deadlines.question_deadline(clock.start_of_day(dt.date(2026, 12, 2)), deadline)
    assert long == clock.end_of_day(dt.date(2026, 12, 8))
    assert short == clock.end_of_day(dt.date(2026, 12, 10))
