"""Objectives of a strategy: what is stored, refused, removed and shown, and the action for an unknown baseline."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company
from marketplace.strategy.chart_geometry import draw_chart
from marketplace.strategy.examples import trade_examples
from marketplace.strategy.indicators import indicators
from marketplace.strategy.limits import MAX_OPEN_OBJECTIVES
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import StrategyVersion
from marketplace.strategy.objective_state import ObjectiveTerms, Reading
from marketplace.strategy.queries.objectives import own_objectives
from marketplace.strategy.use_cases import measurements, objectives as use_cases
from marketplace.strategy.use_cases.measurements import MeasurementDetails
from marketplace.strategy.use_cases.objectives import ObjectiveDetails
from tests import factories
from tests.support.browser import Browser
from tests.support.crawl import forms_on
from tests.support.page_rules import HtmlPage, text_of
from tests.support.sql_capture import captured_sql

DETAILS = ObjectiveDetails(
    text="Flere bestiller på nett",
    indicator="sal_orders",
    indicator_name="Bestillinger på nett",
    unit="count_month",
    own_unit="",
    direction="up",
    baseline=40_000,
    is_baseline_unknown=False,
    baseline_on=dt.date(2026, 10, 1),
    target=90_000,
    target_on=dt.date(2027, 6, 30),
    source="Bookingsystemet",
    rhythm="monthly",
    kind="sales",
)
UNKNOWN = {"baseline": None, "is_baseline_unknown": True, "baseline_on": None}
FORM = {
    "text": "Flere bestiller på nett",
    "indicator_name": "Bestillinger",
    "unit": "count_month",
    "direction": "up",
    "baseline": "40,5",
    "baseline_on": "2026-10-01",
    "target": "1 200.5",
    "target_on": "2027-06-30",
    "source": "",
    "rhythm": "monthly",
    "kind": "sales",
}


@pytest.fixture
def owner(app: Flask, time_machine: Any) -> Viewer:
    time_machine.move_to(dt.datetime(2026, 11, 15, 12, tzinfo=dt.UTC), tick=False)
    viewer = factories.member(factories.company(of=factories.garden()))
    session.commit()
    return viewer


def add(viewer: Viewer, **changes: Any) -> Objective:
    return use_cases.add_objective(viewer, replace(DETAILS, **changes))


def save(viewer: Viewer, objective: Objective, **changes: Any) -> Objective:
    return use_cases.save_objective(viewer, objective.id, replace(DETAILS, **changes))


def test_objective_is_stored_with_a_version(owner: Viewer) -> None:
    added = add(owner)
    version = session.scalars(select(StrategyVersion)).one()
    assert [row["id"] for row in version.content["objectives"]] == [added.id]


def test_unknown_baseline_adds_one_action_due_in_thirty_days(owner: Viewer) -> None:
    added = add(owner, **UNKNOWN)
    save(owner, added, text="Enda flere bestiller på nett", **UNKNOWN)
    assert use_cases.plan_baseline(owner, added.id) is False
    action = session.scalars(select(Action)).one()
    assert (action.objective_id, action.performer) == (added.id, "self")
    assert action.due_on == dt.date(2026, 12, 15)
    assert added.baseline_milli is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"baseline": None}, "baseline"),
        ({"is_baseline_unknown": True}, "baseline"),
        ({"baseline": -1}, "baseline"),
        ({"target": 10**12 * 1000 + 1}, "target"),
        ({"unit": "share", "target": 100_001}, "target"),
        ({"unit": "own"}, "own_unit"),
        ({"baseline_on": dt.date(2026, 11, 16)}, "baseline_on"),
    ],
)
def test_impossible_objective_is_refused_beside_its_field(
    owner: Viewer, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        add(owner, **changes)
    assert refused.value.field == field


def test_unit_and_direction_are_fixed_once_measured(owner: Viewer) -> None:
    added = add(owner)
    save(owner, added, unit="count")
    save(owner, added)
    measurements.add_measurement(owner, added.id, MeasurementDetails(dt.date(2026, 11, 1), 45_000))
    for changes in ({"unit": "nok"}, {"direction": "down"}, {"baseline_on": dt.date(2026, 11, 2)}):
        with pytest.raises(RuleBroken) as refused:
            save(owner, added, **changes)
        assert refused.value.field == next(iter(changes))
    assert save(owner, added, target=95_000).target_milli == 95_000


def test_form_of_measured_objective_shows_unit_and_direction_as_text(owner: Viewer, client: Browser) -> None:
    added = add(owner)
    path = f"/plan/objectives/{added.id}/edit"
    client.sign_in(owner.user_id or 0)
    assert client.page(path).one(id="unit").tag == "select"
    measurements.add_measurement(owner, added.id, MeasurementDetails(dt.date(2026, 11, 1), 45_000))
    page = client.page(path)
    assert "Antall per måned" in text_of(page.one(id="unit"))
    assert "Det skal opp" in text_of(page.one(id="direction"))
    refused = HtmlPage(client.post(path, data=FORM | {"unit": "nok"}).text)
    assert "endret hva målingene betyr" in text_of(refused.one(id="unit-error"))
    form = next(form for form in forms_on(refused, path) if form.action == path)
    sent = form.default_data() | {"target": ["95"], "baseline": ["40"]}
    assert sent["unit"] == ["count_month"]
    assert client.post(path, data=sent).status_code == 303
    assert session.scalars(select(Objective)).one().target_milli == 95_000


def test_change_of_a_colleague_is_not_overwritten(owner: Viewer) -> None:
    added = add(owner)
    seen = fingerprint(use_cases.objective_details(added))
    save(owner, added, text="En annen tekst")
    with pytest.raises(Conflict):
        use_cases.save_objective(owner, added.id, replace(DETAILS, text="Min tekst"), seen)


def test_number_of_objectives_is_limited(owner: Viewer) -> None:
    removed = add(owner)
    use_cases.remove_objective(owner, removed.id)
    for _index in range(MAX_OPEN_OBJECTIVES):
        add(owner)
    for act in (lambda: add(owner), lambda: use_cases.restore_objective(owner, removed.id)):
        with pytest.raises(RuleBroken):
            act()


def test_removed_objective_is_restored_with_its_measurements(owner: Viewer) -> None:
    added = add(owner)
    measurements.add_measurement(owner, added.id, MeasurementDetails(dt.date(2026, 11, 1), 45_000))
    use_cases.remove_objective(owner, added.id)
    assert [one.id for one in own_objectives(owner).removed] == [added.id]
    use_cases.restore_objective(owner, added.id)
    shown = own_objectives(owner).current[0]
    assert len(shown.valid) == 1


def test_another_company_finds_nothing(owner: Viewer, client: Browser) -> None:
    added = add(owner)
    one = measurements.add_measurement(owner, added.id, MeasurementDetails(dt.date(2026, 11, 1), 45_000))
    stranger = factories.member(factories.company(of=factories.garden()))
    session.commit()
    with pytest.raises(NotFound):
        save(stranger, added)
    client.sign_in(stranger.user_id or 0)
    for end in ("", "/edit", "/measure", f"/measurements/{one.id}"):
        assert client.get(f"/plan/objectives/{added.id}{end}").status_code == 404


def test_suggested_indicator_fills_the_form(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    assert 'href="/plan/objectives/new?indicator=sal_orders"' in client.page("/plan/objectives").html
    page = client.page("/plan/objectives/new?indicator=sal_direct_share")
    assert "Andel direktebestillinger" in page.html
    assert indicators()["sal_direct_share"].instructions["nb"] in page.text
    client.page("/plan/objectives/new?indicator=<script>")


def test_objective_of_the_trade_is_offered_and_fills_the_form(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    [(code, text), *_others] = trade_examples(own_company(owner).sector_code).suggested_objectives()
    for path in ("/plan", "/plan/objectives"):
        link = client.page(path).links()[text]
        form = client.page(link)
        assert f"For eksempel: {text}" in form.text
        assert f"{indicators()[code].objective}</textarea>" in form.html
        assert f'value="{code}"' in form.html
    add(owner, indicator=code)
    assert text not in client.page("/plan/objectives").links()
    assert client.get(f"/plan/objectives/new?indicator={'x' * 99}&from=trade").status_code == 200


def test_form_keeps_decimals_and_shows_warnings(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    sent = client.post("/plan/objectives/new", data=FORM)
    assert sent.status_code == 303
    stored = session.scalars(select(Objective)).one()
    assert (stored.baseline_milli, stored.target_milli) == (40_500, 1_200_500)
    assert sent.headers["Location"] == f"/plan/objectives#objective-{stored.id}"
    page = client.page(sent.headers["Location"])
    assert "Fra 40,5 per måned til 1 200,5 per måned" in page.text.replace("\u00a0", " ")
    assert "Skriv hvor tallet kommer fra" in page.text


def test_form_with_errors_keeps_the_text(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    values = FORM | {"unit": "share", "target": "140", "baseline": "mange"}
    answer = client.post("/plan/objectives/new", data=values)
    assert answer.status_code == 422
    assert 'value="mange"' in answer.get_data(as_text=True)
    answer = client.post("/plan/objectives/new", data=values | {"baseline": ""})
    assert "fra 0 til 100 prosent" in answer.get_data(as_text=True)
    assert "kryss av for at dere ikke vet det" in answer.get_data(as_text=True)


def test_errors_of_fields_and_of_rules_are_shown_together(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    answer = client.post("/plan/objectives/new", data=FORM | {"baseline": "", "target": ""})
    shown = answer.get_data(as_text=True)
    assert "Skriv tallet dere vil nå" in shown
    assert "kryss av for at dere ikke vet det" in shown
    answer = client.post("/plan/objectives/new", data=FORM | {"baseline": "mange"})
    assert "kryss av for at dere ikke vet det" not in answer.get_data(as_text=True)


def test_suggestions_stay_until_there_are_two_objectives(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    add(owner)
    assert client.page("/plan/objectives").all(id="suggested")
    add(owner, indicator="sal_leads")
    assert not client.page("/plan/objectives").all(id="suggested")


def test_list_and_page_show_chart_and_table_in_few_queries(owner: Viewer, client: Browser) -> None:
    for _index in range(6):
        added = add(owner)
        for month in (10, 11):
            details = MeasurementDetails(dt.date(2026, month, 2), 45_000)
            measurements.add_measurement(owner, added.id, details)
    client.sign_in(owner.user_id or 0).page("/plan/objectives")
    for path in ("/plan/objectives", f"/plan/objectives/{added.id}"):
        with captured_sql() as statements:
            page = client.page(path)
        assert len(statements) <= 12
        assert "<svg" in page.html
        assert ("Steg 4 av 8" in page.text) == path.endswith("objectives")
    assert "Dere har mer enn 5 mål" in client.page("/plan/objectives").text


@pytest.mark.parametrize(
    "readings",
    [
        [],
        [(1, dt.date(2026, 1, 1), 0)],
        [(1, dt.date(2026, 1, 1), 5), (2, dt.date(2026, 1, 2), 10**15)],
        [(1, dt.date(2026, 1, 1), -(10**15)), (2, dt.date(2027, 1, 2), 10**15)],
    ],
)
@pytest.mark.parametrize("baseline", [None, 0, 5_000])
def test_chart_stays_inside_its_frame(readings: list[Any], baseline: int | None) -> None:
    terms = ObjectiveTerms(
        "up", baseline, 5_000, dt.date(2026, 6, 1), dt.date(2026, 1, 1) if baseline is not None else None
    )
    chart = draw_chart(terms, [Reading(*row) for row in readings])
    if chart is None:
        assert not readings
        assert baseline is None
        return
    assert 2 <= len(chart.ticks) <= 8
    for point in [*chart.points, chart.target, *([chart.baseline] if chart.baseline else [])]:
        assert chart.left <= point.x <= chart.right
        assert 0 < point.y <= chart.bottom


def test_new_target_date_in_the_past_is_refused(owner: Viewer, client: Browser, time_machine: Any) -> None:
    client.sign_in(owner.user_id or 0).set_cookie("locale", "en")
    refused = client.post("/plan/objectives/new", data=FORM | {"target_on": "2026-11-14"})
    assert refused.status_code == 422
    assert "The target date has passed." in refused.text
    path = f"/plan/objectives/{add(owner).id}/edit"
    time_machine.move_to(dt.datetime(2027, 7, 1, 12, tzinfo=dt.UTC), tick=False)
    client.sign_in(owner.user_id or 0)
    assert client.post(path, data=FORM | {"target_on": "2027-06-29"}).status_code == 422
    assert client.post(path, data=FORM).status_code == 303, "the saved date stays"
