"""The parts of a live report: as its page shows them, and as its files have them, which may be passed on."""

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.core.database import session
from marketplace.programme.queries.projects import ProjectAccess
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.live_suppression import publish_live
from marketplace.reporting.models import ReportIssue
from marketplace.reporting.queries.issues import IssueOwner, issues_query, partner_parts, published_parts
from marketplace.reporting.queries.report import LiveReport

OWN_PARTS = frozenset({"project", "companies", "sessions", "network", "finance", "aid"})
"""Parts that count rows which a garden sees in its own lists. The others are about what companies have not shared."""


@dataclass(frozen=True, slots=True)
class LiveParts:
    """Parts of a live report. `issue` is the issue that samples and breakdowns are from, or None without one."""

    parts: tuple[ReportPart, ...]
    issue: ReportIssue | None


def shown_parts(report: LiveReport) -> LiveParts:
    """Return the parts as the page shows them: those that count the garden's own lists are live."""
    return _published(report, OWN_PARTS)


def public_parts(report: LiveReport) -> LiveParts:
    """Return the parts as they may be passed on, with samples and breakdowns of an issue in all of them."""
    return _published(report)


def _published(report: LiveReport, open_parts: Collection[str] = ()) -> LiveParts:
    """Return the parts with the samples and breakdowns of the newest issue within the period of the report.

    Partner gardens see no issues: they get the parts of an issue about their own places.
    """
    owner = IssueOwner(report.scope.garden_id, report.scope.project_id, "", "")
    within = issues_query(owner).where(
        ReportIssue.to_on <= report.period.to_on, ReportIssue.as_of <= report.period.as_of
    )
    for issue in session.scalars(within.limit(1)):
        parts = _parts_of(issue, report.access)
        if parts is not None:
            return LiveParts(publish_live(report.parts, parts, open_parts), issue)
    return LiveParts(publish_live(report.parts, None, open_parts), None)


def _parts_of(issue: ReportIssue, access: ProjectAccess | None) -> list[ReportPart] | None:
    if access is None or access.is_owner_garden:
        return published_parts(issue)
    return partner_parts(issue, access.places[0].garden_id) if access.places else None
