"""The part of a plan that the home page of a company shows."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, select

from marketplace.core.database import prepared, session
from marketplace.strategy.content import from_json
from marketplace.strategy.models.plan import Strategy

_PLAN = prepared(
    select(Strategy.content, Strategy.completed_at, Strategy.updated_at).where(
        Strategy.company_id == bindparam("company_id", type_=Integer())
    )
)


@dataclass(frozen=True, slots=True)
class HomePlan:
    """The plan of a company: whether it has been complete, when it was changed, and when it is reviewed."""

    is_completed: bool
    updated_at: dt.datetime
    review_on: dt.date | None


def home_plan(company_id: int) -> HomePlan | None:
    """Return the plan of a company, or None if it has not begun."""
    row = session.execute(_PLAN, {"company_id": company_id}).one_or_none()
    if row is None:
        return None
    return HomePlan(row.completed_at is not None, row.updated_at, from_json(row.content).review_on)
