"""Deleting all that a company has written about its digital strategy."""

from sqlalchemy import delete

from marketplace.audit.use_cases import record
from marketplace.core.database import session, transaction
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
        session.connection().execute(delete(model).where(model.company_id == company_id)).rowcount
        for model in (Strategy, Assessment, ToolUse, ToolConfidence)
    )
    if deleted:
        session.expire_all()
        record(by, "strategy.delete", "organisation", company_id)
