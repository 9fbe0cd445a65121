"""Reminders to go through a plan on its review date."""

import datetime as dt
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace import worker
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.use_cases.reminders import remind_of_plan_reviews
from tests import factories

REVIEW_ON = dt.date(2027, 5, 10)


def on(day: int, hour: int = 8) -> Any:
    return time_machine.travel(dt.datetime(2027, 5, day, hour, tzinfo=dt.UTC), tick=False)


def strategy(name: str, *, is_complete: bool, review_on: dt.date = REVIEW_ON) -> Viewer:
    owner = factories.member(factories.company(name))
    session.add(
        Strategy(
            company_id=owner.organisation_id,
            language="nb",
            content={"review_on": review_on.isoformat()},
            updated_by_id=owner.user_id,
            completed_at=clock.now() if is_complete else None,
        )
    )
    return owner


def test_company_is_reminded_once_on_its_review_date(app: Flask) -> None:
    owner = strategy("Ferdig", is_complete=True)
    strategy("Senere", is_complete=True, review_on=dt.date(2027, 5, 12))
    strategy("Begynt", is_complete=False)
    session.commit()
    sent = []
    for day, hour in ((9, 8), (10, 3), (10, 8), (10, 9), (11, 8)):
        with on(day, hour):
            sent.append(remind_of_plan_reviews())
    assert sent == [0, 0, 1, 0, 0]
    assert session.scalars(select(Notice.user_id).order_by(Notice.id)).all() == [owner.user_id]
    assert remind_of_plan_reviews in worker.JOBS
