"""Versions of a strategy for export, with the measurements of its objectives."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.core.grouping import group
from marketplace.strategy.document_export.outline import Outline
from marketplace.strategy.document_export.strategy_outline import outline_of
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy, StrategyVersion

SCHEMA_VERSION = 1
"""Version of the JSON format; a new number when a name or a meaning changes."""


def exported_version(strategy: Strategy, number: int | None = None) -> StrategyVersion:
    """Return the version of a strategy with a number, by default the newest. Raises NotFound."""
    query = select(StrategyVersion).where(StrategyVersion.strategy_id == strategy.id)
    if number is not None:
        query = query.where(StrategyVersion.number == number)
    return or_404(
        session.scalar(
            query.options(joinedload(StrategyVersion.strategy))
            .order_by(StrategyVersion.number.desc())
            .limit(1)
        )
    )


def outline_of_version(
    version: StrategyVersion, *, language: str | None = None, is_printed: bool = False
) -> Outline:
    """Return a version as a document, by default in its own language. With `is_printed` it fits on two pages."""
    content = version.content if language is None else version.content | {"language": language}
    company = version.strategy.company.name
    return outline_of(company, version.number, version.saved_at, content, is_printed=is_printed)


def exported_json(strategy: Strategy, number: int | None = None) -> dict[str, Any]:
    """Return a version as JSON values: its sections, its objectives with their measurements, and its actions.

    Raises NotFound.
    """
    version = exported_version(strategy, number)
    stored = version.content
    measurements = _measurements(version.strategy_id)
    return {
        "schema_version": SCHEMA_VERSION,
        "company": version.strategy.company.name,
        "version": version.number,
        "saved_at": version.saved_at.isoformat(),
        "language": stored.get("language"),
        "content": stored.get("content", {}),
        "objectives": [
            row | {"measurements": measurements.get(row.get("id"), [])}
            for row in stored.get("objectives", [])
        ],
        "actions": stored.get("actions", []),
    }


def _measurements(strategy_id: int) -> dict[int, list[dict[str, Any]]]:
    query = (
        select(Measurement)
        .join(Objective, Objective.id == Measurement.objective_id)
        .where(Objective.strategy_id == strategy_id)
        .order_by(Measurement.measured_on, Measurement.id)
    )
    return group(
        (
            row.objective_id,
            {
                "id": row.id,
                "measured_on": row.measured_on.isoformat(),
                "value_milli": row.value_milli,
                "numerator": row.numerator,
                "denominator": row.denominator,
                "origin": row.origin,
                "source": row.source,
                "recorded_at": row.recorded_at.isoformat(),
                "replaces_id": row.replaces_id,
                "is_withdrawn": row.is_withdrawn,
            },
        )
        for row in session.scalars(query)
    )
