"""Issued reports and links to them, and the content of an issue as of a moment."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.grouping import group
from marketplace.core.identifiers import token_hash
from marketplace.core.taxonomy import services
from marketplace.core.viewer import Viewer
from marketplace.finance.queries.retention import are_finances_deleted
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.projects import Project, ProjectPlace
from marketplace.programme.queries.projects import project_for
from marketplace.reporting.definitions import definitions_version
from marketplace.reporting.facts import ReportPeriod
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.models import ReportIssue, ReportLink
from marketplace.reporting.project_facts import ProjectFacts
from marketplace.reporting.queries.facts import ReportScope
from marketplace.reporting.queries.report import build_report, project_facts, quotes_of
from marketplace.reporting.serialization import (
    SCHEMA_VERSION,
    bases_to_json,
    parts_from_json,
    parts_to_json,
    with_bases,
)
from marketplace.reporting.suppression import suppress
from marketplace.reporting.verification import Verification, verify_content

MAX_TOKEN_LENGTH = 100
WHOLE = ""
"""Key of the bases of the whole report, beside those of partner gardens by id."""


@dataclass(frozen=True, slots=True)
class IssueOwner:
    """Subject of a report: a project, or a garden with `project_id` None. `is_leader` is about the viewer.

    `starts_on` is the first day of the project, None for a garden.
    """

    garden_id: int
    project_id: int | None
    name: str
    garden_name: str
    is_leader: bool = False
    starts_on: dt.date | None = None


def owner_for(viewer: Viewer, slug: str) -> IssueOwner:
    """Return the owner garden's project, or the viewer's garden if `slug` is empty. Raises NotFound for partner gardens."""
    if not slug:
        if not viewer.is_garden or viewer.organisation_id is None:
            raise NotFound
        name = viewer.organisation_name
        return IssueOwner(viewer.organisation_id, None, name, name, viewer.is_curator)
    access = project_for(viewer, slug)
    if not access.is_owner_garden:
        raise NotFound
    project = access.project
    return IssueOwner(
        project.garden_id,
        project.id,
        project.name,
        project.garden.name,
        access.is_leader,
        project.starts_on,
    )


def issues_of(owner: IssueOwner) -> Sequence[ReportIssue]:
    """Return the issues of a report, newest first."""
    return session.scalars(issues_query(owner).options(joinedload(ReportIssue.issued_by))).all()


def issues_query(owner: IssueOwner) -> Select[ReportIssue]:
    """Return the query for the issues of a report, newest first."""
    return select(ReportIssue).where(*_about(ReportIssue, owner)).order_by(ReportIssue.number.desc())


def _about(model: type[ReportIssue] | type[ReportLink], owner: IssueOwner) -> list[ColumnElement[bool]]:
    """Build the conditions that an issue or a link is about a project, or about a garden without a project."""
    if owner.project_id is None:
        return [model.garden_id == owner.garden_id, model.project_id.is_(None)]
    return [model.project_id == owner.project_id]


def issue_by_number(owner: IssueOwner, number: int) -> ReportIssue:
    """Return an issue of a report. Raises NotFound."""
    return or_404(next((one for one in issues_of(owner) if one.number == number), None))


def links_of(owner: IssueOwner) -> Sequence[ReportLink]:
    """Return the links to a report that were not withdrawn and have not expired, newest first."""
    query = select(ReportLink).where(
        *_about(ReportLink, owner),
        ReportLink.withdrawn_at.is_(None),
        ReportLink.expires_at > clock.now(),
    )
    return session.scalars(query.order_by(ReportLink.id.desc())).all()


def link_by_token(token: str) -> tuple[ReportLink, IssueOwner]:
    """Return an active link and the subject of its reports. Raises NotFound."""
    query = select(ReportLink).where(
        ReportLink.token_hash == token_hash(token[:MAX_TOKEN_LENGTH]),
        ReportLink.withdrawn_at.is_(None),
        ReportLink.expires_at > clock.now(),
    )
    link = or_404(session.scalar(query))
    return link, owner_by_ids(link.garden_id, link.project_id)


def owner_by_ids(garden_id: int, project_id: int | None) -> IssueOwner:
    """Return the owner of an issue or a link. Raises NotFound."""
    garden = session.get(BusinessGarden, garden_id)
    project = session.get(Project, project_id) if project_id is not None else None
    if garden is None:
        raise NotFound
    return IssueOwner(garden_id, project_id, project.name if project else garden.name, garden.name)


def published_parts(issue: ReportIssue) -> list[ReportPart]:
    """Return the parts of an issue as they were published."""
    return parts_from_json(issue.content["parts"])


def earlier_parts(issues: Sequence[ReportIssue]) -> list[list[ReportPart]]:
    """Return the published parts of issues, and those that their partner gardens received about their own places.

    They have the bases to compare a new report with.
    """
    of_partners = [_partner_parts(issue, key) for issue in issues for key in issue.partner_parts]
    return [*map(_whole_parts, issues), *of_partners]


def _whole_parts(issue: ReportIssue) -> list[ReportPart]:
    return with_bases(published_parts(issue), issue.bases.get(WHOLE, {}))


def _partner_parts(issue: ReportIssue, key: str) -> list[ReportPart]:
    return with_bases(parts_from_json(issue.partner_parts[key]), issue.bases.get(key, {}))


def compute_content(
    owner: IssueOwner,
    period: ReportPeriod,
    earlier: Sequence[Sequence[ReportPart]],
    service_codes: Collection[str] | None = None,
    *,
    with_retired: bool = False,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compute the content of an issue as JSON values, with small numbers suppressed, and the bases of its figures.

    The content lists the services of the taxonomy, so that it can be computed again after others have been added.
    `with_retired` adds the figures that only earlier issues have.
    """
    codes = sorted(services() if service_codes is None else service_codes)
    scope = ReportScope(owner.garden_id, owner.project_id)
    parts = build_report(scope, period, codes, with_retired=with_retired)
    content = {
        "schema_version": SCHEMA_VERSION,
        "definitions_version": definitions_version(),
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "as_of": period.as_of.isoformat(),
        "project": _project_facts(owner),
        "services": codes,
        "parts": parts_to_json(suppress(parts, earlier)),
    }
    return content, bases_to_json(parts)


def compute_partner_parts(
    owner: IssueOwner,
    period: ReportPeriod,
    content: Mapping[str, Any],
    bases: dict[str, Any],
    issues: Sequence[ReportIssue],
) -> dict[str, Any]:
    """Compute the parts for the places of each partner garden as JSON values, by the garden's id; add their bases.

    Small numbers are suppressed, also against the same garden's parts of the earlier `issues`, and against the whole
    report of these and of the new issue with `content`, which a partner may get from the leader or the funder.
    """
    new = with_bases(parts_from_json(content["parts"]), bases[WHOLE])
    whole = [new, *map(_whole_parts, issues)]
    query = select(ProjectPlace.garden_id, ProjectPlace.id).where(
        ProjectPlace.project_id == owner.project_id, ProjectPlace.garden_id != owner.garden_id
    )
    rows = session.execute(query.order_by(ProjectPlace.id))
    places = group((garden_id, place_id) for garden_id, place_id in rows)
    found = {}
    for garden_id, place_ids in places.items():
        parts = build_report(ReportScope(owner.garden_id, owner.project_id, tuple(place_ids)), period)
        key = str(garden_id)
        own = [_partner_parts(issue, key) for issue in issues if key in issue.partner_parts]
        found[key] = parts_to_json(suppress(parts, [*own, *whole]))
        bases[key] = bases_to_json(parts)
    return found


def partner_parts(issue: ReportIssue, garden_id: int) -> list[ReportPart] | None:
    """Return the parts of an issue for the places of a partner garden, or None if it had none."""
    values = issue.partner_parts.get(str(garden_id))
    return parts_from_json(values) if values is not None else None


def _project_facts(owner: IssueOwner) -> dict[str, Any] | None:
    project = session.get(Project, owner.project_id) if owner.project_id is not None else None
    return project_facts(project).to_json() if project else None


def issued_project_facts(issue: ReportIssue) -> ProjectFacts | None:
    """Return the facts about the project that an issue states; None for a garden, and for issues without them."""
    values = issue.content.get("project")
    return ProjectFacts.from_json(values) if values else None


def issue_period(issue: ReportIssue) -> ReportPeriod:
    """Return the period of an issue."""
    return ReportPeriod(issue.from_on, issue.to_on, issue.as_of)


def issue_quotes(issue: ReportIssue) -> tuple[str, ...]:
    """Return the comments of the issue's period that companies let others quote today; none for a garden."""
    if issue.project_id is None:
        return ()
    return quotes_of(ReportScope(issue.garden_id, issue.project_id), issue_period(issue))


def verify_issue(issue: ReportIssue) -> Verification:
    """Compute an issue again from what was recorded by its moment, and compare the two."""
    owner = owner_by_ids(issue.garden_id, issue.project_id)
    before = [one for one in issues_of(owner) if one.number < issue.number]
    computed, _bases = compute_content(
        owner,
        issue_period(issue),
        earlier_parts(before),
        issue.content.get("services"),
        with_retired=True,
    )
    is_deleted = issue.project_id is not None and are_finances_deleted(issue.project_id)
    return verify_content(issue.content, issue.digest, computed, are_finances_deleted=is_deleted)


def issue_by_digest(digest: str) -> ReportIssue | None:
    """Return the issue with a digest, or one that begins with it, or None."""
    query = select(ReportIssue).where(ReportIssue.digest.startswith(digest.lower(), autoescape=True))
    return session.scalars(query.order_by(ReportIssue.id)).first()
