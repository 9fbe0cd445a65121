"""Refusals that wait for a second curator and appeals that wait for another garden: whose turn it is, who sees what."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, or_, select
from sqlalchemy.orm import joinedload, load_only

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules, second_review
from marketplace.vetting.models import Appeal, ConflictOfInterest, Refusal, Vetting, VettingDecision
from marketplace.vetting.queries.loading import load_application
from marketplace.vetting.queries.standings import own_history, standing_of
from marketplace.vetting.queries.transfers import has_tie
from marketplace.vetting.second_review import Chair


def untied_curators(supplier: Supplier, without: Collection[int | None] = ()) -> dict[int, set[int]]:
    """Return who could judge a supplier's matter, by garden: active curators without a tie, but for some people."""
    tied = select(ConflictOfInterest.user_id).where(ConflictOfInterest.supplier_id == supplier.id)
    acting = select(Membership.user_id).where(Membership.organisation_id == supplier.id)
    query = (
        select(Membership.organisation_id, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .join(BusinessGarden, BusinessGarden.id == Membership.organisation_id)
        .where(
            Membership.role == "curator",
            User.is_active,
            BusinessGarden.is_active,
            User.id.not_in(tied),
            User.id.not_in(acting),
        )
    )
    if supplier.organisation_number:
        number = BusinessGarden.organisation_number
        query = query.where(or_(number.is_(None), number != supplier.organisation_number))
    found: dict[int, set[int]] = {}
    for garden_id, user_id in session.execute(query):
        if user_id not in without:
            found.setdefault(garden_id, set()).add(user_id)
    return found


def nearest_garden(supplier: Supplier, among: Collection[int]) -> int | None:
    """Return which of some gardens is asked about a supplier."""
    query = select(BusinessGarden.id, BusinessGarden.municipality_number).where(BusinessGarden.id.in_(among))
    seats: Mapping[int, str] = {row.id: row.municipality_number for row in session.execute(query)}
    return second_review.nearest(supplier.municipality_number, seats)


def open_refusal(vetting_id: int) -> Refusal | None:
    """Return the refusal of an application that waits for a second curator, or None."""
    query = select(Refusal).where(Refusal.vetting_id == vetting_id, Refusal.state == second_review.PROPOSED)
    return session.scalar(query.options(joinedload(Refusal.proposed_by), joinedload(Refusal.second_garden)))


def waiting_for_a_second() -> Select[int]:
    """Return the query for the applications that wait for a second curator: it is somebody else's turn."""
    return select(Refusal.vetting_id).where(Refusal.state == second_review.PROPOSED)


_NAMED = load_only(User.name)
_REFUSALS = prepared(
    select(Refusal)
    .options(joinedload(Refusal.proposed_by).options(_NAMED), joinedload(Refusal.decided_by).options(_NAMED))
    .where(Refusal.vetting_id == bindparam("vetting_id", type_=Integer))
    .order_by(Refusal.id)
)


def refusals_of(vetting_id: int) -> Sequence[Refusal]:
    """Return all refusals that were proposed for an application, the first one first; the last one may wait."""
    return session.scalars(_REFUSALS, {"vetting_id": vetting_id}).all()


def refusing_step(item: Vetting, steps: Sequence[VettingDecision] | None = None) -> VettingDecision | None:
    """Return the step by which an application that stands refused was refused, or None."""
    if item.state != rules.REFUSED:
        return None
    known = item.decisions if steps is None else steps
    found = [step for step in known if step.to_state == rules.REFUSED != step.from_state]
    return found[-1] if found else None


def judges_of(step: VettingDecision) -> set[int | None]:
    """Return the people who stand behind a refusal: who proposed and who confirmed it."""
    query = select(Refusal.proposed_by_id, Refusal.decided_by_id).where(
        Refusal.vetting_id == step.vetting_id, Refusal.state == second_review.CONFIRMED
    )
    return {step.by_id, *(user_id for row in session.execute(query) for user_id in row)}


def chair_at_refusal(viewer: Viewer, refusal: Refusal) -> Chair:
    """Return where somebody sits when a refusal waits."""
    return Chair(
        is_asked=viewer.is_garden and viewer.organisation_id in {refusal.garden_id, refusal.second_garden_id},
        is_curator=viewer.is_curator,
        is_tied=has_tie(viewer, refusal.vetting.supplier_id),
        took_part=viewer.user_id == refusal.proposed_by_id,
    )


def chair_at_appeal(viewer: Viewer, appeal: Appeal) -> Chair:
    """Return where somebody sits when an appeal waits."""
    return Chair(
        is_asked=viewer.is_garden and viewer.organisation_id == appeal.garden_id,
        is_curator=viewer.is_curator,
        is_tied=has_tie(viewer, appeal.vetting.supplier_id),
        took_part=viewer.user_id in judges_of(appeal.decision),
    )


@dataclass(frozen=True)
class Matter:
    """A refusal or an appeal as somebody reads it, with the application and what the reader can do."""

    vetting: Vetting
    standing: str
    chair: Chair
    moves: Sequence[str]
    refusal: Refusal | None = None
    appeal: Appeal | None = None

    @property
    def supplier(self) -> Supplier:
        """Return whose matter it is."""
        return self.vetting.supplier


def refusal_for(viewer: Viewer, refusal_id: int) -> Matter:
    """Return a proposed refusal to the application's garden, and to those elsewhere who can confirm it.

    Raises NotFound.
    """
    options = (joinedload(Refusal.garden), joinedload(Refusal.proposed_by), joinedload(Refusal.decided_by))
    found = session.scalar(select(Refusal).options(*options).where(Refusal.id == refusal_id))
    item = load_application(found.vetting_id) if found else None
    if found is None or item is None:
        raise NotFound
    chair = chair_at_refusal(viewer, found)
    at_home = viewer.is_garden and item.garden_id == viewer.organisation_id
    if not at_home and not (chair.is_independent and found.state == second_review.PROPOSED):
        raise NotFound
    moves = second_review.moves_for(chair, found.state)
    return Matter(item, standing_of(item), chair, moves, refusal=found)


def appeal_for(viewer: Viewer, appeal_id: int) -> Matter:
    """Return an appeal to the garden that refused, and to those who judge it, or did. Raises NotFound."""
    options = (joinedload(Appeal.from_garden), joinedload(Appeal.garden), joinedload(Appeal.decided_by))
    found = session.scalar(select(Appeal).options(*options).where(Appeal.id == appeal_id))
    item = load_application(found.vetting_id) if found else None
    if found is None or item is None:
        raise NotFound
    chair = chair_at_appeal(viewer, found)
    at_home = viewer.is_garden and found.from_garden_id == viewer.organisation_id
    if not at_home and not chair.is_independent:
        raise NotFound
    return Matter(item, standing_of(item), chair, second_review.moves_for(chair, found.state), appeal=found)


def _with_names(query: Any, table: type[Refusal] | type[Appeal]) -> Any:
    return query.options(joinedload(table.vetting).joinedload(Vetting.supplier), joinedload(table.garden))


@dataclass(frozen=True)
class Way:
    """What a refused supplier can do about it: the appeal it has made of this refusal, or until when it can make one."""

    appeal: Appeal | None
    appeal_until: dt.date | None


def ways_on(viewer: Viewer) -> dict[int, Way]:
    """Return what the viewer's supplier can do about each of its refused applications, by the application's id."""
    if not viewer.is_supplier:
        return {}
    mine = Vetting.supplier_id == viewer.organisation_id
    refused = session.scalars(select(Vetting).where(mine, Vetting.state == rules.REFUSED)).all()
    if not refused:
        return {}
    made = select(Appeal).join(Appeal.vetting).where(mine).options(joinedload(Appeal.garden))
    appeals = {appeal.decision_id: appeal for appeal in session.scalars(made)}
    history, found = own_history(viewer), {}
    for item in refused:
        step = refusing_step(item, history.get(item.id, []))
        if step is not None:
            appeal = appeals.get(step.id)
            can = second_review.may_appeal(
                rules.REFUSED, step.at, clock.today(), has_appealed=appeal is not None
            )
            found[item.id] = Way(appeal, second_review.appeal_until(step.at) if can else None)
    return found


def can_appeal(item: Vetting) -> bool:
    """Say whether an application's refusal can be appealed now."""
    step = refusing_step(item)
    if step is None:
        return False
    has = session.scalar(select(Appeal.id).where(Appeal.decision_id == step.id)) is not None
    return second_review.may_appeal(standing_of(item), step.at, clock.today(), has_appealed=has)


def appealable(viewer: Viewer, vetting_id: int) -> Vetting:
    """Return an application of the viewer's supplier whose refusal can be appealed. Raises NotFound."""
    item = session.get(Vetting, vetting_id)
    if item is None or not viewer.is_supplier or item.supplier_id != viewer.organisation_id:
        raise NotFound
    return item


def all_appeals(viewer: Viewer) -> Sequence[Appeal]:
    """Return all appeals for an administrator, those that wait first, then the newest. Raises NotFound."""
    if not viewer.is_admin:
        raise NotFound
    query = _with_names(select(Appeal), Appeal).options(joinedload(Appeal.from_garden))
    ordered = query.order_by((Appeal.state != second_review.WAITING), Appeal.id.desc())
    return list(session.scalars(ordered.limit(200)))
