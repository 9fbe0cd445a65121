"""What curators decide, and what the clock reminds of."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, rules
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.notices import applications

Checklist = Mapping[str, Mapping[str, Any]]


def locked(vetting_id: int) -> Vetting:
    """Return an application that nobody else changes until the end of the transaction. Raises NotFound."""
    query = select(Vetting).where(Vetting.id == vetting_id).with_for_update()
    item = session.scalar(query.execution_options(populate_existing=True))
    if item is None:
        raise NotFound
    return item


def may_decide(viewer: Viewer, item: Vetting) -> None:
    """Only curators of the garden that got the application, and none who belongs to the supplier."""
    if not viewer.is_garden or item.garden_id != viewer.organisation_id:
        raise NotFound
    if not viewer.is_curator:
        raise Forbidden
    if queries.has_tie(viewer, item.supplier_id):
        raise RuleBroken(_("You are connected to this supplier and cannot decide. Ask another curator."))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a curator has decided on the application as it stood at `revision`."""

    move: str
    revision: int
    checklist: Checklist
    reason: str = ""


def decide(viewer: Viewer, vetting_id: int, decision: Decision) -> Vetting:
    """Take a decision on an application, tell the supplier, and keep it in the history.

    That a changed profile was read is kept, and told to nobody. A refusal is not decided here: it takes two curators.

    Raises NotFound and Forbidden for those who may not, Conflict when another was first, RuleBroken when the
    checklist or the reason does not carry the decision.
    """
    with transaction():
        item = locked(vetting_id)
        may_decide(viewer, item)
        stands = queries.standing_of(item)
        move, reason = decision.move, decision.reason
        must_be_as_read(item, decision)
        to_state = rules.result_of(move, stands)
        if to_state is None or move in rules.TAKES_TWO:
            raise RuleBroken(_("You cannot do this with the application's current status."), "decision")
        kept = (
            dict(item.checklist)
            if move in {rules.SUSPEND, rules.REINSTATE, rules.READ}
            else plain(item.category, decision.checklist)
        )
        must_carry(item.category, move, kept, reason)
        write_decision(viewer, item, stands, to_state, Decision(move, item.revision, kept, reason))
        if move == rules.READ:
            return item
        missing = rules.unmet(item.category, kept) if move in rules.NEEDS_UNMET else []
        send(
            applications.decided(item.supplier, item, move, reason, missing),
            organisations.recipients_for(item.supplier_id),
        )
        return item


def must_be_as_read(item: Vetting, decision: Decision) -> None:
    """Raise Conflict when the application is not as the curator read it, or waits for a second curator."""
    waiting = queries.open_refusal(item.id)
    if waiting is not None:
        message = _("%(name)s has proposed refusing this application. A second curator must reply first.")
        raise Conflict(message % {"name": waiting.proposed_by.name})
    if item.revision != decision.revision:
        raise Conflict(somebody_was_first(item), {"standing": queries.standing_of(item)})


def somebody_was_first(item: Vetting) -> str:
    """Return what has happened to an application since somebody read it."""
    if item.decided_by is None or not item.decisions or item.decisions[-1].by_id != item.decided_by_id:
        return _(
            "The supplier has resubmitted the application since you opened the page. Open it again to read it."
        )
    words = {
        rules.APPROVED: _("%(name)s has already approved this application."),
        rules.CHANGES: _("%(name)s has already asked for changes."),
        rules.REFUSED: _("%(name)s has already refused this application."),
        rules.SUSPENDED: _("%(name)s has already suspended this approval."),
    }
    return words.get(item.state, _("%(name)s has already decided.")) % {"name": item.decided_by.name}


def plain(category: str, checklist: Checklist) -> dict[str, Any]:
    """Return a checklist with the category's criteria only, and nothing but an answer and a note in each."""
    kept: dict[str, Any] = {}
    for criterion in rules.criteria_for(category):
        answer = checklist.get(criterion.code, {})
        met = answer.get("met")
        kept[criterion.code] = {
            "met": met if isinstance(met, bool) else None,
            "note": str(answer.get("note", "")),
        }
    return kept


def must_carry(category: str, move: str, checklist: Checklist, reason: str) -> None:
    """Raise RuleBroken when the checklist or the reason does not carry a decision."""
    if move in rules.NEEDS_TEXT and not reason.strip():
        raise RuleBroken(_("Give the reason. The supplier will read it."), "reason")
    if move in rules.NEEDS_UNMET and not rules.unmet(category, checklist):
        raise RuleBroken(
            _("Mark at least one point as not met so that the supplier knows what is missing."), "checklist"
        )
    if move == rules.APPROVE:
        if rules.unanswered(category, checklist):
            raise RuleBroken(_("Answer every point on the list before you approve."), "checklist")
        if rules.unmet(category, checklist):
            raise RuleBroken(
                _("A point is not met. Ask for changes instead, or mark the point as met and add a note."),
                "checklist",
            )


def write_decision(viewer: Viewer, item: Vetting, stands: str, to_state: str, decision: Decision) -> None:
    """Write a decision on an application and in its history, and record it."""
    now, checklist, reason = clock.now(), dict(decision.checklist), decision.reason
    session.add(
        VettingDecision(
            vetting_id=item.id,
            at=now,
            by_id=viewer.user_id,
            from_state=stands,
            to_state=to_state,
            text=reason,
            checklist=checklist,
        )
    )
    item.state, item.checklist, item.reason = to_state, checklist, reason
    item.decided_at, item.decided_by_id = now, viewer.user_id
    if decision.move in {rules.APPROVE, rules.READ}:
        item.supplier.held = None
    if decision.move == rules.APPROVE:
        item.approved_at = now
    item.revision += 1
    session.flush()
    record(
        viewer,
        f"vetting.{decision.move}",
        "vetting",
        item.id,
        supplier=item.supplier_id,
        category=item.category,
        standing=stands,
    )


def approve_all(viewer: Viewer, supplier_id: int, *, tell: bool = True) -> list[Vetting]:
    """Approve everything that a supplier waits for at the viewer's garden, in one step; return what was approved.

    The curator vouches that all points are met. Raises NotFound when nothing of the supplier is the garden's.
    """
    with transaction():
        query = select(Vetting).where(
            Vetting.supplier_id == supplier_id, Vetting.garden_id == viewer.organisation_id
        )
        items = list(session.scalars(query.order_by(Vetting.category).with_for_update()))
        if not items:
            raise NotFound
        approved = []
        for item in items:
            may_decide(viewer, item)
            stands = queries.standing_of(item)
            if stands in {rules.SUBMITTED, rules.DUE} and queries.open_refusal(item.id) is None:
                checklist = rules.full_checklist(item.category)
                decision = Decision(rules.APPROVE, item.revision, checklist)
                write_decision(viewer, item, stands, rules.APPROVED, decision)
                approved.append(item)
        if approved and tell:
            message = applications.all_approved(
                approved[0].supplier, [item.category for item in approved], approved[0].garden.name
            )
            send(message, organisations.recipients_for(supplier_id))
        return approved


def remind_renewals() -> int:
    """Tell suppliers and curators, once for each approval, that it is a year old; return how many suppliers were told.

    The step in the history, made by nobody, is also the mark that it has been said.
    """
    with transaction():
        now = clock.now()
        told = select(VettingDecision.id).where(
            VettingDecision.vetting_id == Vetting.id,
            VettingDecision.to_state == rules.DUE,
            VettingDecision.at > Vetting.approved_at,
        )
        query = (
            select(Vetting)
            .join(Vetting.supplier)
            .options(joinedload(Vetting.supplier), joinedload(Vetting.garden))
            .where(
                Vetting.state == rules.APPROVED,
                Vetting.approved_at <= rules.months_before(now, rules.DUE_MONTHS),
                Supplier.is_active,
                ~told.exists(),
            )
            .order_by(Vetting.supplier_id, Vetting.category)
        )
        by_supplier: dict[int, list[Vetting]] = defaultdict(list)
        for item in session.scalars(query):
            by_supplier[item.supplier_id].append(item)
            session.add(
                VettingDecision(vetting_id=item.id, at=now, from_state=rules.APPROVED, to_state=rules.DUE)
            )
            record(None, "vetting.due", "vetting", item.id)
        for supplier_id, items in by_supplier.items():
            first, categories = items[0], [item.category for item in items]
            oldest = min(item.approved_at for item in items if item.approved_at)
            due = applications.renewal_due(categories, first.garden.name, rules.dormant_on(oldest))
            send(due, organisations.recipients_for(supplier_id, roles=("owner",)))
            curators = organisations.recipients_for(first.garden_id, roles=("curator",))
            send(applications.renewal_waits(first.supplier, categories, first.id), curators)
        return len(by_supplier)
