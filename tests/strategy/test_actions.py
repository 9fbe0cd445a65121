"""Actions of a strategy: their order, what is refused, states, removal, and who sees them."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from marketplace.core import taxonomy
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company
from marketplace.strategy.examples import trade_examples
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import StrategyVersion
from marketplace.strategy.prioritizing import Prioritized, find_budget_overrun, has_cycle, prioritize
from marketplace.strategy.queries.actions import own_actions
from marketplace.strategy.use_cases import actions as use_cases
from marketplace.strategy.use_cases.actions import ActionDetails
from marketplace.strategy.use_cases.locking import strategy_for_writing
from tests import factories
from tests.support.browser import Browser
from tests.support.sql_capture import captured_sql

DAY = dt.date(2027, 3, 1)
PHOTOS = ActionDetails("Ta nye bilder", "supplier", service_code="med.photo")


def add(viewer: Viewer, what: str = "Ta nye bilder", **changes: Any) -> Action:
    return use_cases.add_action(viewer, replace(PHOTOS, what=what, **changes))


def objective(viewer: Viewer) -> Objective:
    added = Objective(
        strategy_id=strategy_for_writing(viewer).id, text="Flere bestillinger", kind="sales", unit="count",
        direction="up", target_milli=90_000, target_on=DAY, rhythm="monthly",
    )  # fmt: skip
    session.add(added)
    session.commit()
    return added


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([Prioritized(1, 1, 3), Prioritized(2, 3, 1), Prioritized(3, 2, 2)], [2, 3, 1]),
        ([Prioritized(1, 2, 2), Prioritized(2, 3, 3, DAY), Prioritized(3, 1, 1, DAY - dt.timedelta(1))], [3, 2, 1]),
        ([Prioritized(1, 3, 1, depends_on_id=2), Prioritized(2, 1, 3), Prioritized(3, 2, 1)], [2, 1, 3]),
        ([Prioritized(1, 3, 1, depends_on_id=99), Prioritized(2, 1, 1)], [1, 2]),
        ([Prioritized(1, 3, 1, depends_on_id=2), Prioritized(2, 1, 1, depends_on_id=1)], [2, 1]),
        ([], []),
    ],
)  # fmt: skip
def test_actions_are_ordered_by_effect_effort_due_date_and_dependency(
    actions: list[Prioritized], expected: list[int]
) -> None:
    assert prioritize(actions) == expected
    assert prioritize(reversed(actions)) == expected


def test_cycle_is_found_directly_and_through_others() -> None:
    assert has_cycle({1: None}, 1, 1)
    assert has_cycle({1: None, 2: 3, 3: 1}, 1, 2)
    assert not has_cycle({1: None, 2: 3, 3: None}, 1, 2)
    assert not has_cycle({}, 1, None)


def test_budget_overrun_counts_lowest_costs_and_is_zero_without_a_budget() -> None:
    assert find_budget_overrun([(40_000, 80_000), (None, 20_000), (None, None)], 50_000) == 10_000
    assert find_budget_overrun([(40_000, None)], None) == 0


def test_list_shows_three_first_and_dependency_before_them(owner: Viewer) -> None:
    camera = add(owner, "Kjøpe kamera", effect=1, effort=3)
    photos = add(owner, effect=3, effort=1, depends_on_id=camera.id)
    others = [add(owner, f"Tiltak {number}") for number in range(3)]
    use_cases.set_action_state(owner, others[0].id, "done")
    listed = own_actions(owner)
    assert [action.id for action in listed.first] == [camera.id, photos.id, others[1].id]
    assert [action.id for action in listed.later] == [others[2].id]
    assert [action.id for action in listed.closed] == [others[0].id]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cost_low_nok": 20_000, "cost_high_nok": 10_000}, "cost_high_nok"),
        ({"start_on": DAY, "due_on": DAY - dt.timedelta(1)}, "due_on"),
        ({"service_code": "no.such"}, "service_code"),
        ({"objective_id": 999_999}, "objective_id"),
        ({"depends_on_id": 999_999}, "depends_on_id"),
    ],
)
def test_contradicting_details_are_refused_at_their_field(
    owner: Viewer, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        add(owner, **changes)
    assert refused.value.field == field


def test_objective_and_action_of_another_company_are_refused(owner: Viewer) -> None:
    stranger = factories.member(factories.company())
    theirs, action = objective(stranger), add(stranger)
    with pytest.raises(RuleBroken):
        add(owner, objective_id=theirs.id)
    with pytest.raises(RuleBroken):
        add(owner, depends_on_id=action.id)
    for change in (use_cases.remove_action, use_cases.restore_action):
        with pytest.raises(NotFound):
            change(owner, action.id)


def test_action_that_would_depend_on_itself_is_refused(owner: Viewer) -> None:
    first = add(owner)
    second = add(owner, "Trykke brosjyre", depends_on_id=first.id)
    for target in (first.id, second.id):
        with pytest.raises(RuleBroken) as refused:
            use_cases.save_action(owner, first.id, replace(PHOTOS, depends_on_id=target))
        assert refused.value.field == "depends_on_id"


def test_restored_action_loses_a_dependency_that_became_a_cycle(owner: Viewer) -> None:
    first = add(owner)
    second = add(owner, "Trykke brosjyre", depends_on_id=first.id)
    third = add(owner, "Bestille trykk", depends_on_id=second.id)
    use_cases.remove_action(owner, second.id)
    use_cases.save_action(owner, first.id, replace(PHOTOS, depends_on_id=third.id))
    assert use_cases.restore_action(owner, second.id).depends_on_id is None


def test_change_after_a_colleague_has_saved_is_a_conflict(owner: Viewer) -> None:
    action = add(owner)
    seen = fingerprint(details_of(use_cases.ActionDetails, action))
    use_cases.save_action(owner, action.id, replace(PHOTOS, what="Ta bilder i juni"), seen)
    with pytest.raises(Conflict):
        use_cases.save_action(owner, action.id, replace(PHOTOS, what="Ta bilder i mai"), seen)


def test_each_change_is_in_the_version_of_the_editing_session(owner: Viewer) -> None:
    action = add(owner)
    use_cases.set_action_state(owner, action.id, "ongoing")
    version = session.query(StrategyVersion).one()
    assert [row["state"] for row in version.content["actions"]] == ["ongoing"]
    use_cases.remove_action(owner, action.id)
    session.refresh(version)
    assert version.content["actions"] == []


def test_finished_action_has_a_date_until_it_is_reopened(owner: Viewer) -> None:
    action = add(owner)
    assert use_cases.set_action_state(owner, action.id, "done").done_at is not None
    assert use_cases.set_action_state(owner, action.id, "planned").done_at is None
    with pytest.raises(RuleBroken):
        use_cases.set_action_state(owner, action.id, "paused")


def test_pages_add_change_finish_remove_and_restore_an_action(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    empty = client.page("/plan/actions")
    assert "Dere har ingen tiltak ennå." in empty.text
    prefilled = client.page("/plan/actions/new?example=2")
    assert "Ta nye bilder av det vi selger</textarea>" in prefilled.html
    data = {
        "what": "Ta nye bilder av hyttene", "performer": "supplier", "service_code": "med.photo", "effect": "3",
        "effort": "1", "cost_low_nok": "10 000", "cost_high_nok": "20 000", "due_on": "2027-06-20",
    }  # fmt: skip
    assert client.post("/plan/actions/new", data=data).status_code == 303
    action = session.query(Action).one()
    shown = client.page("/plan/actions").text
    assert "Ta nye bilder av hyttene" in shown
    assert "10 000–20 000 kr" in shown.replace("\N{NO-BREAK SPACE}", " ")
    path = f"/plan/actions/{action.id}"
    assert client.post(path, data=data | {"what": "Ta bilder i juni"}).status_code == 303
    assert client.post(f"{path}/state", data={"state": "done"}).status_code == 303
    assert session.get_one(Action, action.id).state == "done"
    assert client.post(f"{path}/remove").status_code == 303
    assert "Ta bilder i juni" in client.page("/plan/actions").text
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/restore").status_code == 303
    client.page(path)


def test_unused_examples_stay_until_there_are_three_actions(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    add(owner, "Måle tallet i dag")
    add(owner, "Ta nye bilder av det vi selger")
    paths = client.page("/plan/actions").links()
    assert paths["La kundene bestille på vår egen side"] == "/plan/actions/new?example=3"
    assert "Ta nye bilder av det vi selger" not in paths
    add(owner, "Fylle ut profilen")
    assert "La kundene bestille på vår egen side" not in client.page("/plan/actions").links()


def test_form_with_errors_keeps_what_was_typed(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    data = {
        "what": "Ny bookingside", "performer": "self", "effect": "2", "effort": "2", "cost_low_nok": "mange",
        "start_on": "2027-06-20", "due_on": "20.5.2027", "objective_id": "999999",
    }  # fmt: skip
    answer = client.post("/plan/actions/new", data=data)
    assert answer.status_code == 422
    assert "Ny bookingside</textarea>" in answer.text
    assert 'value="mange"' in answer.text
    assert session.query(Action).count() == 0


def test_other_companies_gardens_and_suppliers_do_not_reach_an_action(owner: Viewer, client: Browser) -> None:
    action = add(owner, "Bygge naust")
    stranger = factories.member(factories.company())
    assert client.sign_in(stranger.user_id or 0).get(f"/plan/actions/{action.id}").status_code == 404
    assert "naust" not in client.page("/plan/actions").text
    adviser = factories.member(factories.garden("Fjordgløtt"))
    assert client.sign_in(adviser.user_id or 0).get("/plan/actions").status_code == 403


def test_list_of_actions_needs_few_queries(owner: Viewer, client: Browser) -> None:
    for number in range(10):
        add(owner, f"Tiltak {number}", objective_id=None)
    client.sign_in(owner.user_id or 0).get("/plan/actions")
    with captured_sql() as statements:
        client.get("/plan/actions")
    assert len([text for text in statements if text.startswith("SELECT")]) <= 12


def test_chosen_service_and_those_of_the_trade_are_offered_first(owner: Viewer, client: Browser) -> None:
    page = client.sign_in(owner.user_id or 0).page("/plan/actions/new?example=2")
    inputs = [field for field in page.all("input") if field.get("name") == "service_code"]
    common = trade_examples(own_company(owner).sector_code).services
    codes = [str(field.get("value")) for field in inputs]
    assert codes[: len(common) + 2] == ["", "med.photo", *common]
    assert sorted(codes[1:]) == sorted(taxonomy.services())
    assert [field.get("value") for field in inputs if field.get("checked") is not None] == ["med.photo"]
