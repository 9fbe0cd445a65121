"""Readers of a company's answers about a job: each sees what the company agreed to, and nothing more."""

from typing import Any

import pytest
from flask import Flask

from marketplace.core.database import session
from tests.factories.market import Market
from tests.factories.outcomes import answer, delivered_job
from tests.support.notices import notice_kinds
from tests.support.sql_capture import captured_sql

LESSON, ADVICE, NUMBER = "Vi burde spurt om opplæring.", "Be om en plan for bilder.", "61 bestillinger"
MAX_STATEMENTS = 12


@pytest.fixture
def job(market: Market) -> Any:
    return delivered_job(market.owner, market.kvistverk.organisation_id or 0)


def garden_pages(market: Market) -> tuple[str, str]:
    company = market.owner.organisation_id
    return f"/companies/{company}", f"/companies/{company}/outcomes"


def test_company_reads_all_its_answers_with_earlier_ones(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, measured="40 bestillinger", next_company=ADVICE)
    answer(market.owner, job, next_company=ADVICE)
    text = browser("member").page("/briefs/outcomes").text
    for part in (LESSON, ADVICE, NUMBER, "40 bestillinger", "1 tidligere svar", "Kvistverk"):
        assert part in text, part
    assert "Kvistverk" not in browser("outsider").page("/briefs/outcomes").text


def test_answer_without_consent_is_read_by_the_company_only(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job)
    for page in garden_pages(market):
        text = browser("curator").page(page).text
        assert not any(part in text for part in (LESSON, NUMBER, "Ville dere bestilt"))
    text = browser("kvistverk").page("/proposals/outcomes").text
    assert "Bedriften har ikke latt dere lese" in text
    assert not any(part in text for part in (LESSON, NUMBER, "Ville dere bestilt"))
    assert "outcome_answered" not in notice_kinds(market.kvistverk)


def test_supplier_reads_the_four_answers_if_the_company_agrees(
    market: Market, browser: Any, job: Any
) -> None:
    answer(market.owner, job, for_supplier=True, next_company=ADVICE, on_time="late")
    text = browser("kvistverk").page("/proposals/outcomes").text
    assert "Opptil en måned forsinket" in text
    assert not any(part in text for part in (LESSON, NUMBER, ADVICE))
    assert notice_kinds(market.kvistverk).count("outcome_answered") == 1
    assert "Nettbutikk" not in browser("myrull").page("/proposals/outcomes").text


def test_supplier_gets_no_second_notice_for_a_change_it_may_not_read(market: Market, job: Any) -> None:
    answer(market.owner, job, for_supplier=True)
    answer(market.owner, job, for_supplier=True, text="Vi lærte mer.")
    assert notice_kinds(market.kvistverk).count("outcome_answered") == 1
    answer(market.owner, job, for_supplier=True, on_time="no")
    assert notice_kinds(market.kvistverk).count("outcome_answered") == 2


def test_withdrawn_consent_hides_the_answers_again(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, for_supplier=True, for_garden=True)
    answer(market.owner, job)
    assert "Ville dere bestilt" not in browser("kvistverk").page("/proposals/outcomes").text
    assert "Ville dere bestilt" not in browser("curator").page(garden_pages(market)[1]).text


def test_garden_reads_answers_and_number_if_the_company_agrees(
    market: Market, browser: Any, job: Any
) -> None:
    answer(market.owner, job, for_garden=True)
    for page in garden_pages(market):
        text = browser("curator").page(page).text
        assert NUMBER in text
        assert LESSON not in text
    assert browser("far_curator").get(garden_pages(market)[1]).status_code == 404


def test_garden_reads_the_advice_to_the_next_company(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, next_company=ADVICE)
    text = browser("curator").page(garden_pages(market)[0]).text
    assert ADVICE in text
    assert NUMBER not in text


@pytest.mark.parametrize("for_similar", [True, False])
def test_similar_brief_shows_advice_only_if_its_company_agrees(
    market: Market, browser: Any, job: Any, for_similar: bool
) -> None:
    other = market.outsider
    own = delivered_job(other, market.myrull.organisation_id or 0)
    answer(market.owner, job, next_company=ADVICE, for_similar=for_similar)
    text = browser("outsider").page(f"/briefs/{own.reference}").text
    assert (ADVICE in text) is for_similar
    assert not any(part in text for part in ("Bjørkvollen", "Kvistverk"))


def test_advice_is_not_shown_beside_a_brief_for_other_services(
    market: Market, browser: Any, job: Any
) -> None:
    own = delivered_job(market.outsider, market.myrull.organisation_id or 0, services=("med.film",))
    answer(market.owner, job, next_company=ADVICE, for_similar=True)
    assert ADVICE not in browser("outsider").page(f"/briefs/{own.reference}").text


def test_supplier_reads_advice_that_other_companies_read(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, next_company=ADVICE, for_similar=True)
    text = browser("kvistverk").page("/proposals/outcomes").text
    assert ADVICE in text
    assert "Ville dere bestilt" not in text


def test_form_says_who_reads_and_remembers_the_choice(market: Market, browser: Any, job: Any) -> None:
    path = f"/briefs/{job.reference}/outcome/handover"
    assert "bare bedriften deres" in browser("owner").page(path).text
    answer(market.owner, job, for_supplier=True)
    checked = [
        box.get("name") for box in browser("owner").page(path).all("input") if box.get("checked") is not None
    ]
    assert "for_supplier" in checked
    assert "for_garden" not in checked


def test_form_says_that_the_garden_sees_the_goal_agreed_to_in_the_brief(
    market: Market, browser: Any, job: Any
) -> None:
    path, exception = f"/briefs/{job.reference}/outcome/handover", "Unntaket er at næringshagen ser om målet"
    assert exception not in browser("owner").page(path).text
    version = job.versions[-1]
    version.answers = version.answers | {"report_consent": "individual"}
    session.commit()
    assert exception in browser("owner").page(path).text


def test_pages_are_paged_and_take_few_statements(app: Flask, market: Market, browser: Any) -> None:
    del app
    for index in range(7):
        brief = delivered_job(market.owner, market.kvistverk.organisation_id or 0, title=f"Jobb {index}")
        answer(market.owner, brief, for_supplier=True, for_garden=True, next_company=ADVICE)
    for person, path in (
        ("owner", "/briefs/outcomes"),
        ("kvistverk", "/proposals/outcomes"),
        ("curator", garden_pages(market)[1]),
    ):
        with captured_sql() as seen:
            page = browser(person).page(path)
        assert "Jobb 6" in page.text
        assert "Jobb 1" not in page.text, "five jobs on a page, newest first"
        assert len([one for one in seen if one.startswith("SELECT")]) <= MAX_STATEMENTS, (path, seen)
        assert "Jobb 0" in browser(person).page(f"{path}?page=2").text


def test_lists_without_jobs_say_what_will_be_there(market: Market, browser: Any) -> None:
    assert "Ingen oppdrag er levert" in browser("outsider").page("/briefs/outcomes").text
    assert "ingen leverte oppdrag" in browser("stranger").page("/proposals/outcomes").text
