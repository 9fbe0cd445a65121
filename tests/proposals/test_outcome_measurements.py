"""The number of an outcome is a measurement of the objective that the brief serves."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from marketplace.proposals.models.outcomes import OutcomeAnswer
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy
from tests.factories.market import Market
from tests.factories.outcomes import answer, delivered_job

EARLIER = dt.date(2026, 11, 20)


@pytest.fixture
def job(market: Market) -> Brief:
    strategy = Strategy(company_id=market.owner.organisation_id, updated_by_id=market.owner.user_id)
    session.add(strategy)
    session.flush()
    objective = Objective(
        strategy_id=strategy.id, text="Flere bestillinger på nett", kind="sales", unit="count_month", direction="up",
        target_milli=60_000, target_on=clock.today() + dt.timedelta(days=300), rhythm="monthly",
        source="Ordrelisten i nettbutikken",
    )  # fmt: skip
    session.add(objective)
    session.flush()
    brief = delivered_job(market.owner, market.kvistverk.organisation_id or 0)
    brief.objective_id = objective.id
    session.commit()
    return brief


def measure(
    market: Market, job: Brief, number: int | None, on: dt.date | None = None, **changes: Any
) -> None:
    changes |= {"measured_milli": number, "measured_on": on or clock.today()}
    answer(market.owner, job, measured="", **changes)


def measurements() -> list[tuple[int, dt.date, bool]]:
    query = select(Measurement).order_by(Measurement.id)
    return [(one.value_milli, one.measured_on, one.replaces_id is not None) for one in session.scalars(query)]


def test_number_becomes_a_measurement_of_the_objective(market: Market, job: Brief) -> None:
    measure(market, job, 42_500)
    assert measurements() == [(42_500, clock.today(), False)]
    stored = session.scalars(select(Measurement)).one()
    assert (stored.origin, stored.brief_reference) == ("outcome", job.reference)
    said = session.scalars(select(OutcomeAnswer)).one()
    assert (said.measured, said.measurement_id) == ("42,5 per måned", stored.id)


def test_changed_number_or_date_corrects_the_measurement(market: Market, job: Brief) -> None:
    measure(market, job, 42_000)
    measure(market, job, 45_000)
    measure(market, job, 45_000, EARLIER)
    assert measurements() == [
        (42_000, clock.today(), False),
        (45_000, clock.today(), True),
        (45_000, EARLIER, True),
    ]


def test_changed_text_alone_adds_no_measurement(market: Market, job: Brief) -> None:
    measure(market, job, 42_000)
    measure(market, job, 42_000, text="Vi lærte mer.")
    assert len(measurements()) == 1
    assert {said.measurement_id for said in session.scalars(select(OutcomeAnswer))} == {
        session.scalars(select(Measurement.id)).one()
    }


def test_impossible_number_or_future_date_saves_nothing(market: Market, job: Brief) -> None:
    for number, on in ((-1_000, clock.today()), (42_000, clock.today() + dt.timedelta(days=1))):
        with pytest.raises(RuleBroken):
            measure(market, job, number, on)
        session.rollback()
    assert measurements() == []
    assert session.scalars(select(OutcomeAnswer)).all() == []


def test_answer_without_a_number_measures_nothing(market: Market, job: Brief) -> None:
    measure(market, job, None)
    assert measurements() == []


def test_text_from_before_the_objective_remains_until_a_number_replaces_it(
    market: Market, job: Brief
) -> None:
    objective_id, job.objective_id = job.objective_id, None
    session.commit()
    answer(market.owner, job, measured="40 ordrer")
    job.objective_id = objective_id
    session.commit()
    measure(market, job, None, text="Vi lærte mer.")
    measure(market, job, 42_000)
    said = session.scalars(select(OutcomeAnswer).order_by(OutcomeAnswer.id)).all()
    assert [one.measured for one in said] == ["40 ordrer", "40 ordrer", "42 per måned"]


def test_number_is_ignored_without_an_objective(market: Market, job: Brief) -> None:
    job.objective_id = None
    session.commit()
    measure(market, job, 42_000)
    assert measurements() == []
    assert session.scalars(select(OutcomeAnswer)).one().measured_milli is None


def test_form_shows_the_objective_and_its_last_value(market: Market, browser: Any, job: Brief) -> None:
    path = f"/briefs/{job.reference}/outcome/handover"
    text = browser("owner").page(path).text
    assert "Flere bestillinger på nett" in text
    assert "Ordrelisten i nettbutikken" in text
    data = {"on_time": "yes", "within_price": "yes", "goal_met": "yes", "order_again": "yes"}
    for wrong in ({"measured_milli": "mange"}, {"measured_milli": "-4"}):
        assert browser("owner").post(path, data=data | wrong).status_code == 422
    assert browser("owner").post(path, data=data | {"measured_milli": "42,5"}).status_code == 303
    page = browser("owner").page(path)
    assert "42,5 per måned" in page.text
    assert page.one("input", name="measured_milli").get("value") == "42,5"
    assert measurements() == [(42_500, clock.today(), False)]
