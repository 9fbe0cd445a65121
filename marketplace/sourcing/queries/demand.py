"""Demand for services beside the supply, for business gardens: briefs, declined invitations, plans and searches."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefService
from marketplace.core import clock, places, taxonomy
from marketplace.core.database import prepared, session
from marketplace.core.dates import cutoff_passed
from marketplace.core.errors import NotFound
from marketplace.core.region import current_region
from marketplace.core.viewer import Viewer
from marketplace.directory import queries as directory
from marketplace.directory.models import UNKNOWN_SERVICE
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import companies_followed_by
from marketplace.sourcing.demand_counts import (
    OWN,
    CoverageLine,
    DemandKind,
    GroupedEvents,
    coverage_lines,
    round_down,
)
from marketplace.sourcing.lifecycle import InvitationState
from marketplace.sourcing.models import Invitation
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.prioritizing import OPEN_STATES, Performer

PERIOD_MONTHS = 12
_UNPUBLISHED = (BriefState.DRAFT, BriefState.IN_REVIEW, BriefState.WAITING, BriefState.DELETED)


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Lines by kind of service for the chosen places, and the services and municipalities to recruit for, worst first.

    `demand` is the demand for the service or kind of service on the map, by municipality. `unknown_searches` counts
    searches without a result that name no known service, rounded down.
    """

    groups: Sequence[CoverageLine]
    demand: Mapping[str, int]
    recruit: Sequence[CoverageLine]
    unknown_searches: int


def coverage_report(viewer: Viewer, place: str = "", on_map: str = "") -> CoverageReport:
    """Compare supply and demand in a municipality, a county or the whole region. Raises NotFound for others than gardens.

    Companies that the viewer's garden follows are counted exactly, and their plans if they are shared. All others are
    only counted together, as `demand_counts` describes.
    """
    if not viewer.is_garden or viewer.organisation_id is None:
        raise NotFound
    chosen = _municipalities(place)
    events = _events(viewer.organisation_id)
    searches = directory.unanswered_searches(clock.to_local(cutoff_passed(months=PERIOD_MONTHS)).date())
    catalogue = directory.catalogue()

    def supply(code: str, where: str) -> int:
        kind = catalogue.mask("kind", code)
        return catalogue.count("place", where, kind) if where else kind.bit_count()

    services = taxonomy.services()
    group_of = {code: code for code in taxonomy.groups_by_code()}
    group_of |= {code: service.group for code, service in services.items()}

    def group_key(code: str, where: str) -> tuple[str, str] | None:
        is_chosen = code in group_of and (where in chosen or (not place and not where))
        return (group_of[code], place) if is_chosen else None

    def service_key(code: str, where: str) -> tuple[str, str] | None:
        return (code, where) if code in services and where in chosen else None

    def map_key(code: str, where: str) -> tuple[str, str] | None:
        return (on_map, where) if where and on_map in (code, group_of.get(code)) else None

    groups = coverage_lines(
        events, searches, group_key, supply, [(group.code, place) for group in taxonomy.groups()]
    )
    by_service = coverage_lines(events, searches, service_key, supply)
    demand = {line.place: line.demand for line in coverage_lines(events, searches, map_key, supply)}
    return CoverageReport(
        groups,
        demand,
        sorted(
            (line for line in by_service if line.is_short),
            key=lambda line: (-line.need, line.code, line.place),
        ),
        round_down(
            sum(
                number
                for (code, where), number in searches.items()
                if code == UNKNOWN_SERVICE and (where in chosen or (not place and not where))
            )
        ),
    )


def _municipalities(place: str) -> Collection[str]:
    region = current_region().municipalities
    if not place:
        return frozenset(region)
    return frozenset(places.municipalities_in(place) if place in places.counties() else [place])


def _events(garden_id: int) -> GroupedEvents:
    """Read what happened in the period, in one statement, and group it."""
    params = {"garden_id": garden_id, "now": clock.now(), "since": cutoff_passed(months=PERIOD_MONTHS)}
    grouped: GroupedEvents = defaultdict(lambda: defaultdict(dict))
    rows = session.execute(_EVENTS, params).all()
    for kind, event_id, company_id, service, place, is_open, reason in rows:
        by_kind = grouped[service, place]
        by_kind[kind, reason][event_id] = company_id
        if is_open:
            by_kind[DemandKind.OPEN, reason][event_id] = company_id
    return grouped


def _briefs() -> Select[Any]:
    is_open = and_(Brief.state == BriefState.PUBLISHED, Brief.deadline > bindparam("now"))
    return _of_briefs(DemandKind.BRIEF, Brief.id, is_open, literal("")).where(
        Brief.published_at >= bindparam("since")
    )


def _declines() -> Select[Any]:
    return (
        _of_briefs(DemandKind.DECLINE, Invitation.id, null(), Invitation.decline_reason)
        .join(Invitation, Invitation.brief_id == Brief.id)
        .where(
            Invitation.state == InvitationState.DECLINED,
            Invitation.declined_at >= bindparam("since"),
        )
    )


def _of_briefs(kind: DemandKind, event_id: Any, is_open: Any, reason: Any) -> Select[Any]:
    place = func.coalesce(
        func.nullif(Brief.answers["municipality"].as_string(), ""), Organisation.municipality_number
    )
    return (
        select(
            literal(kind.value),
            event_id,
            case((_is_followed(Brief.company_id), OWN), else_=Brief.company_id),
            BriefService.code,
            place,
            is_open,
            reason,
        )
        .select_from(Brief)
        .join(BriefService, BriefService.brief_id == Brief.id)
        .join(Organisation, Organisation.id == Brief.company_id)
        .where(Brief.state.not_in(_UNPUBLISHED))
    )


def _plans() -> Select[Any]:
    """Planned purchases for which no brief has been published yet."""
    has_brief = (
        select(Brief.id).where(Brief.action_id == Action.id, Brief.state.not_in(_UNPUBLISHED)).exists()
    )
    is_own = and_(Strategy.shared_at.is_not(None), _is_followed(Strategy.company_id))
    return (
        select(
            literal(DemandKind.PLAN.value),
            Action.id,
            case((is_own, OWN), else_=Strategy.company_id),
            Action.service_code,
            Organisation.municipality_number,
            null(),
            literal(""),
        )
        .select_from(Action)
        .join(Strategy, Strategy.id == Action.strategy_id)
        .join(Organisation, Organisation.id == Strategy.company_id)
        .where(
            Action.performer == Performer.SUPPLIER,
            Action.service_code != "",
            Action.state.in_(OPEN_STATES),
            Action.removed_at.is_(None),
            ~has_brief,
        )
    )


def _is_followed(company_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return company_id.in_(companies_followed_by(bindparam("garden_id", type_=Integer())))


_EVENTS = prepared(union_all(_briefs(), _declines(), _plans()))
