"""Versions of a strategy: one per editing session, readable differences, restoring, and the times of the phases."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.strategy.completeness import StrategyPhase
from marketplace.strategy.content import Budget, from_json
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.queries.plan import plan_of, strategy_of
from marketplace.strategy.queries.versions import changes_between, own_versions
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.restoring import restore_version
from marketplace.strategy.use_cases.sections import save_section, set_language
from marketplace.strategy.use_cases.versions import save_version
from tests import factories
from tests.strategy.test_completeness import FULL
from tests.support.browser import Browser
from tests.support.sql_capture import captured_sql

MAX_STATEMENTS = 12
RISK = {"gaps": (), "risks": ("Lite laks i elva",)}


def strategy(viewer: Viewer) -> Strategy:
    session.expire_all()
    found = strategy_of(viewer.organisation_id)
    assert found
    return found


def save_all(viewer: Viewer) -> None:
    review_on = clock.today() + dt.timedelta(days=120)
    content = replace(FULL, review_on=review_on)
    for section in ("company", "customers", "channels", "budget"):
        save_section(viewer, section, content.section(section))


def add_rows(viewer: Viewer) -> tuple[list[Objective], list[Action]]:
    with transaction():
        own = strategy_for_writing(viewer)
        objectives = [
            Objective(
                strategy_id=own.id, text=f"Mål {kind}", kind=kind, unit="count", direction="up",
                baseline_milli=1000, target_milli=2000, target_on=clock.today(), rhythm="once", source="booking",
            )
            for kind in ("visibility", "sales")
        ]  # fmt: skip
        session.add_all(objectives)
        session.flush()
        actions = [
            Action(strategy_id=own.id, what=f"Tiltak {n}", performer="self", objective_id=objectives[0].id)
            for n in range(3)
        ]
        session.add_all(actions)
        save_version(viewer, own)
    return objectives, actions


def numbers(viewer: Viewer) -> list[tuple[int, str]]:
    return [(version.number, version.reason) for version in own_versions(viewer)]


def test_saves_of_one_person_within_half_an_hour_are_one_version(owner: Viewer) -> None:
    save_section(owner, "gaps", RISK)
    save_section(owner, "gaps", {"gaps": (), "risks": ("Snø",)})

    assert numbers(owner) == [(1, "saved")]


def test_another_person_and_a_pause_begin_a_new_version(owner: Viewer) -> None:
    save_section(owner, "gaps", RISK)
    colleague = factories.member(session.get_one(type(strategy(owner).company), owner.organisation_id))
    save_section(colleague, "gaps", {"gaps": (), "risks": ("Snø",)})
    own_versions(owner)[0].saved_at -= dt.timedelta(minutes=31)
    session.commit()
    save_section(colleague, "gaps", {"gaps": (), "risks": ("Regn",)})

    assert [number for number, _reason in numbers(owner)] == [3, 2, 1]


def test_times_of_started_and_complete_are_set_once_and_stay_when_a_field_is_emptied(owner: Viewer) -> None:
    save_all(owner)
    assert strategy(owner).started_at is not None
    assert strategy(owner).completed_at is None
    add_rows(owner)
    completed_at = strategy(owner).completed_at
    assert completed_at is not None
    assert numbers(owner)[0] == (2, "complete")

    save_section(owner, "company", FULL.section("company") | {"vision": ""})

    assert plan_of(strategy(owner)).phase is StrategyPhase.STARTED
    assert strategy(owner).completed_at == completed_at


def test_differences_name_the_field_and_the_words(owner: Viewer) -> None:
    save_section(owner, "gaps", RISK)
    own_versions(owner)[0].saved_at -= dt.timedelta(hours=1)
    session.commit()
    save_section(owner, "gaps", {"gaps": (), "risks": ("Mye laks i elva",)})
    save_section(owner, "budget", {"budget": Budget(20_000)})
    newest, older = own_versions(owner)

    change, amount = changes_between(older, newest)

    assert change.label == "Hva kan stoppe oss"
    assert [(one.kind, one.text) for one in change.segments] == [
        ("removed", "Lite"), ("added", "Mye"), ("same", "laks i elva"),
    ]  # fmt: skip
    assert [one.text for one in amount.segments] == ["20\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr én gang"]


def test_change_of_the_language_is_no_difference_of_the_text(owner: Viewer) -> None:
    save_section(owner, "gaps", RISK)
    own_versions(owner)[0].saved_at -= dt.timedelta(minutes=31)
    session.commit()
    set_language(owner, "en")
    newest, first = own_versions(owner)
    assert changes_between(first, newest) == []


def test_restoring_brings_back_sections_objectives_and_actions_but_no_facts(owner: Viewer) -> None:
    save_all(owner)
    (first, second), actions = add_rows(owner)
    ids = {action.id for action in actions}
    with transaction():
        own = strategy_for_writing(owner)
        first.text, first.unit, second.removed_at = "Endret", "%", clock.now()
        actions[0].state = "done"
        actions[1].removed_at = clock.now()
        session.add(Action(strategy_id=own.id, what="Nytt", performer="self"))
        session.add(
            Measurement(objective_id=first.id, measured_on=clock.today(), value_milli=1, by_id=owner.user_id)
        )
        save_version(owner, own)
    save_section(owner, "gaps", RISK)

    restore_version(owner, 2)

    plan = plan_of(strategy(owner))
    assert from_json(strategy(owner).content).risks == ()
    assert [objective.text for objective in plan.objectives] == ["Mål visibility", "Mål sales"]
    assert plan.objectives[0].unit == "%"
    assert {action.id for action in plan.actions} == ids
    assert plan.actions[0].state == "done"
    assert numbers(owner)[0][1] == "restored"

    restore_version(owner, 3)
    assert [action.what for action in plan_of(strategy(owner)).actions] == ["Tiltak 0", "Tiltak 2", "Nytt"]


def test_version_of_another_company_does_not_exist(owner: Viewer, client: Browser) -> None:
    save_section(owner, "gaps", RISK)
    other = factories.member(factories.company("Annen"))
    session.commit()

    with pytest.raises(NotFound):
        restore_version(other, 1)
    assert client.sign_in(other.user_id or 0).get("/plan/versions/1").status_code == 404


def test_pages_of_versions_show_the_difference_and_restore(owner: Viewer, client: Browser) -> None:
    save_section(owner, "gaps", RISK)
    own_versions(owner)[0].saved_at -= dt.timedelta(hours=1)
    session.commit()
    save_section(owner, "gaps", {"gaps": (), "risks": ("Snø",)})
    browser = client.sign_in(owner.user_id or 0)

    assert "Versjon 2" in browser.page("/plan/versions").text
    page: Any = browser.page("/plan/versions/1")
    assert "<del>" in page.html
    assert "<ins>" in page.html
    browser.post("/plan/versions/1/restore")
    assert from_json(strategy(owner).content).risks == ("Lite laks i elva",)


def test_start_page_shows_the_next_step_and_what_is_missing(owner: Viewer, client: Browser) -> None:
    browser = client.sign_in(owner.user_id or 0)
    assert "Ta egenvurderingen" in browser.page("/plan").text
    save_section(owner, "gaps", RISK)
    page = browser.page("/plan")
    assert "Skriv hva dere lever av." in page.text
    browser.post("/plan/language", data={"language": "en"})
    assert strategy(owner).language == "en"
    assert "Fortsett på planen" in browser.page("/home").text


@pytest.mark.parametrize(
    "path",
    ["/plan", "/plan/versions", "/plan/versions/1", *(f"/plan/strategy/{name}" for name in ("company", "gaps", "channels", "check"))],
)  # fmt: skip
def test_pages_of_the_plan_send_few_queries(owner: Viewer, client: Browser, path: str) -> None:
    save_all(owner)
    add_rows(owner)
    browser = client.sign_in(owner.user_id or 0)
    browser.page(path)
    with captured_sql() as statements:
        browser.page(path)

    assert len([text for text in statements if text.startswith("SELECT")]) <= MAX_STATEMENTS
