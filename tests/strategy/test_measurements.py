"""Measurements of objectives: adding, correcting, numbers of outcomes, and reminders."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.queries.objectives import own_objectives
from marketplace.strategy.use_cases import measurements as use_cases, objectives
from marketplace.strategy.use_cases.measurements import MeasurementDetails, record_outcome_measurement
from marketplace.strategy.use_cases.reminders import remind_of_measurements
from tests import factories
from tests.strategy.test_objectives import UNKNOWN, add
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently

NOW = dt.datetime(2026, 11, 15, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 15)
EARLIER = dt.date(2026, 11, 10)


@pytest.fixture
def owner(app: Flask, time_machine: Any) -> Viewer:
    time_machine.move_to(NOW, tick=False)
    viewer = factories.member(factories.company(of=factories.garden()))
    session.commit()
    return viewer


def share(viewer: Viewer) -> Objective:
    return add(viewer, unit="share", indicator="sal_direct_share", baseline=20_000, target=45_000)


def measure(viewer: Viewer, objective: Objective, value: int | None, **values: Any) -> Measurement:
    day = values.pop("measured_on", TODAY)
    return use_cases.add_measurement(viewer, objective.id, MeasurementDetails(day, value, **values))


def correct(viewer: Viewer, old: Measurement, value: int, **values: Any) -> Measurement:
    details = MeasurementDetails(old.measured_on, value, **values)
    return use_cases.correct_measurement(viewer, old.objective_id, old.id, details)


def test_correction_is_a_new_row_and_the_old_one_is_shown_struck(owner: Viewer, client: Browser) -> None:
    objective = add(owner)
    old = measure(owner, objective, 450_000)
    new = correct(owner, old, 45_000)
    assert (old.value_milli, new.value_milli, new.replaces_id) == (450_000, 45_000, old.id)
    shown = own_objectives(owner).current[0]
    assert shown.state.status == "on_the_way"
    page = client.sign_in(owner.user_id or 0).page(f"/plan/objectives/{objective.id}")
    assert "<del>450" in page.html
    with pytest.raises(Conflict):
        correct(owner, old, 46_000)


def test_two_corrections_at_once_leave_one(app: Flask, owner: Viewer) -> None:
    old = measure(owner, add(owner), 450_000)
    objective_id, old_id = old.objective_id, old.id

    def act(index: int) -> None:
        details = MeasurementDetails(TODAY, 45_000 + index)
        use_cases.correct_measurement(owner, objective_id, old_id, details)

    results = run_concurrently(app, act, count=4)
    assert [type(one) for one in results].count(Conflict) == 3
    assert len(session.scalars(select(Measurement)).all()) == 2


def test_withdrawn_number_no_longer_counts_and_is_shown_with_name(owner: Viewer, client: Browser) -> None:
    objective = add(owner, baseline=20_000, target=45_000)
    kept, wrong = (
        measure(owner, objective, 30_000, measured_on=TODAY),
        measure(owner, objective, 450_000, measured_on=EARLIER),
    )
    use_cases.withdraw_measurement(owner, objective.id, wrong.id)
    shown = own_objectives(owner).current[0]
    assert [one.id for one in shown.valid] == [kept.id]
    page = client.sign_in(owner.user_id or 0).page(f"/plan/objectives/{objective.id}")
    assert "<del>450" in page.html
    assert f"trukket av {owner.name} 15. november 2026" in page.text
    for replace in (
        lambda: correct(owner, wrong, 46_000),
        lambda: use_cases.withdraw_measurement(owner, objective.id, wrong.id),
    ):
        with pytest.raises(Conflict):
            replace()
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "measurement.withdraw")).one()
    assert event.actor_id == owner.user_id
    assert measure(owner, objective, 25_000, measured_on=EARLIER).replaces_id is None


def test_withdrawal_itself_cannot_be_corrected_or_withdrawn(owner: Viewer) -> None:
    old = measure(owner, add(owner), 450_000)
    row = use_cases.withdraw_measurement(owner, old.objective_id, old.id)
    with pytest.raises(NotFound):
        correct(owner, row, 46_000)
    with pytest.raises(NotFound):
        use_cases.withdraw_measurement(owner, old.objective_id, row.id)
    assert own_objectives(owner).current[0].state.status == "not_measured"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": None}, "value"),
        ({"value": -1}, "value"),
        ({"value": 10**15 + 1}, "value"),
        ({"value": 1, "measured_on": TODAY + dt.timedelta(1)}, "measured_on"),
        ({"value": 1, "measured_on": dt.date(2026, 9, 30)}, "measured_on"),
    ],
)
def test_impossible_measurement_is_refused_beside_its_field(
    owner: Viewer, values: dict[str, Any], field: str
) -> None:
    objective = add(owner)
    with pytest.raises(RuleBroken) as refused:
        measure(owner, objective, **values)
    assert refused.value.field == field


def test_second_value_for_a_date_is_refused(owner: Viewer) -> None:
    objective = add(owner)
    correct(owner, measure(owner, objective, 1_000), 2_000)
    with pytest.raises(RuleBroken) as refused:
        measure(owner, objective, 3_000)
    assert refused.value.field == "measured_on"
    earlier = measure(owner, objective, 3_000, measured_on=EARLIER)
    with pytest.raises(RuleBroken) as refused:
        use_cases.correct_measurement(owner, objective.id, earlier.id, MeasurementDetails(TODAY, 3_000))
    assert refused.value.field == "measured_on"


def test_measurement_after_others_does_not_become_the_baseline(owner: Viewer) -> None:
    objective = add(owner, **UNKNOWN)
    first = measure(owner, objective, 1_000, measured_on=EARLIER)
    with pytest.raises(RuleBroken) as refused:
        measure(owner, objective, 2_000, is_baseline=True)
    assert refused.value.field == "is_baseline"
    correct(owner, first, 1_500, is_baseline=True)
    assert (objective.baseline_milli, objective.baseline_on) == (1_500, EARLIER)


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ({"value": 33_000}, 33_000),
        ({"value": None, "numerator": 1, "denominator": 3}, 33_333),
        ({"value": 33_000, "numerator": 1, "denominator": 3}, 33_333),
    ],
)
def test_share_is_stored_with_its_two_numbers(owner: Viewer, values: dict[str, Any], stored: int) -> None:
    assert measure(owner, share(owner), **values).value_milli == stored


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": 100_001}, "value"),
        ({"value": 50_000, "numerator": 1, "denominator": 3}, "value"),
        ({"value": None, "numerator": 4, "denominator": 3}, "numerator"),
        ({"value": None, "numerator": 0, "denominator": 0}, "denominator"),
        ({"value": None, "numerator": 1}, "denominator"),
    ],
)
def test_impossible_share_is_refused(owner: Viewer, values: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        measure(owner, share(owner), **values)
    assert refused.value.field == field


def test_first_number_becomes_the_baseline_when_ticked(owner: Viewer) -> None:
    objective = add(owner, **UNKNOWN)
    first = measure(owner, objective, 40_000, is_baseline=True)
    assert (objective.baseline_milli, objective.baseline_on) == (40_000, TODAY)
    correct(owner, first, 42_000, is_baseline=True)
    assert objective.baseline_milli == 42_000


def test_known_baseline_is_not_replaced_by_a_measurement(owner: Viewer) -> None:
    objective = add(owner)
    measure(owner, objective, 50_000, is_baseline=True)
    assert objective.baseline_milli == 40_000


def test_measurement_in_another_unit_than_shown_is_a_conflict(owner: Viewer) -> None:
    objective = add(owner)
    with pytest.raises(Conflict):
        use_cases.add_measurement(owner, objective.id, MeasurementDetails(TODAY, 1_000), "nok")


def test_forms_save_decimals_and_corrections(owner: Viewer, client: Browser) -> None:
    objective = add(owner)
    client.sign_in(owner.user_id or 0)
    path = f"/plan/objectives/{objective.id}/measure"
    values = {"value": "45.5", "measured_on": "2026-11-15", "source": "Kassa", "seen": "count_month"}
    assert client.post(path, data=values | {"value": "-4"}).status_code == 422
    assert client.post(path, data=values).status_code == 303
    one = session.scalars(select(Measurement)).one()
    assert (one.value_milli, one.source) == (45_500, "Kassa")
    path = f"/plan/objectives/{objective.id}/measurements/{one.id}"
    assert 'value="45,5"' in client.page(path).html
    assert client.post(path, data=values | {"value": "46,25"}).status_code == 303
    assert client.get(path).status_code == 303


def test_outcome_is_recorded_once_and_corrected_by_a_new_row(owner: Viewer) -> None:
    objective = add(owner)
    objectives.remove_objective(owner, objective.id)
    with transaction():
        first = record_outcome_measurement(objective.id, 50_000, TODAY, "2026-0001", owner)
        again = record_outcome_measurement(objective.id, 50_000, TODAY, "2026-0001", owner)
        changed = record_outcome_measurement(objective.id, 55_000, TODAY, "2026-0001", owner)
    assert first.id == again.id
    assert changed.replaces_id == first.id
    assert (first.origin, first.brief_reference) == ("outcome", "2026-0001")


def test_outcome_of_another_company_is_refused(owner: Viewer) -> None:
    objective = add(owner)
    stranger = factories.member(factories.company(of=factories.garden()))
    session.commit()
    with pytest.raises(NotFound), transaction():
        record_outcome_measurement(objective.id, 50_000, TODAY, "2026-0001", stranger)


def test_one_reminder_for_all_due_objectives_and_not_again_before_the_next(
    owner: Viewer, time_machine: Any
) -> None:
    for baseline_on in (dt.date(2026, 10, 15), dt.date(2026, 10, 10), dt.date(2026, 11, 1)):
        add(owner, baseline_on=baseline_on)
    assert remind_of_measurements() == 1
    assert remind_of_measurements() == 0
    notice = session.scalars(select(Notice).where(Notice.kind == "measure_due")).one()
    assert notice.subject == "2 mål skal måles"
    time_machine.move_to(NOW + dt.timedelta(days=16), tick=False)
    assert remind_of_measurements() == 1, "the third is due on 1 December"
    time_machine.move_to(dt.datetime(2026, 12, 10, 12, tzinfo=dt.UTC), tick=False)
    assert remind_of_measurements() == 1, "the second was due again on 10 December"


def test_reminder_follows_the_local_date_when_the_clocks_change(owner: Viewer, time_machine: Any) -> None:
    objective = add(owner, baseline_on=dt.date(2026, 9, 28), rhythm="quarterly")
    objective.baseline_on = dt.date(2026, 12, 28)
    session.commit()
    # The clocks go forward on 28 March 2027: 05:30 in UTC is 07:30 in Norway, and 22:30 is the next day there.
    for moment, sent in (
        (dt.datetime(2027, 3, 27, 22, 30, tzinfo=dt.UTC), 0),
        (dt.datetime(2027, 3, 28, 4, 30, tzinfo=dt.UTC), 0),
        (dt.datetime(2027, 3, 28, 5, 30, tzinfo=dt.UTC), 1),
        (dt.datetime(2027, 3, 28, 22, 30, tzinfo=dt.UTC), 0),
    ):
        time_machine.move_to(moment, tick=False)
        assert remind_of_measurements() == sent, moment


def test_two_processes_send_one_reminder(app: Flask, owner: Viewer) -> None:
    add(owner, baseline_on=dt.date(2026, 10, 10))
    run_concurrently(app, lambda _index: remind_of_measurements(), count=3)
    assert len(session.scalars(select(Notice).where(Notice.kind == "measure_due")).all()) == 1


def test_home_page_has_a_task_for_due_objectives(owner: Viewer, client: Browser) -> None:
    objective = add(owner, baseline_on=dt.date(2026, 10, 10))
    client.sign_in(owner.user_id or 0)
    assert f"/plan/objectives/{objective.id}/measure" in client.page("/home").html
    measure(owner, objective, 41_000)
    assert "/measure" not in client.page("/home").html
