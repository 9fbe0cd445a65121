"""State, progress, due dates and warnings of objectives."""

import datetime as dt
import random
from fractions import Fraction

import pytest

from marketplace.strategy.objective_state import (
    ObjectiveTerms,
    Reading,
    Status,
    last_due,
    next_due,
    objective_state,
)
from marketplace.strategy.objective_warnings import ObjectiveWarning, common_warnings, objective_warnings
from tests.strategy.reference_objective_state import reference_state

DAY_0 = dt.date(2026, 1, 1)
TODAY = dt.date(2026, 6, 15)


def terms(direction="up", baseline=40_000, target=90_000, target_on=dt.date(2027, 6, 30), **values):
    return ObjectiveTerms(direction, baseline, target, target_on, **values)


def reading(number, day, value, replaces=None):
    return Reading(number, day, value, replaces)


def random_case(rng):
    """Return a random case with few, small values, so that values often equal each other, the target or the baseline."""
    values = [rng.randint(-3, 3) * 1000 + rng.choice((0, 0, 1, 500)) for _ in range(3)]
    baseline = rng.choice((None, *values))
    target = rng.choice(values)
    history = []
    for number in range(1, rng.randint(0, 6) + 1):
        free = [row[0] for row in history if row[0] not in {other[3] for other in history}]
        replaces = rng.choice(free) if free and rng.random() < 0.3 else None
        value = rng.choice((target, target + 1, target - 1, *values))
        history.append((number, rng.randint(0, 40), value, replaces))
    return rng.random() < 0.5, baseline, target, rng.randint(5, 35), history, rng.randint(0, 45)


def test_ten_thousand_random_objectives_agree_with_the_reference():
    rng = random.Random(20261129)
    seen = set()
    for _ in range(10_000):
        case = random_case(rng)
        is_down, baseline, target, target_day, history, today = case
        got = objective_state(
            terms("down" if is_down else "up", baseline, target, DAY_0 + dt.timedelta(target_day)),
            [Reading(number, DAY_0 + dt.timedelta(day), value, old) for number, day, value, old in history],
            DAY_0 + dt.timedelta(today),
        )
        status, value, share = reference_state(*case)
        assert got.status == status, case
        assert (got.latest.value_milli if got.latest else None) == value, case
        assert got.progress == (Fraction(*share) if share else None), case
        seen.add((is_down, status, baseline is None, share is None))
    assert len(seen) >= 14, "the cases cover every status in both directions, with and without baseline"


@pytest.mark.parametrize(
    ("direction", "value", "status"),
    [
        ("up", 89_999, Status.ON_THE_WAY),
        ("up", 90_000, Status.REACHED),
        ("up", 90_001, Status.REACHED),
        ("down", 90_001, Status.ON_THE_WAY),
        ("down", 90_000, Status.REACHED),
        ("down", 89_999, Status.REACHED),
    ],
)
def test_value_at_or_beyond_the_target_is_reached(direction, value, status):
    one = terms(direction, baseline=None)
    assert objective_state(one, [reading(1, TODAY, value)], TODAY).status is status


def test_unknown_baseline_gives_no_progress():
    assert objective_state(terms(baseline=None), [reading(1, TODAY, 45_000)], TODAY).progress is None
    assert objective_state(terms(baseline=0), [reading(1, TODAY, 45_000)], TODAY).progress == Fraction(1, 2)


def test_baseline_equal_to_target_gives_no_progress():
    assert objective_state(terms(baseline=90_000), [reading(1, TODAY, 80_000)], TODAY).progress is None


def test_objective_in_time_remains_reached_after_its_date():
    one = terms(target_on=TODAY)
    readings = [reading(1, TODAY, 95_000), reading(2, TODAY + dt.timedelta(30), 50_000)]
    assert objective_state(one, readings, TODAY + dt.timedelta(31)).status is Status.REACHED


def test_target_met_after_its_date_is_reached_late():
    one = terms(target_on=TODAY)
    readings = [reading(1, TODAY, 50_000), reading(2, TODAY + dt.timedelta(1), 95_000)]
    assert objective_state(one, readings, TODAY + dt.timedelta(1)).reached_late
    in_time = [reading(1, TODAY, 95_000), reading(2, TODAY + dt.timedelta(1), 96_000)]
    assert not objective_state(one, in_time, TODAY + dt.timedelta(1)).reached_late
    assert objective_state(one, readings[:1], TODAY).status is Status.ON_THE_WAY
    assert objective_state(one, readings[:1], TODAY + dt.timedelta(1)).status is Status.NOT_REACHED


def test_objective_without_measurement_is_never_not_reached():
    assert objective_state(terms(target_on=TODAY), [], TODAY + dt.timedelta(1)).status is Status.NOT_MEASURED


def test_corrected_reading_no_longer_counts():
    readings = [reading(1, TODAY, 95_000), reading(2, TODAY - dt.timedelta(1), 9_500, replaces=1)]
    state = objective_state(terms(), readings, TODAY)
    assert state.status is Status.ON_THE_WAY
    assert state.latest == readings[1]


@pytest.mark.parametrize(
    ("rhythm", "readings", "due"),
    [
        ("monthly", [], dt.date(2026, 2, 28)),
        ("quarterly", [], dt.date(2026, 4, 30)),
        ("once", [], dt.date(2027, 6, 30)),
        ("monthly", [reading(1, dt.date(2026, 3, 31), 1)], dt.date(2026, 4, 30)),
        ("monthly", [reading(1, dt.date(2027, 6, 10), 1)], dt.date(2027, 6, 30)),
        ("monthly", [reading(1, dt.date(2027, 6, 30), 1)], None),
        ("once", [reading(1, dt.date(2026, 3, 31), 1)], dt.date(2027, 6, 30)),
    ],
)
def test_next_due_date_follows_the_rhythm(rhythm, readings, due):
    assert next_due(terms(rhythm=rhythm, baseline_on=dt.date(2026, 1, 31)), readings) == due


def test_last_due_date_advances_while_nothing_is_measured():
    one = terms(rhythm="monthly", baseline_on=dt.date(2026, 1, 31), target_on=dt.date(2026, 4, 15))
    days = [dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 4, 14), dt.date(2026, 12, 1)]
    assert [last_due(one, [], day) for day in days] == [
        None,
        dt.date(2026, 2, 28),
        dt.date(2026, 3, 31),
        dt.date(2026, 4, 15),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"baseline": 90_000}, [ObjectiveWarning.TARGET_EQUALS_BASELINE]),
        ({"baseline": 100_000}, [ObjectiveWarning.TARGET_WORSE]),
        ({"baseline": 100_000, "direction": "down"}, []),
        ({"baseline": 40_000, "direction": "down"}, [ObjectiveWarning.TARGET_WORSE]),
        ({"baseline": None}, [ObjectiveWarning.NO_BASELINE]),
        ({"target_on": TODAY - dt.timedelta(1)}, [ObjectiveWarning.TARGET_IN_PAST]),
        ({"target_on": TODAY}, []),
        ({"target_on": TODAY, "baseline_on": TODAY}, [ObjectiveWarning.TARGET_BEFORE_BASELINE]),
        ({"source": " "}, [ObjectiveWarning.NO_SOURCE]),
    ],
)
def test_warnings_name_what_to_look_at_again(values, expected):
    assert objective_warnings(terms(**{"source": "Booking system", **values}), TODAY) == expected


def test_warnings_about_all_objectives_together():
    visits = terms(indicator="vis_visits")
    assert common_warnings([]) == []
    assert common_warnings([visits, visits]) == [ObjectiveWarning.ONLY_VISITS]
    assert common_warnings([visits, terms(indicator="sal_orders")]) == []
    assert common_warnings([terms()] * 6) == [ObjectiveWarning.TOO_MANY]
