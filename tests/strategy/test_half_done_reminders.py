"""Reminders to continue a self-assessment or a strategy that has been left half done."""

import datetime as dt
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace import worker
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.use_cases.reminders import remind_of_half_done_work
from tests import factories


def on(day: int, hour: int = 8) -> Any:
    return time_machine.travel(dt.datetime(2027, 5, day, hour, tzinfo=dt.UTC), tick=False)


def begin(name: str, *models: type[Assessment | Strategy], day: int = 3, is_finished: bool = False) -> Viewer:
    owner = factories.member(factories.company(name))
    changed_at = dt.datetime(2027, 5, day, 15, tzinfo=dt.UTC)
    finished_at = changed_at if is_finished else None
    values: dict[str, Any] = {"company_id": owner.organisation_id, "updated_at": changed_at}
    if Assessment in models:
        answers = {"stage": "start", "data_version": "1", "by_id": owner.user_id, "finished_at": finished_at}
        session.add(Assessment(**values, **answers))
    if Strategy in models:
        session.add(Strategy(**values, updated_by_id=owner.user_id, completed_at=finished_at))
    return owner


def test_company_is_reminded_once_a_week_after_its_last_change(app: Flask) -> None:
    assessing = begin("Vurderer", Assessment)
    planning = begin("Planlegger", Strategy)
    both = begin("Begge", Assessment, Strategy)
    begin("Ferdig", Assessment, Strategy, is_finished=True)
    begin("Nylig", Strategy, day=6)
    session.commit()
    sent = []
    for day, hour in ((9, 8), (10, 3), (10, 8), (10, 9), (11, 8)):
        with on(day, hour):
            sent.append(remind_of_half_done_work())
    assert sent == [0, 0, 3, 0, 0]
    notices = session.execute(select(Notice.user_id, Notice.kind).order_by(Notice.id)).all()
    assert notices == [
        (assessing.user_id, "assessment_half_done"),
        (both.user_id, "assessment_half_done"),
        (planning.user_id, "strategy_half_done"),
    ]
    changed = select(Strategy).where(Strategy.company_id == planning.organisation_id)
    session.scalars(changed).one().updated_at = dt.datetime(2027, 5, 20, tzinfo=dt.UTC)
    session.commit()
    with on(27):
        assert remind_of_half_done_work() == 0, "after another pause"
    assert remind_of_half_done_work in worker.JOBS
