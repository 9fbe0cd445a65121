"""The board of a project: the companies that the viewer may see, with phase, filters, search and counts."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from marketplace.accounts.queries import names_of
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.core.list_query import ListQuery
from marketplace.core.pagination import CHOICE_PAGE_SIZE, Page, page_of
from marketplace.core.places import municipality_name
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership
from marketplace.organisations.queries import follows, garden
from marketplace.programme.lifecycle import (
    ENROLLED_STATES,
    ParticipationPhase,
    ParticipationState,
    participation_phase,
)
from marketplace.programme.models.participation import ADDED, Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort
from marketplace.programme.queries.attendance import attended_by
from marketplace.programme.queries.cohorts import cohorts_of, finished_cohorts
from marketplace.programme.queries.projects import ProjectAccess
from marketplace.text_search.list_search import search_texts, searched_text

_BOARD_COLUMNS = (
    Participation.id,
    Participation.organisation_number,
    Participation.cohort_id,
    Participation.company_name,
    Participation.municipality_number,
    Participation.sector_code,
    Participation.employees,
    Participation.contact_name,
    Participation.contact_email,
    Participation.contact_phone,
    Participation.state,
    Participation.source,
    Participation.created_at,
    Participation.confirmed_at,
    Participation.wants_invitations,
)
"""Columns of the list, its filters and its export. Rows of them stand for participations: objects take twice as long to load."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A company on the board. `cohort` is the cohort of its seat, or the preferred cohort."""

    participation: Participation
    phase: ParticipationPhase
    attended: int
    cohort: Cohort | None


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the board. `counts` has the number of companies by phase that match all filters except the phase.

    `rows` are the companies on all pages, in order. `seated` and `total` count companies without regard to filters.
    """

    page: Page[BoardRow]
    rows: Sequence[BoardRow]
    counts: Counter[ParticipationPhase]
    seated: int
    total: int


def visible_participations(viewer: Viewer, access: ProjectAccess) -> Select[Participation]:
    """Build the query for the companies of a project that the viewer may see.

    The owner garden sees all. A partner garden sees the companies of its cohorts, and companies without a cohort that
    its members have added or that are in a municipality it covers.
    """
    query = select(Participation).where(Participation.project_id == access.project.id)
    if access.is_owner_garden:
        return query
    own_cohorts = select(Cohort.id).where(Cohort.place_id.in_(access.place_ids))
    added = (
        select(ParticipationEvent.participation_id)
        .join(Membership, Membership.user_id == ParticipationEvent.user_id)
        .where(ParticipationEvent.transition == ADDED, Membership.organisation_id == viewer.organisation_id)
    )
    covered = garden(viewer.organisation_id or 0).covered_municipalities
    return query.where(
        or_(
            Participation.cohort_id.in_(own_cohorts),
            Participation.cohort_id.is_(None)
            & or_(Participation.municipality_number.in_(covered), Participation.id.in_(added)),
        )
    )


def participation_for(viewer: Viewer, access: ProjectAccess, participation_id: int) -> Participation:
    """Return a company of a project that the viewer may see. Raises NotFound."""
    query = visible_participations(viewer, access).where(Participation.id == participation_id)
    return or_404(session.scalar(query))


def board(
    rows: Sequence[BoardRow], wanted: ListQuery, page: int = 1, counted: Container[int] | None = None
) -> Board:
    """Return a page of the board, by name unless another order is chosen. `rows` holds all companies on the board.

    `counted` are the ids of the participations to show, or None to show all.
    """
    matching, similar = _matching(rows, wanted)
    if counted is not None:
        matching = [row for row in matching if row.participation.id in counted]
    in_phase = [row for row in matching if wanted["phase"] in {"", row.phase}]
    similar_in_phase = sum(row.participation.id in similar for row in in_phase)
    return Board(
        page_of(in_phase, page, CHOICE_PAGE_SIZE, similar=similar_in_phase),
        in_phase,
        Counter(row.phase for row in matching),
        sum(row.participation.state == ParticipationState.SIGNED_UP for row in rows),
        len(rows),
    )


def board_rows(viewer: Viewer, access: ProjectAccess, cohorts_of_project: Sequence[Cohort]) -> list[BoardRow]:
    """Return all companies of a project that the viewer may see, with only the columns that the board shows.

    `cohorts_of_project` is the result of `cohorts_of`.
    """
    query = visible_participations(viewer, access).with_only_columns(*_BOARD_COLUMNS)
    participations: Sequence[Any] = session.execute(query).all()
    cohorts = {cohort.id: cohort for cohort in cohorts_of_project}
    over = finished_cohorts(list(cohorts))
    attended = attended_by([one.id for one in participations])
    return [
        BoardRow(
            one,
            _phase(one, access, attended.get(one.id, 0), is_course_over=one.cohort_id in over),
            attended.get(one.id, 0),
            cohorts.get(one.cohort_id or 0),
        )
        for one in participations
    ]


def _phase(
    participation: Participation, access: ProjectAccess, attended: int, *, is_course_over: bool
) -> ParticipationPhase:
    return participation_phase(
        ParticipationState(participation.state),
        is_confirmed=participation.confirmed_at is not None,
        attended=attended,
        sessions_needed=access.project.sessions_needed,
        is_course_over=is_course_over,
    )


def _matching(rows: Sequence[BoardRow], wanted: ListQuery) -> tuple[list[BoardRow], frozenset[int]]:
    """Return the rows that match all filters except the phase, in the chosen order, and the ids of similar matches.

    Similar matches, whose text only resembles the search text, come last.
    """
    checks: list[Callable[[BoardRow], bool]] = []
    if wanted["where"]:
        checks.append(lambda row: _is_at(row, wanted["where"]))
    for name, column in (
        ("source", "source"),
        ("place", "municipality_number"),
        ("sector", "sector_code"),
    ):
        if wanted[name]:
            checks.append(lambda row, n=name, c=column: getattr(row.participation, c) == wanted[n])  # type: ignore[misc]  # because the defaults bind the loop's values
    similar: frozenset[int] = frozenset()
    if wanted.text:
        matches = search_texts(
            wanted.text, {row.participation.id: _searched_text(row.participation) for row in rows}
        )
        keys, similar = frozenset(matches.keys), frozenset(matches.similar)
        checks.append(lambda row: row.participation.id in keys)
    found = sorted(
        (row for row in rows if all(check(row) for check in checks)),
        key=_ORDERS.get(wanted.sort, _by_name),
    )
    return sorted(found, key=lambda row: row.participation.id in similar), similar


def _is_at(row: BoardRow, where: str) -> bool:
    """Return True for a company at a place ("place-3"), in a cohort ("cohort-5"), or without a cohort ("none")."""
    if row.cohort is None:
        return where == "none"
    return where in {f"place-{row.cohort.place_id}", f"cohort-{row.cohort.id}"}


def _searched_text(one: Participation) -> str:
    return searched_text(
        one.company_name,
        one.contact_name,
        one.contact_email,
        place=one.municipality_number,
        numbers=(one.organisation_number, one.contact_phone),
    )


def _by_name(row: BoardRow) -> tuple[Any, ...]:
    return sort_key(row.participation.company_name), row.participation.id


_ORDERS: Mapping[str, Callable[[BoardRow], tuple[Any, ...]]] = {
    "newest": lambda row: (-row.participation.id,),
    "municipality": lambda row: (
        sort_key(municipality_name(row.participation.municipality_number)),
        *_by_name(row),
    ),
    "attended": lambda row: (-row.attended, *_by_name(row)),
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A transition of a participation, with its cohort and the name of the person who made it, or an empty text."""

    event: ParticipationEvent
    person: str
    cohort: Cohort | None


@dataclass(frozen=True, slots=True)
class ParticipationPage:
    """Content of the page of a company in a project. `has_card` is true if the viewer may open its company card."""

    participation: Participation
    phase: ParticipationPhase
    attended: int
    history: Sequence[HistoryEntry]
    has_card: bool

    @property
    def is_in_course(self) -> bool:
        """True for a company with a seat or on the waiting list."""
        return self.participation.state in ENROLLED_STATES


def participation_page(viewer: Viewer, access: ProjectAccess, participation_id: int) -> ParticipationPage:
    """Return the page of a company that the viewer may see. Raises NotFound."""
    one = participation_for(viewer, access, participation_id)
    attended = attended_by([one.id]).get(one.id, 0)
    is_over = bool(one.cohort_id and finished_cohorts([one.cohort_id]))
    events = session.scalars(
        select(ParticipationEvent)
        .where(ParticipationEvent.participation_id == one.id)
        .order_by(ParticipationEvent.at.desc(), ParticipationEvent.id.desc())
    ).all()
    names = names_of(event.user_id for event in events)
    cohorts = {cohort.id: cohort for cohort in cohorts_of(access)}
    return ParticipationPage(
        one,
        _phase(one, access, attended, is_course_over=is_over),
        attended,
        [
            HistoryEntry(event, names.get(event.user_id, ""), cohorts.get(event.cohort_id or 0))
            for event in events
        ],
        one.company is not None and follows(viewer, one.company),
    )
