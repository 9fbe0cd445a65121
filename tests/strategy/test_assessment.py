"""Pages of the self-assessment, its stages, the garden's panel, and the request to take it again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.outbox.models import Notice
from marketplace.strategy.assessment_scores import Stage
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.questionnaire import questionnaire
from marketplace.strategy.use_cases.assessment import PageAnswers, save_answers
from marketplace.strategy.use_cases.reminders import ask_for_assessments
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage

MIXED = PageAnswers("1", "2", "3")
BEGUN = dt.datetime(2026, 9, 1, 10, tzinfo=dt.UTC)
CODES = [one.code for one in questionnaire().dimensions]
FIRST = f"/plan/assessment/start/{CODES[0]}"
ANSWERS = {"first": "0", "second": "3", "third": "unknown"}


@pytest.fixture
def owner(app: Flask, time_machine: Any) -> Viewer:
    time_machine.move_to(BEGUN, tick=False)
    return factories.member(factories.company(of=factories.garden()))


@pytest.fixture
def browser(owner: Viewer, client: Browser) -> Browser:
    return client.sign_in(owner.user_id or 0)


def finish(owner: Viewer, stage: Stage = Stage.START, answers: PageAnswers = MIXED) -> None:
    session.commit()
    for dimension in questionnaire().dimensions:
        save_answers(owner, stage, dimension, answers, None)


def stored() -> dict[str, str | int]:
    return {
        row.code: row.kind if row.value is None else row.value
        for row in session.scalars(select(AssessmentAnswer))
    }


def checked(page: HtmlPage) -> Mapping[str, str]:
    inputs = [one for one in page.all("input") if "checked" in one.attrib]
    return {one.attrib["name"]: one.attrib["value"] for one in inputs}


def test_six_pages_lead_to_the_result(browser: Browser, owner: Viewer) -> None:
    assert FIRST in browser.page("/plan/assessment").html
    path = FIRST
    for code in CODES:
        assert path.endswith(code)
        path = browser.post(path, data=ANSWERS | {"then": "next"}).headers["Location"]
    assert path == "/plan/assessment"
    page = browser.page(path)
    assert "På vei: 38 av 100 poeng" in page.text
    assert "2 av 3, 1 vet ikke" in page.text
    assert page.links()["Gå til planen"] == "/plan"
    assert session.scalars(select(Assessment.finished_at)).one() == clock.now()


def test_back_and_later_keep_the_answers_given(browser: Browser, owner: Viewer) -> None:
    second = f"/plan/assessment/start/{CODES[1]}"
    answer = browser.post(second, data={"first": "4", "then": "back"})
    assert answer.headers["Location"] == FIRST
    page = browser.page(second)
    assert checked(page) == {"first": "4"}
    assert "Et sted imellom" in page.text
    assert (
        browser.post(second, data={"second": "2", "then": "later"}).headers["Location"] == "/plan/assessment"
    )
    assert checked(browser.page(second)) == {"first": "4", "second": "2"}
    page = browser.page("/plan/assessment")
    assert "Dere har svart på 2 av 18" in page.text
    assert FIRST in page.html, "the first page with a question left"


@pytest.mark.parametrize(
    "wrong", [{"third": ""}, {"third": "5"}, {"third": "-1"}, {"third": "x" * 500}, {"third": ["1", "2"]}]
)
def test_missing_or_wrong_answer_is_refused_and_the_rest_kept(
    browser: Browser, owner: Viewer, wrong: dict[str, Any]
) -> None:
    answer = browser.post(FIRST, data=ANSWERS | wrong)
    assert answer.status_code == 422
    shown = checked(HtmlPage(answer.text))
    assert (shown["first"], shown["second"]) == ("0", "3")
    assert stored() == {}


def test_unknown_stage_or_dimension_is_not_found(browser: Browser) -> None:
    for path in ("first/direction", "start/money", "start", "end"):
        assert browser.get(f"/plan/assessment/{path}").status_code == 404
    assert browser.post("/plan/assessment/start/money", data=ANSWERS).status_code == 404


def test_stage_that_is_not_open_is_explained(browser: Browser, owner: Viewer, time_machine: Any) -> None:
    assert "Fullfør" in browser.page("/plan/assessment/end/direction").text
    finish(owner)
    assert "31. oktober 2026" in browser.page("/plan/assessment/end/direction").text
    answer = browser.post("/plan/assessment/end/direction", data=ANSWERS)
    assert answer.status_code == 409
    assert len(session.scalars(select(Assessment)).all()) == 1


def test_finished_stage_is_corrected_until_the_next_begins(
    browser: Browser, owner: Viewer, time_machine: Any
) -> None:
    finish(owner)
    answer = browser.post(FIRST, data=ANSWERS | {"then": "next"})
    assert answer.headers["Location"] == "/plan/assessment"
    assert stored()["direction.plan"] == 0
    time_machine.move_to(BEGUN + dt.timedelta(days=60), tick=False)
    browser.sign_in(owner.user_id or 0)
    browser.post("/plan/assessment/end/direction", data=ANSWERS)
    assert browser.post(FIRST, data=ANSWERS | {"first": "4"}).status_code == 409
    assert "kan ikke endres lenger" in browser.page(FIRST).text


def test_colleagues_save_gives_a_conflict(browser: Browser, owner: Viewer) -> None:
    from marketplace.core.optimistic_lock import fingerprint

    seen = fingerprint(PageAnswers())
    save_answers(owner, Stage.START, questionnaire().dimensions[0], PageAnswers("1", "1", "1"), None)
    answer = browser.post(FIRST, data=ANSWERS | {"seen": seen})
    assert answer.status_code == 409
    assert stored()["direction.goals"] == 1


def test_result_shows_change_in_questions_answered_both_times(
    browser: Browser, owner: Viewer, time_machine: Any
) -> None:
    finish(owner)
    time_machine.move_to(BEGUN + dt.timedelta(days=61), tick=False)
    finish(owner, Stage.END, PageAnswers("3", "4", "skipped"))
    page = browser.sign_in(owner.user_id or 0).page("/plan/assessment")
    table = page.text.split("Hva som er endret")[1]
    assert table.split("Retning og mål")[1].split()[:2] == ["+50", "(2)"]
    assert "Resultat: ved starten" in browser.page("/plan/assessment/start").text


def test_follow_up_shows_change_since_start_and_end(
    browser: Browser, owner: Viewer, time_machine: Any
) -> None:
    stages = {Stage.START: ("1", "2", "3"), Stage.END: ("3", "4", "skipped"), Stage.LATER: ("2", "4", "4")}
    for stage, days in zip(stages, (0, 61, 242), strict=True):
        time_machine.move_to(BEGUN + dt.timedelta(days=days), tick=False)
        finish(owner, stage, PageAnswers(*stages[stage]))
    page = browser.sign_in(owner.user_id or 0).page("/plan/assessment")
    row = page.text.split("Hva som er endret")[1].split("Retning og mål")[1]
    assert row.split()[:4] == ["+33", "(3)", "−13", "(2)"]


def test_low_answers_lead_to_session_guide_and_services(browser: Browser, owner: Viewer) -> None:
    finish(owner, answers=PageAnswers("4", "0", "unknown"))
    page = browser.page("/plan/assessment")
    assert "/suppliers?kind=adv.marketing-plan" in page.html
    assert "/briefs/new?services=adv.marketing-plan" in page.html
    assert "Kurssamling 1" in page.text
    assert page.links()["Les om det: Mål og målgruppe"] == "/guide/goal"
    assert "Vis 9 til" in page.text
    hrefs = [link.get("href", "") for link in page.all("a")]
    for start in ("/suppliers?kind=", "/briefs/new?services="):
        assert browser.get(next(href for href in hrefs if href.startswith(start))).status_code == 200


def test_other_company_sees_nothing_of_the_answers(browser: Browser, owner: Viewer, app: Flask) -> None:
    finish(owner)
    other = factories.member(factories.company("Andre AS"))
    page = browser.sign_in(other.user_id or 0).page("/plan/assessment")
    assert "Resultat" not in page.text


def test_garden_sees_dates_and_scores_only_when_shared(browser: Browser, owner: Viewer) -> None:
    finish(owner)
    company_id = owner.organisation_id or 0
    assessed = session.scalars(select(Assessment)).one()
    garden = session.get_one(type(factories.garden("Annen hage")), _garden_id(company_id))
    adviser = factories.member(garden, "adviser")
    session.commit()
    card = browser.sign_in(adviser.user_id or 0).page(f"/companies/{company_id}").text
    assert "Ved starten: fullført 1. september 2026" in card.replace("\N{NO-BREAK SPACE}", " ")
    assert "Poeng fra 0 til 100" not in card
    session.add(Strategy(company_id=company_id, updated_by_id=assessed.by_id, shared_at=clock.now()))
    assert "Poeng fra 0 til 100" in browser.page(f"/companies/{company_id}").text


def _garden_id(company_id: int) -> int:
    from marketplace.organisations.models import Company

    return session.get_one(Company, company_id).garden_id or 0


def test_home_offers_the_stage_that_is_open(browser: Browser, owner: Viewer, time_machine: Any) -> None:
    home = browser.page("/home").text
    assert "Ta egenvurderingen" in home
    assert "Start den første briefen" in home or "Lag en ny brief" in home
    browser.post(FIRST, data=ANSWERS)
    assert "Fortsett egenvurderingen" in browser.page("/home").text
    finish(owner)
    assert "egenvurderingen" not in browser.page("/home").text.lower()
    time_machine.move_to(BEGUN + dt.timedelta(days=60), tick=False)
    browser.sign_in(owner.user_id or 0)
    assert "Ta egenvurderingen på nytt" in browser.page("/home").text


def notices() -> int:
    return session.query(Notice).filter(Notice.kind == "assessment_asked").count()


def test_company_is_asked_once_when_the_next_stage_opens(owner: Viewer, time_machine: Any) -> None:
    finish(owner)
    assert ask_for_assessments() == 0
    time_machine.move_to(BEGUN + dt.timedelta(days=60), tick=False)
    company = session.get_one(Company, owner.organisation_id)
    company.is_active = False
    session.commit()
    assert ask_for_assessments() == 0
    company.is_active = True
    session.commit()
    assert ask_for_assessments() == 1
    assert ask_for_assessments() == 0
    assert notices() == 1
    finish(owner, Stage.END)
    time_machine.move_to(BEGUN + dt.timedelta(days=240), tick=False)
    assert ask_for_assessments() == 1
    assert notices() == 2


def test_company_in_a_course_is_asked_the_day_after_its_last_session(
    owner: Viewer, time_machine: Any
) -> None:
    finish(owner)
    cohort = programme.cohort(programme.place(programme.project(factories.garden("Kurshagen"))))
    programme.participation(cohort, company_id=owner.organisation_id)
    programme.course_session(cohort, BEGUN + dt.timedelta(days=90))
    session.commit()
    time_machine.move_to(BEGUN + dt.timedelta(days=90), tick=False)
    assert ask_for_assessments() == 0
    time_machine.move_to(BEGUN + dt.timedelta(days=91), tick=False)
    assert ask_for_assessments() == 1
