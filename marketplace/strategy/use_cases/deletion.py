"""Deletion of a company's strategy, self-assessments and tools."""

from typing import cast

from sqlalchemy import CursorResult, delete

from marketplace.audit.use_cases import record
from marketplace.core.database import Base, session, transaction
from marketplace.core.errors import Forbidden
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import lock_organisation
from marketplace.strategy.models.actions import ToolConfidence, ToolUse
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.plan import Strategy


def delete_strategy(viewer: Viewer) -> None:
    """Delete the strategy, self-assessments and tools of the viewer's company. Raises Forbidden unless the viewer leads."""
    if not (viewer.is_company and viewer.is_owner):
        raise Forbidden
    with transaction():
        lock_organisation(viewer.organisation_id)
        delete_plan_of(viewer, viewer.organisation_id or 0)


def delete_plan_of(by: Viewer | None, company_id: int) -> None:
    """Delete the strategy, self-assessments and tools of a company with all that belongs to them.

    Joins the caller's transaction. Nothing happens if the company has none.
    """
    deleted = sum(
        _delete_rows(model, company_id) for model in (Strategy, Assessment, ToolUse, ToolConfidence)
    )
    if deleted:
        session.expire_all()
        record(by, "strategy.delete", "organisation", company_id)


def _delete_rows(model: type[Base], company_id: int) -> int:
    """Delete the rows of a company through the session, so that its events see them; return their number."""
    statement = delete(model).where(model.company_id == company_id)  # type: ignore[attr-defined]  # because all four have it
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[None]", result).rowcount
