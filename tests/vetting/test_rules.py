"""Pure rules of vetting."""

import datetime as dt

import pytest

from marketplace.briefs import deadlines
from marketplace.core import clock, dates, taxonomy
from marketplace.core.i18n import use_locale
from marketplace.vetting import appeal_rules, rules

pytestmark = pytest.mark.once
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}T12:00:00+00:00")


@pytest.mark.parametrize(
    ("approved", "stands"),
    [
        ("2026-11-22", "approved"),
        ("2025-11-24", "approved"),
        ("2025-11-23", "due"),
        ("2025-09-24", "due"),
        ("2025-09-23", "dormant"),
        ("2020-01-01", "dormant"),
    ],
)
def test_approval_is_due_after_12_and_dormant_after_14_months(approved: str, stands: str) -> None:
    assert rules.status("approved", at(approved), NOW) == stands


@pytest.mark.parametrize("state", ["submitted", "changes_requested", "refused", "suspended"])
def test_status_without_approval_is_constant_over_time(state: str) -> None:
    assert rules.status(state, at("2020-01-01"), NOW) == state


@pytest.mark.parametrize("approved", ["2026-03-28T23:30Z", "2026-10-24T22:30Z", "2027-02-28T23:30Z"])
def test_approval_is_due_and_dormant_from_local_midnight(approved: str) -> None:
    """The moments are at half past midnight, local time, on 29 March, 25 October and 1 March."""
    moment = dt.datetime.fromisoformat(approved)
    for day, before, after in (
        (rules.due_on(moment), rules.APPROVED, rules.DUE),
        (rules.dormant_on(moment), rules.DUE, rules.DORMANT),
    ):
        midnight = clock.start_of_day(day)
        assert rules.status(rules.APPROVED, moment, midnight - dt.timedelta(seconds=1)) == before
        assert rules.status(rules.APPROVED, moment, midnight) == after


def test_transition_table_is_complete() -> None:
    allowed = {
        (stands, move): result
        for stands in rules.STATUSES
        for move in (*rules.DECISIONS, rules.SUBMIT)
        if (result := rules.next_state(move, stands))
    }
    assert allowed == {
        ("submitted", "approve"): "approved",
        ("submitted", "ask"): "changes_requested",
        ("submitted", "refuse"): "refused",
        ("changes_requested", "approve"): "approved",
        ("changes_requested", "refuse"): "refused",
        ("changes_requested", "submit"): "submitted",
        ("approved", "suspend"): "suspended",
        ("approved", "read"): "approved",
        ("due", "read"): "approved",
        ("due", "approve"): "approved",
        ("due", "suspend"): "suspended",
        ("due", "submit"): "approved",
        ("dormant", "approve"): "approved",
        ("dormant", "ask"): "changes_requested",
        ("dormant", "refuse"): "refused",
        ("dormant", "submit"): "submitted",
        ("refused", "submit"): "submitted",
        ("suspended", "reinstate"): "approved",
    }


@pytest.mark.parametrize("group", [group.code for group in taxonomy.groups()])
@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_criteria_exist_for_every_category_and_language(group: str, locale: str) -> None:
    with use_locale(locale):
        criteria = rules.criteria_for(group)
        assert {"identity", "case", "reference", "price", "terms"} <= {item.code for item in criteria}
        assert len(criteria) == 6
        assert all(item.label and item.ask and item.check for item in criteria)
        assert all(
            set(item.labels) == set(item.asks) == set(item.checks) == {"nb", "nn", "en"} for item in criteria
        )


def test_resubmission_counts_as_changed_only_if_different() -> None:
    decided = at("2026-11-20")
    assert not rules.has_changed(at("2026-11-19"), decided, "", [])
    assert rules.has_changed(at("2026-11-21"), decided, "", [])
    assert rules.has_changed(at("2026-11-19"), decided, "Ring Per", ["Ring Solveig"])
    assert not rules.has_changed(at("2026-11-19"), decided, " ring  solveig ", ["Ring Solveig"])


def test_waiting_time_is_counted_in_working_days() -> None:
    friday = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
    assert rules.working_days_waited(friday, dt.date(2026, 11, 23)) == 1
    assert rules.answer_due_on(friday) == dt.date(2026, 11, 30)


@pytest.mark.parametrize("local_time", ["00:30+02:00", "23:30+02:00"])
def test_periods_begin_on_the_local_date(local_time: str) -> None:
    moment = dt.datetime.fromisoformat(f"2027-08-10T{local_time}").astimezone(dt.UTC)
    assert appeal_rules.last_appeal_day(moment) == rules.reapply_from(moment) == dt.date(2027, 11, 8)
    assert rules.due_on(moment) == dt.date(2028, 8, 10)
    assert rules.dormant_on(moment) == dt.date(2028, 10, 10)
    assert rules.last_cooling_off_day(moment) == dt.date(2027, 9, 9)
    assert deadlines.lapses_at(moment) == clock.end_of_day(dt.date(2027, 9, 24))
    assert dates.end_of_day_after(moment, 90) == clock.end_of_day(dt.date(2027, 11, 8))
