"""Figures about a supplier's jobs: from three jobs for three companies on, and never a ranking input."""

from typing import Any

import pytest

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.proposals.job_facts import JobAnswers, JobFact, count_facts
from marketplace.proposals.queries import shared_job_answers
from marketplace.sourcing.use_cases import rank_brief
from tests import factories
from tests.factories.market import Market
from tests.factories.outcomes import answer, delivered_job
from tests.support.sql_capture import captured_sql


def job(company: int, on_time: str = "yes", goal: str = "yes") -> JobAnswers:
    return JobAnswers(company, on_time, "yes", goal)


@pytest.mark.parametrize("companies", [(), (1, 2), (1, 2, 2, 1)])
def test_figures_need_three_jobs_for_three_companies(companies: tuple[int, ...]) -> None:
    assert count_facts([job(company) for company in companies]) == []


def test_figures_count_good_answers_of_those_known() -> None:
    jobs = [job(1), job(2, "late"), job(3, goal="partly"), job(3, goal="too_early"), job(4, goal="too_early")]
    assert count_facts(jobs) == [
        JobFact("on_time", 4, 5),
        JobFact("within_price", 5, 5),
        JobFact("goal_met", 2, 3),
    ]


def test_figure_with_too_few_known_answers_is_left_out() -> None:
    jobs = [job(1), job(2), job(3, goal="too_early")]
    assert [fact.code for fact in count_facts(jobs)] == ["on_time", "within_price"]


@pytest.fixture
def companies(market: Market) -> list[Viewer]:
    garden = session.get_one(BusinessGarden, market.curator.organisation_id)
    return [factories.member(factories.company(f"Gard nummer {index}", of=garden)) for index in range(3)]


def deliver(market: Market, company: Viewer, **changes: Any) -> None:
    answer(company, delivered_job(company, market.kvistverk.organisation_id or 0), **changes)


def test_only_latest_answers_with_consent_count(market: Market, companies: list[Viewer]) -> None:
    supplier_id = market.kvistverk.organisation_id or 0
    brief = delivered_job(companies[0], supplier_id)
    answer(companies[0], brief, for_supplier=True)
    deliver(market, companies[1])
    assert len(shared_job_answers(supplier_id)) == 1
    answer(companies[0], brief)
    assert shared_job_answers(supplier_id) == []


def test_public_page_shows_figures_without_names_or_texts(
    market: Market, browser: Any, companies: list[Viewer]
) -> None:
    for company in companies[:2]:
        deliver(market, company, for_supplier=True)
    path = "/suppliers/kvistverk"
    assert "Ferdig i tide" not in browser("nobody").page(path).text
    deliver(
        market, companies[2], for_supplier=True, on_time="no", next_company="Be om plan.", for_similar=True
    )
    text = browser("nobody").page(path).text
    assert "Ferdig i tide i 2 av 3 oppdrag" in text
    assert not any(part in text for part in ("Gard nummer", "Be om plan.", "61 bestillinger"))
    assert "Ferdig i tide i 2 av 3 oppdrag" in browser("kvistverk").page("/proposals/outcomes").text


def test_ranking_reads_no_outcomes(market: Market, companies: list[Viewer]) -> None:
    for company in companies:
        deliver(market, company, for_supplier=True)
    with captured_sql() as seen:
        rank_brief(None, market.brief)
    assert seen
    assert not [statement for statement in seen if "outcome_" in statement.replace("proposal.outcome_", "")]


def test_how_we_rank_says_that_outcomes_do_not_count(browser: Any) -> None:
    assert "Hvordan tidligere oppdrag gikk" in browser("nobody").page("/how-we-rank").text
