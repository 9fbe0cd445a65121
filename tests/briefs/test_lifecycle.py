"""The rules of a brief's life, without a database."""

import datetime as dt
from itertools import product

import pytest

from marketplace.briefs import lifecycle
from marketplace.briefs.lifecycle import TRANSITIONS, BriefActor, BriefState, Phase
from marketplace.core import clock

pytestmark = pytest.mark.once
DEADLINE = clock.end_of_day(dt.date(2026, 12, 11))


def test_a_brief_is_open_to_the_last_second_of_its_deadline():
    second = dt.timedelta(seconds=1)
    assert lifecycle.phase("published", DEADLINE, None, DEADLINE - second) is Phase.OPEN
    assert lifecycle.phase("published", DEADLINE, None, DEADLINE) is Phase.OPEN
    assert lifecycle.phase("published", DEADLINE, None, DEADLINE + second) is Phase.EVALUATING


@pytest.mark.parametrize(
    "day", [dt.date(2026, 10, 24), dt.date(2026, 10, 25), dt.date(2027, 3, 27), dt.date(2027, 3, 28)]
)
def test_the_deadline_is_midnight_for_people_also_when_the_clocks_change(day):
    deadline = clock.end_of_day(day)
    assert clock.to_local(deadline).date() == day
    assert clock.to_local(deadline + dt.timedelta(seconds=1)).date() == day + dt.timedelta(days=1)


def test_a_brief_opened_early_is_being_evaluated_from_that_moment():
    early = DEADLINE - dt.timedelta(days=3)
    assert lifecycle.phase("published", DEADLINE, early, early - dt.timedelta(seconds=1)) is Phase.OPEN
    assert lifecycle.phase("published", DEADLINE, early, early) is Phase.EVALUATING


def test_open_and_evaluating_are_never_states():
    assert {Phase.OPEN, Phase.EVALUATING}.isdisjoint(set(BriefState))


def test_only_the_company_touches_a_draft_and_only_its_owner_sends_it():
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


def test_nothing_leads_away_from_what_is_over():
    over = (Phase.DELIVERED, Phase.NO_AWARD, Phase.WITHDRAWN, Phase.TERMINATED)
    for current, actor in product(over, BriefActor):
        assert lifecycle.allowed_transitions(current, actor) == frozenset()


def test_a_published_brief_can_never_become_a_draft_or_be_deleted():
    for transition in TRANSITIONS.values():
        if transition.target in {BriefState.DRAFT, BriefState.DELETED}:
            assert transition.sources <= {Phase.DRAFT, Phase.IN_REVIEW, Phase.WAITING, Phase.DELETED}


def test_every_phase_has_words():
    assert set(lifecycle.PHASE_LABELS) == set(Phase)


def test_questions_end_three_working_days_before_the_deadline_or_one_when_time_is_short():
    deadline = clock.end_of_day(dt.date(2026, 12, 11))
    long = lifecycle.question_deadline(clock.start_of_day(dt.date(2026, 11, 23)), deadline)
    short = lifecycle.question_deadline(clock.start_of_day(dt.date(2026, 12, 2)), deadline)
    assert long == clock.end_of_day(dt.date(2026, 12, 8))
    assert short == clock.end_of_day(dt.date(2026, 12, 10))
