"""Reminders to companies without a complete strategy, before their project ends."""

import datetime as dt
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace import worker
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.outbox.models import Notice
from marketplace.programme.use_cases.plan_reminders import remind_of_plan_deadlines
from marketplace.strategy.models.plan import Strategy
from tests import factories
from tests.factories import programme

ENDS_ON = dt.date(2027, 6, 30)


def before(days: int, hour: int = 8) -> Any:
    moment = dt.datetime.combine(ENDS_ON, dt.time(hour), dt.UTC) - dt.timedelta(days=days)
    return time_machine.travel(moment, tick=False)


def test_companies_without_a_complete_strategy_are_reminded_twice(app: Flask) -> None:
    project = programme.project(factories.garden(), ends_on=ENDS_ON)
    cohort = programme.cohort(programme.place(project))
    owners = {}
    for name in ("Ikke begynt", "Begynt", "Ferdig", "Trukket"):
        owner = owners[name] = factories.member(factories.company(name))
        programme.participation(
            cohort,
            name,
            company_id=owner.organisation_id,
            state="withdrawn" if name == "Trukket" else "signed_up",
        )
        if name in {"Begynt", "Ferdig"}:
            completed = clock.now() if name == "Ferdig" else None
            session.add(
                Strategy(
                    company_id=owner.organisation_id, language="nb", content={}, updated_by_id=owner.user_id,
                    completed_at=completed,
                )
            )  # fmt: skip
    programme.project(factories.garden("Uten slutt"), name="Åpen slutt")
    session.commit()
    sent = []
    for days, hour in ((31, 8), (30, 3), (30, 8), (30, 9), (29, 8), (7, 8), (6, 8), (1, 8)):
        with before(days, hour):
            sent.append(remind_of_plan_deadlines())
    assert sent == [0, 0, 2, 0, 0, 2, 0, 0]
    notices = session.execute(select(Notice.user_id, Notice.subject).order_by(Notice.id)).all()
    assert [row.user_id for row in notices] == [
        owners[name].user_id for name in ("Ikke begynt", "Begynt")
    ] * 2
    assert notices[0].subject == "Gjør ferdig den digitale strategien innen 30.\N{NO-BREAK SPACE}juni 2027"
    assert remind_of_plan_deadlines in worker.JOBS
