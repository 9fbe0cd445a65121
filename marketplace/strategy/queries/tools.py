"""Digital tools of a company, with its first and latest confidence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.actions import ToolConfidence, ToolUse
from marketplace.strategy.tool_catalogue import ToolState, tool_catalogue, tool_name


@dataclass(frozen=True, slots=True)
class Confidence:
    """A rating of how confident a company is with a tool, 0 to 4."""

    value: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class OwnTool:
    """A tool of a company. `first` and `latest` are the same after one rating, and None before."""

    code: str
    name: str
    state: str
    account_owner: str
    yearly_nok: int | None
    first: Confidence | None
    latest: Confidence | None

    @property
    def change(self) -> int | None:
        """Change in confidence since the first rating, or None with fewer than two."""
        if self.first is None or self.latest is None or self.first is self.latest:
            return None
        return self.latest.value - self.first.value


def own_tools(viewer: Viewer) -> list[OwnTool]:
    """Return the tools of the viewer's company in the order of the catalogue."""
    if not viewer.is_company:
        return []
    uses = session.scalars(select(ToolUse).where(ToolUse.company_id == viewer.organisation_id)).all()
    ratings = confidence_of(viewer.organisation_id)
    order = {code: number for number, code in enumerate(tool_catalogue().tools)}
    return [
        OwnTool(
            use.tool_code,
            tool_name(use.tool_code),
            use.state,
            use.account_owner,
            use.yearly_nok,
            *ratings.get(use.tool_code, (None, None)),
        )
        for use in sorted(uses, key=lambda use: (order.get(use.tool_code, len(order)), use.tool_code))
    ]


def own_tool(viewer: Viewer, code: str) -> OwnTool | None:
    """Return a tool of the viewer's company, or None if it is not among its tools."""
    return next((tool for tool in own_tools(viewer) if tool.code == code), None)


def confidence_of(company_id: int | None) -> dict[str, tuple[Confidence, Confidence]]:
    """Return the first and the latest rating of each tool of a company, by code."""
    query = (
        select(ToolConfidence.tool_code, ToolConfidence.value, ToolConfidence.at)
        .where(ToolConfidence.company_id == company_id)
        .order_by(ToolConfidence.at, ToolConfidence.id)
    )
    ratings: dict[str, tuple[Confidence, Confidence]] = {}
    for row in session.execute(query):
        rating = Confidence(row.value, row.at)
        ratings[row.tool_code] = (ratings.get(row.tool_code, (rating, rating))[0], rating)
    return ratings


def tools_in_use(company_id: int | None) -> Sequence[str]:
    """Return the names of the tools that a company uses or has."""
    query = select(ToolUse.tool_code).where(
        ToolUse.company_id == company_id, ToolUse.state.in_((ToolState.IN_USE, ToolState.HAVE))
    )
    return sorted((tool_name(code) for code in session.scalars(query)), key=sort_key)
