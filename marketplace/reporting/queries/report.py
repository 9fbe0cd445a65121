"""The live report of a project or a garden, for those who may read it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import func, literal, select

from marketplace.core import clock
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.taxonomy import services
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectGarden, ProjectPlace
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.reporting.facts import ReportFacts, ReportPeriod
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.project_facts import ProjectFacts
from marketplace.reporting.queries.facts import ReportScope, load_facts
from marketplace.reporting.report import compute_report

MAX_QUOTES = 6


@dataclass(frozen=True, slots=True)
class LiveReport:
    """A report computed from its facts. `access` is None for a garden without a project.

    `quotes` are comments that companies let others quote today, whatever the moment of the report.
    """

    scope: ReportScope
    facts: ReportFacts
    parts: tuple[ReportPart, ...]
    access: ProjectAccess | None = None
    quotes: tuple[str, ...] = ()

    @property
    def period(self) -> ReportPeriod:
        """Period of the report."""
        return self.facts.period


def build_report(
    scope: ReportScope,
    period: ReportPeriod,
    service_codes: Collection[str] | None = None,
    *,
    with_retired: bool = False,
) -> tuple[ReportPart, ...]:
    """Compute a report, without suppression of small numbers.

    `service_codes` are the services of an earlier taxonomy, None for those of today. `with_retired` adds the figures that
    only earlier issues have.
    """
    return compute_report(_facts(scope, period, service_codes), with_retired=with_retired)


def _facts(
    scope: ReportScope, period: ReportPeriod, service_codes: Collection[str] | None = None
) -> ReportFacts:
    codes = frozenset(services() if service_codes is None else service_codes)
    return replace(load_facts(scope, period), services=codes)


def project_scope(access: ProjectAccess) -> ReportScope:
    """Return the scope of a viewer's report: the whole project for leaders, else the viewer's places."""
    project = access.project
    return ReportScope(project.garden_id, project.id, None if access.is_leader else access.place_ids)


def project_facts(project: Project) -> ProjectFacts:
    """Return names and dates of a project as they are now."""
    owners = select(literal("owner"), BusinessGarden.name).where(BusinessGarden.id == project.garden_id)
    partners = (
        select(literal("partner"), BusinessGarden.name)
        .join(ProjectGarden, ProjectGarden.garden_id == BusinessGarden.id)
        .where(ProjectGarden.project_id == project.id)
    )
    places = select(literal("place"), ProjectPlace.name).where(ProjectPlace.project_id == project.id)
    names: dict[str, list[str]] = {"owner": [], "partner": [], "place": []}
    for kind, name in session.execute(owners.union_all(partners, places)):
        names[kind].append(name)
    return ProjectFacts(
        names["owner"][0],
        tuple(sorted(names["partner"], key=sort_key)),
        tuple(sorted(names["place"], key=sort_key)),
        project.starts_on,
        project.ends_on,
    )


def project_report(
    viewer: Viewer, slug: str, from_on: dt.date | None, to_on: dt.date | None, as_of: dt.datetime | None
) -> LiveReport:
    """Return the report of a project. Raises NotFound."""
    access = project_for(viewer, slug)
    scope = project_scope(access)
    now = clock.now()
    first = from_on or min(access.project.starts_on, to_on or dt.date.max)
    last = to_on or max(clock.today(), first)
    period = ReportPeriod(first, last, min(as_of or now, now))
    facts = _facts(scope, period)
    return LiveReport(scope, facts, compute_report(facts), access, quotes_of(scope, period))


def quotes_of(scope: ReportScope, period: ReportPeriod) -> tuple[str, ...]:
    """Return the newest different comments on sessions of the period that may be quoted, without names."""
    query = (
        select(SessionFeedback.comment)
        .join(SessionFeedback.participation)
        .join(SessionFeedback.session)
        .join(CourseSession.cohort)
        .where(
            Participation.project_id == scope.project_id,
            Participation.allows_quotes.is_not(False),
            SessionFeedback.allows_quote,
            SessionFeedback.comment != "",
            SessionFeedback.answered_at.between(period.first_moment, period.last_moment),
        )
        .group_by(SessionFeedback.comment)
        .order_by(func.max(SessionFeedback.answered_at).desc(), SessionFeedback.comment)
        .limit(MAX_QUOTES)
    )
    if scope.place_ids is not None:
        query = query.where(Cohort.place_id.in_(scope.place_ids))
    return tuple(session.scalars(query))


def garden_report(
    viewer: Viewer, from_on: dt.date | None, to_on: dt.date | None, as_of: dt.datetime | None
) -> LiveReport:
    """Return the report of the viewer's garden about its network and its companies' briefs. Raises NotFound."""
    if not viewer.is_garden or viewer.organisation_id is None:
        raise NotFound
    now, today = clock.now(), clock.today()
    first = from_on or (to_on or today).replace(month=1, day=1)
    period = ReportPeriod(first, to_on or max(today, first), min(as_of or now, now))
    scope = ReportScope(viewer.organisation_id)
    facts = _facts(scope, period)
    return LiveReport(scope, facts, compute_report(facts))
