"""The parts of a live report as a page shows them, and as files may be passed on."""

from dataclasses import dataclass

from marketplace.core.database import session
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.models import ReportIssue
from marketplace.reporting.publication import publish_live
from marketplace.reporting.queries.issues import IssueOwner, issues_query, published_parts
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
    issue = _issue_for(report)
    return LiveParts(publish_live(report.parts, published_parts(issue) if issue else None, OWN_PARTS), issue)


def public_parts(report: LiveReport) -> LiveParts:
    """Return the parts as they may be passed on, with samples and breakdowns of an issue in all of them."""
    issue = _issue_for(report)
    return LiveParts(publish_live(report.parts, published_parts(issue) if issue else None), issue)


def _issue_for(report: LiveReport) -> ReportIssue | None:
    """Return the newest issue within the period of a report; None for partner gardens, which see no issues."""
    if report.access is not None and not report.access.is_owner_garden:
        return None
    owner = IssueOwner(report.scope.garden_id, report.scope.project_id, "", "")
    within = issues_query(owner).where(
        ReportIssue.to_on <= report.period.to_on, ReportIssue.as_of <= report.period.as_of
    )
    return session.scalars(within.limit(1)).first()
