"""Digital tools of a company: add, change, rate and remove."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core.database import load_locked, lock_row, session, transaction
from marketplace.core.details import details_of, write_details
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.organisations.queries import own_company
from marketplace.strategy.models.actions import ToolConfidence, ToolUse
from marketplace.strategy.queries.tools import confidence_of
from marketplace.strategy.tool_catalogue import MAX_CONFIDENCE, ToolState, tool_catalogue


@dataclass(frozen=True, slots=True)
class ToolDetails:
    """A company's use of a tool as it is edited. `yearly_nok` is without VAT."""

    state: str = ""
    account_owner: str = ""
    yearly_nok: int | None = None


def tool_details(viewer: Viewer, code: str) -> ToolDetails:
    """Return the current details of a tool of the catalogue; empty ones if the company does not use it."""
    if code not in tool_catalogue().tools:
        raise NotFound
    use = session.scalar(_own_use(viewer, code))
    return _details(use)


def save_tool(
    viewer: Viewer,
    code: str,
    details: ToolDetails,
    confidence: int | None = None,
    expected: str | None = None,
) -> None:
    """Save a company's use of a tool, and add a rating if `confidence` differs from the latest one.

    Raises RuleBroken, NotFound for a tool that is not in the catalogue, or Conflict if the tool has changed since the form
    was rendered with `expected`.
    """
    with transaction():
        company = own_company(viewer)
        if code not in tool_catalogue().tools:
            raise NotFound
        if details.state not in set(ToolState):
            raise RuleBroken(_("Choose one from the list."), "state")
        if confidence is not None and not 0 <= confidence <= MAX_CONFIDENCE:
            raise RuleBroken(_("Choose one from the list."), "confidence")
        lock_row(Company.id, company.id)
        use = load_locked(_own_use(viewer, code))
        check_object_unchanged(viewer, "tool", f"{company.id}-{code}", expected, _details(use), details)
        if use is None:
            use = ToolUse(company_id=company.id, tool_code=code, state=details.state)
            session.add(use)
        write_details(use, details)
        latest = confidence_of(company.id).get(code)
        if confidence is not None and (latest is None or latest[1].value != confidence):
            session.add(
                ToolConfidence(company_id=company.id, tool_code=code, value=confidence, by_id=viewer.user_id)
            )
        record(viewer, "tool.save", "tool", f"{company.id}-{code}", state=details.state)


def remove_tool(viewer: Viewer, code: str) -> None:
    """Remove a tool from those of the company. Its ratings remain, and are shown again if it is added.

    Raises NotFound for a tool that is not in the catalogue.
    """
    with transaction():
        use = load_locked(_own_use(viewer, code))
        if use is not None:
            session.delete(use)
            record(viewer, "tool.remove", "tool", f"{use.company_id}-{code}")
        elif code not in tool_catalogue().tools:
            raise NotFound


def _own_use(viewer: Viewer, code: str) -> Select[ToolUse]:
    company = own_company(viewer)
    return select(ToolUse).where(ToolUse.company_id == company.id, ToolUse.tool_code == code)


def _details(use: ToolUse | None) -> ToolDetails:
    return details_of(ToolDetails, use) if use else ToolDetails()
