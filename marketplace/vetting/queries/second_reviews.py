"""Refusals and appeals: who can review them, and read access to them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.suppliers.models import Supplier
from marketplace.vetting import appeal_rules, rules, second_review_rules
from marketplace.vetting.models import Appeal, ConflictOfInterest, Refusal, Vetting, VettingDecision
from marketplace.vetting.queries.conflicts_of_interest import counts, has_conflict_of_interest
from marketplace.vetting.queries.loading import load_application
from marketplace.vetting.queries.statuses import own_history, status_of
from marketplace.vetting.second_review_rules import ReviewerRole


def independent_curators(supplier: Supplier, without: Collection[int | None] = ()) -> dict[int, set[int]]:
    """Find active curators without a conflict of interest, by garden, except some people."""
    declared = select(ConflictOfInterest.user_id).where(ConflictOfInterest.supplier_id == supplier.id, counts)
    acting = select(Membership.user_id).where(Membership.organisation_id == supplier.id)
    query = (
        select(Membership.organisation_id, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .join(BusinessGarden, BusinessGarden.id == Membership.organisation_id)
        .where(
            Membership.role == "curator",
            User.is_active,
            BusinessGarden.is_active,
            User.id.not_in(declared),
            User.id.not_in(acting),
        )
    )
    if supplier.organisation_number:
        number = BusinessGarden.organisation_number
        query = query.where(or_(number.is_(None), number != supplier.organisation_number))
    curators: dict[int, set[int]] = {}
    for garden_id, user_id in session.execute(query):
        if user_id not in without:
            curators.setdefault(garden_id, set()).add(user_id)
    return curators


def nearest_garden(supplier: Supplier, among: Collection[int]) -> int | None:
    """Return the id of the garden that is nearest to a supplier, among those with the given ids."""
    query = select(BusinessGarden.id, BusinessGarden.municipality_number).where(BusinessGarden.id.in_(among))
    municipalities: Mapping[int, str] = {row.id: row.municipality_number for row in session.execute(query)}
    return second_review_rules.nearest_garden(supplier.municipality_number, municipalities)


def proposed_refusal(vetting_id: int) -> Refusal | None:
    """Find the refusal of an application that awaits a second curator."""
    query = select(Refusal).where(
        Refusal.vetting_id == vetting_id, Refusal.state == second_review_rules.PROPOSED
    )
    return session.scalar(query.options(joinedload(Refusal.proposed_by), selectinload(Refusal.second_garden)))


def vettings_awaiting_second_review() -> Select[int]:
    """Select the ids of vettings with a refusal that awaits a second curator."""
    return select(Refusal.vetting_id).where(Refusal.state == second_review_rules.PROPOSED)


_NAME_ONLY = load_only(User.name)
_REFUSALS = prepared(
    select(Refusal)
    .options(
        joinedload(Refusal.proposed_by).options(_NAME_ONLY),
        joinedload(Refusal.decided_by).options(_NAME_ONLY),
    )
    .where(Refusal.vetting_id == bindparam("vetting_id", type_=Integer))
    .order_by(Refusal.id)
)


def refusals_of(vetting_id: int) -> Sequence[Refusal]:
    """List all refusals proposed for an application, oldest first."""
    return session.scalars(_REFUSALS, {"vetting_id": vetting_id}).all()


def refusing_decision(
    vetting: Vetting, history: Sequence[VettingDecision] | None = None
) -> VettingDecision | None:
    """Find the decision by which an application was refused, or None if it is not refused."""
    if vetting.state != rules.REFUSED:
        return None
    decisions = vetting.decisions if history is None else history
    refusals = [step for step in decisions if step.to_state == rules.REFUSED != step.from_state]
    return refusals[-1] if refusals else None


def deciders_of(step: VettingDecision) -> set[int | None]:
    """People who proposed, confirmed or recorded a refusal."""
    query = select(Refusal.proposed_by_id, Refusal.decided_by_id).where(
        Refusal.vetting_id == step.vetting_id, Refusal.state == second_review_rules.CONFIRMED
    )
    return {step.by_id, *(user_id for row in session.execute(query) for user_id in row)}


def role_in_refusal(viewer: Viewer, refusal: Refusal) -> ReviewerRole:
    """The viewer's role in a proposed refusal."""
    return ReviewerRole(
        is_asked=viewer.is_garden and viewer.organisation_id in {refusal.garden_id, refusal.second_garden_id},
        is_curator=viewer.is_curator,
        has_conflict=has_conflict_of_interest(viewer, refusal.vetting.supplier_id),
        took_part=viewer.user_id == refusal.proposed_by_id,
    )


def role_in_appeal(viewer: Viewer, appeal: Appeal) -> ReviewerRole:
    """The viewer's role in an appeal."""
    return ReviewerRole(
        is_asked=viewer.is_garden and viewer.organisation_id == appeal.garden_id,
        is_curator=viewer.is_curator,
        has_conflict=has_conflict_of_interest(viewer, appeal.vetting.supplier_id),
        took_part=viewer.user_id in deciders_of(appeal.decision),
    )


@dataclass(frozen=True)
class ReviewCase:
    """A refusal or an appeal with its application and the actions that the viewer may take."""

    vetting: Vetting
    status: str
    role: ReviewerRole
    actions: Sequence[str]
    refusal: Refusal | None = None
    appeal: Appeal | None = None

    @property
    def supplier(self) -> Supplier:
        """Supplier that the case is about."""
        return self.vetting.supplier


def refusal_case(viewer: Viewer, refusal_id: int) -> ReviewCase:
    """Load a refusal for the vetting garden, or for a curator elsewhere who can confirm it. Raises NotFound."""
    options = (joinedload(Refusal.garden), joinedload(Refusal.proposed_by), joinedload(Refusal.decided_by))
    refusal = session.scalar(select(Refusal).options(*options).where(Refusal.id == refusal_id))
    vetting = load_application(refusal.vetting_id) if refusal else None
    if refusal is None or vetting is None:
        raise NotFound
    role = role_in_refusal(viewer, refusal)
    is_own_case = viewer.is_garden and vetting.garden_id == viewer.organisation_id
    if not is_own_case and not (role.is_independent and refusal.state == second_review_rules.PROPOSED):
        raise NotFound
    actions = second_review_rules.actions_for(role, refusal.state)
    return ReviewCase(vetting, status_of(vetting), role, actions, refusal=refusal)


def appeal_case(viewer: Viewer, appeal_id: int) -> ReviewCase:
    """Load an appeal for the vetting garden, or for curators who can decide it. Raises NotFound.

    After a transfer, the garden that refused the application may no longer read it.
    """
    options = (joinedload(Appeal.from_garden), selectinload(Appeal.garden), joinedload(Appeal.decided_by))
    appeal = session.scalar(select(Appeal).options(*options).where(Appeal.id == appeal_id))
    vetting = load_application(appeal.vetting_id) if appeal else None
    if appeal is None or vetting is None:
        raise NotFound
    role = role_in_appeal(viewer, appeal)
    is_own_case = viewer.is_garden and vetting.garden_id == viewer.organisation_id
    if not is_own_case and not role.is_independent:
        raise NotFound
    return ReviewCase(
        vetting, status_of(vetting), role, second_review_rules.actions_for(role, appeal.state), appeal=appeal
    )


def _with_names(query: Any, table: type[Refusal] | type[Appeal]) -> Any:
    return query.options(joinedload(table.vetting).joinedload(Vetting.supplier), selectinload(table.garden))


@dataclass(frozen=True)
class Recourse:
    """Options of a refused supplier: the appeal it has made, or the last day for making one."""

    appeal: Appeal | None
    last_appeal_day: dt.date | None


def recourse_by_vetting(viewer: Viewer, vettings: Sequence[Vetting]) -> dict[int, Recourse]:
    """Return the options of the viewer's supplier for each of its refused vettings, by vetting id."""
    refused = [vetting for vetting in vettings if vetting.state == rules.REFUSED]
    if not viewer.is_supplier or not refused:
        return {}
    is_own = Vetting.supplier_id == viewer.organisation_id
    own_appeals = select(Appeal).join(Appeal.vetting).where(is_own).options(selectinload(Appeal.garden))
    appeals = {appeal.decision_id: appeal for appeal in session.scalars(own_appeals)}
    history, recourses = own_history(viewer), {}
    for vetting in refused:
        step = refusing_decision(vetting, history.get(vetting.id, []))
        if step is not None:
            appeal = appeals.get(step.id)
            can = appeal_rules.can_appeal_refusal(
                rules.REFUSED, step.at, clock.today(), has_appealed=appeal is not None
            )
            recourses[vetting.id] = Recourse(appeal, appeal_rules.last_appeal_day(step.at) if can else None)
    return recourses


def can_appeal(vetting: Vetting) -> bool:
    """Return True if the refusal of a vetting can be appealed now."""
    step = refusing_decision(vetting)
    if step is None:
        return False
    has_appealed = session.scalar(select(Appeal.id).where(Appeal.decision_id == step.id)) is not None
    return appeal_rules.can_appeal_refusal(
        status_of(vetting), step.at, clock.today(), has_appealed=has_appealed
    )


def own_vetting(viewer: Viewer, vetting_id: int) -> Vetting:
    """Load a vetting of the viewer's supplier. Raises NotFound."""
    vetting = session.get(Vetting, vetting_id)
    if vetting is None or not viewer.is_supplier or vetting.supplier_id != viewer.organisation_id:
        raise NotFound
    return vetting


def all_appeals(viewer: Viewer) -> Sequence[Appeal]:
    """List all appeals for an administrator, waiting ones first, then the newest. Raises NotFound."""
    if not viewer.is_admin:
        raise NotFound
    query = _with_names(select(Appeal), Appeal).options(joinedload(Appeal.from_garden))
    ordered = query.order_by((Appeal.state != appeal_rules.WAITING), Appeal.id.desc())
    return list(session.scalars(ordered.limit(200)))
