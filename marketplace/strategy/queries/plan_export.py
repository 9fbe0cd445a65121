"""Export of everything that a company has written in its plan, as JSON values."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.core import clock
from marketplace.core.database import Base, session
from marketplace.core.dates import json_value
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company
from marketplace.strategy.hooks import exported_rows
from marketplace.strategy.models.actions import Action, ToolConfidence, ToolUse
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy, StrategyComment, StrategyReview, StrategyVersion
from marketplace.strategy.queries.plan import strategy_of
from marketplace.strategy.questionnaire import questionnaire
from marketplace.strategy.tool_catalogue import tool_name

SCHEMA_VERSION = 1
"""Version of the JSON format; a new number when a name or a meaning changes."""
INTERNAL = frozenset({"company_id", "strategy_id", "objective_id", "assessment_id", "by_id"})
"""Columns that say nothing outside the database, or name a colleague."""


def exported_plan(viewer: Viewer) -> dict[str, Any]:
    """Return the plan of the viewer's company as JSON values. Raises NotFound for other viewers.

    It has the answers of the self-assessments, the strategy with comments, reviews and earlier versions, objectives with
    all measurements, actions, and tools with ratings. Removed objectives and actions are included.
    """
    company = own_company(viewer)
    strategy = strategy_of(company.id)
    return {
        "schema_version": SCHEMA_VERSION,
        "company": company.name,
        "exported_at": json_value(clock.now()),
        "assessments": _assessments(company.id),
        "tools": _tools(company.id),
        **_strategy(strategy),
        **exported_rows(company.id),
    }


def _assessments(company_id: int) -> list[dict[str, Any]]:
    texts = {one.code: one.text for dimension in questionnaire().dimensions for one in dimension.questions}
    query = select(Assessment).where(Assessment.company_id == company_id)
    rows = session.scalars(query.options(selectinload(Assessment.answers)).order_by(Assessment.id))
    return [
        _values(row)
        | {"answers": [_values(one) | {"question": texts.get(one.code, "")} for one in row.answers]}
        for row in rows
    ]


def _tools(company_id: int) -> list[dict[str, Any]]:
    uses = session.scalars(select(ToolUse).where(ToolUse.company_id == company_id).order_by(ToolUse.id)).all()
    query = select(ToolConfidence).where(ToolConfidence.company_id == company_id).order_by(ToolConfidence.id)
    ratings = session.scalars(query).all()
    by_code = {use.tool_code: _values(use) for use in uses}
    return [
        by_code.get(code, {"tool_code": code})
        | {
            "name": tool_name(code),
            "ratings": [
                {"at": json_value(one.at), "value": one.value} for one in ratings if one.tool_code == code
            ],
        }
        for code in dict.fromkeys([*by_code, *(one.tool_code for one in ratings)])
    ]


def _strategy(strategy: Strategy | None) -> dict[str, Any]:
    if strategy is None:
        return {"strategy": None, "objectives": [], "actions": []}
    objectives = session.scalars(
        select(Objective)
        .where(Objective.strategy_id == strategy.id)
        .options(selectinload(Objective.measurements))
        .order_by(Objective.position, Objective.id)
    )
    return {
        "strategy": _values(strategy)
        | {
            "versions": _rows(StrategyVersion, strategy.id),
            "comments": _rows(StrategyComment, strategy.id),
            "reviews": _rows(StrategyReview, strategy.id),
        },
        "objectives": [
            _values(one) | {"measurements": [_values(row) for row in one.measurements]} for one in objectives
        ],
        "actions": [
            _values(one) | {"objective_id": one.objective_id}
            for one in session.scalars(
                select(Action).where(Action.strategy_id == strategy.id).order_by(Action.id)
            )
        ],
    }


def _rows(
    model: type[StrategyVersion | StrategyComment | StrategyReview], strategy_id: int
) -> list[dict[str, Any]]:
    query = select(model).where(model.strategy_id == strategy_id).order_by(model.id)
    return [_values(row) for row in session.scalars(query)]


def _values(row: Base) -> dict[str, Any]:
    """Return the columns of a row as JSON values, without internal columns and references to users."""
    names = [column.key for column in row.__table__.columns]
    return {
        name: json_value(getattr(row, name))
        for name in names
        if name not in INTERNAL and not name.endswith("_by_id")
    }
