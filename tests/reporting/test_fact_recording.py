"""Facts are recorded in the transaction of each change, and never of what nobody may count yet."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from marketplace.core.database import session, transaction
from marketplace.programme.models.sessions import CourseSession
from marketplace.reporting.fact_models import ReportFact
from marketplace.reporting.fact_recording import record_missing_facts
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.use_cases.deletion import delete_strategy
from tests import factories
from tests.factories import briefs, outcomes, programme, strategy, suppliers
from tests.support.sql_capture import captured_sql


def facts(kind: str) -> list[ReportFact]:
    return list(session.scalars(select(ReportFact).where(ReportFact.kind == kind).order_by(ReportFact.id)))


def values(kind: str) -> list[dict[str, Any]]:
    return [fact.values for fact in facts(kind)]


@pytest.fixture
def course_session(app: Flask) -> CourseSession:
    held = programme.course_session(programme.cohort(programme.place(programme.project(factories.garden()))))
    session.commit()
    return held


def test_change_adds_a_fact_and_same_values_add_none(course_session: CourseSession) -> None:
    for count in (12, 12):
        with transaction():
            session.get_one(CourseSession, course_session.id).head_count = count
    with transaction():
        session.get_one(CourseSession, course_session.id).venue = "Rådhuset"
    assert [one["head_count"] for one in values("session")] == [None, 12]


def test_rolled_back_change_adds_no_fact(course_session: CourseSession) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        session.get_one(CourseSession, course_session.id).head_count = 12
        session.flush()
        raise ZeroDivisionError
    session.commit()
    assert len(facts("session")) == 1


def test_bulk_update_and_delete_are_recorded(course_session: CourseSession) -> None:
    with transaction():
        session.execute(update(CourseSession).values(head_count=7))
    with transaction():
        session.execute(delete(CourseSession))
    assert [(fact.values.get("head_count"), fact.removed) for fact in facts("session")] == [
        (None, False),
        (7, False),
        (None, True),
    ]


def test_deleted_strategy_leaves_its_earlier_facts(app: Flask) -> None:
    owner = factories.member(factories.company(), "owner")
    strategy.strategy(owner)
    delete_strategy(owner)
    assert [fact.removed for fact in facts("strategy")] == [False, True]
    assert (
        session.scalar(select(func.count(Strategy.id)))
        == session.scalar(select(func.count(Objective.id)))
        == 0
    )
    assert len(facts("objective")) == 1


def test_draft_of_a_brief_is_not_recorded(app: Flask) -> None:
    owner = factories.member(factories.company(of=factories.garden()), "owner")
    briefs.draft(owner)
    assert facts("brief") == []
    published = briefs.published(owner)
    assert [fact.row_id for fact in facts("brief")] == [published.id]


def test_sealed_offer_is_not_recorded(app: Flask) -> None:
    garden = factories.garden()
    owner = factories.member(factories.company(of=garden), "owner")
    outcomes.delivered_job(owner, suppliers.supplier(approved=("ecm",), of=garden).id)
    assert len(facts("award")) == 1
    assert facts("offer") == []


def test_missing_facts_are_recorded_once(course_session: CourseSession) -> None:
    with transaction():
        statement = update(CourseSession.__table__).values(head_count=9)  # type: ignore[arg-type]  # because it is a table
        session.connection().execute(statement)
    assert record_missing_facts() == 1
    assert record_missing_facts() == 0
    assert values("session")[-1]["head_count"] == 9


@pytest.mark.once
def test_rows_are_compared_without_a_write_transaction(course_session: CourseSession) -> None:
    del course_session
    with captured_sql() as seen:
        assert record_missing_facts() == 0
    last = seen[seen.index("BEGIN IMMEDIATE") :]
    assert [statement.split()[0] for statement in last] == ["BEGIN", "INSERT"]


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", ["UPDATE report_fact SET row_id = 0", "DELETE FROM report_fact"])
def test_facts_cannot_be_changed_or_deleted(course_session: CourseSession, statement: str) -> None:
    del course_session
    with pytest.raises(DBAPIError):
        session.connection().exec_driver_sql(statement)
    session.rollback()
