"""Decisions of curators."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.outbox.use_cases import send
from marketplace.vetting import queries, rules
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.notices import applications

Checklist = Mapping[str, Mapping[str, Any]]


def lock_vetting(vetting_id: int) -> Vetting:
    """Load an application and lock it until the end of the transaction. Raises NotFound."""
    return or_404(load_locked(select(Vetting).where(Vetting.id == vetting_id)))


def check_may_decide(viewer: Viewer, vetting: Vetting) -> None:
    """Require a curator of the vetting garden without a conflict of interest. Raises NotFound, Forbidden or RuleBroken."""
    if not viewer.is_garden or vetting.garden_id != viewer.organisation_id:
        raise NotFound
    if not viewer.is_curator:
        raise Forbidden
    if queries.has_conflict_of_interest(viewer, vetting.supplier_id):
        raise RuleBroken(_("You are connected to this supplier and cannot decide. Ask another curator."))


@dataclass(frozen=True, slots=True)
class Decision:
    """A curator's decision on an application at a `revision`."""

    action: str
    revision: int
    checklist: Checklist
    reason: str = ""


def decide(viewer: Viewer, vetting_id: int, decision: Decision) -> Vetting:
    """Decide an application, notify the supplier and record the decision in the history.

    A review of a changed profile is recorded without notice. Refusals are not decided here, because they need a
    second curator.

    Raises NotFound or Forbidden without permission, Conflict if the application has changed, RuleBroken if the
    checklist or the reason does not justify the decision.
    """
    with transaction():
        vetting = lock_vetting(vetting_id)
        check_may_decide(viewer, vetting)
        status = queries.status_of(vetting)
        action, reason = decision.action, decision.reason
        check_unrevised(vetting, decision)
        to_state = rules.next_state(action, status)
        if to_state is None or action == rules.REFUSE:
            raise RuleBroken(_("You cannot do this with the application's current status."), "decision")
        checklist = (
            dict(vetting.checklist)
            if action in {rules.SUSPEND, rules.REINSTATE, rules.MARK_REVIEWED}
            else clean_checklist(vetting.category, decision.checklist)
        )
        check_justified(vetting.category, action, checklist, reason)
        apply_decision(
            viewer, vetting, status, to_state, Decision(action, vetting.revision, checklist, reason)
        )
        if action == rules.MARK_REVIEWED:
            return vetting
        is_request = action == rules.REQUEST_CHANGES
        missing = rules.unmet_criteria(vetting.category, checklist) if is_request else []
        send(
            applications.decided(vetting.supplier, vetting, action, reason, missing),
            organisations.recipients_for(vetting.supplier_id),
        )
        return vetting


def check_unrevised(vetting: Vetting, decision: Decision) -> None:
    """Raise Conflict if the application has a new revision, or awaits a second curator."""
    waiting = queries.proposed_refusal(vetting.id)
    if waiting is not None:
        message = _("%(name)s has proposed refusing this application. A second curator must reply first.")
        raise Conflict(message % {"name": waiting.proposed_by.name})
    if vetting.revision != decision.revision:
        raise Conflict(describe_conflict(vetting), {"standing": queries.status_of(vetting)})


def describe_conflict(vetting: Vetting) -> str:
    """Describe the latest change to an application: who made it, and which one if it was a decision."""
    query = select(AuditEvent.action, User.name).join(User, User.id == AuditEvent.actor_id)
    query = query.where(AuditEvent.object_type == "vetting", AuditEvent.object_id == str(vetting.id))
    latest = session.execute(query.order_by(AuditEvent.id.desc()).limit(1)).first()
    action, name = latest or ("vetting.submit", "")
    messages = {
        "vetting.submit": _(
            "The supplier has resubmitted the application since you opened the page. Open the page again to read it."
        ),
        "vetting.approve": _("%(name)s has already approved this application."),
        "vetting.ask": _("%(name)s has already asked for changes."),
        "vetting.refuse": _("%(name)s has already refused this application."),
        "vetting.suspend": _("%(name)s has already suspended this approval."),
    }
    changed = _("%(name)s has changed the review since you opened the page. Open the page again to read it.")
    return messages.get(action, changed) % {"name": name}


def clean_checklist(category: str, answers: Checklist) -> dict[str, Any]:
    """Keep only the category's criteria in a checklist, each with an answer and a note."""
    checklist: dict[str, Any] = {}
    for criterion in rules.criteria_for(category):
        answer = answers.get(criterion.code, {})
        met = answer.get("met")
        checklist[criterion.code] = {
            "met": met if isinstance(met, bool) else None,
            "note": str(answer.get("note", "")),
        }
    return checklist


def check_justified(category: str, action: str, checklist: Checklist, reason: str) -> None:
    """Raise RuleBroken if the checklist or the reason does not justify a decision."""
    if action in rules.NEEDS_TEXT and not reason.strip():
        raise RuleBroken(_("Give the reason. The supplier will read it."), "reason")
    if action == rules.REFUSE and not rules.unmet_criteria(category, checklist):
        raise RuleBroken(
            _("Mark at least one item as not met so that the supplier knows what is missing."), "checklist"
        )
    if action == rules.APPROVE:
        if rules.unanswered_criteria(category, checklist):
            raise RuleBroken(_("Answer every item on the checklist before you approve."), "checklist")
        if rules.unmet_criteria(category, checklist):
            raise RuleBroken(
                _("An item is not met. Ask for changes instead, or mark the item as met and add a note."),
                "checklist",
            )


def apply_decision(viewer: Viewer, vetting: Vetting, status: str, to_state: str, decision: Decision) -> None:
    """Apply a decision to an application, and add it to the history and the audit log."""
    now, checklist, reason = clock.now(), dict(decision.checklist), decision.reason
    session.add(
        VettingDecision(
            vetting_id=vetting.id,
            at=now,
            by_id=viewer.user_id,
            from_state=status,
            to_state=to_state,
            text=reason,
            checklist=checklist,
        )
    )
    vetting.state, vetting.checklist, vetting.reason = to_state, checklist, reason
    vetting.decided_at, vetting.decided_by_id = now, viewer.user_id
    if decision.action in {rules.APPROVE, rules.MARK_REVIEWED}:
        vetting.supplier.held = None
    if decision.action == rules.APPROVE:
        vetting.approved_at = now
    vetting.revision += 1
    session.flush()
    record(
        viewer,
        f"vetting.{decision.action}",
        "vetting",
        vetting.id,
        supplier=vetting.supplier_id,
        category=vetting.category,
        standing=status,
    )


def save_checklist(viewer: Viewer, vetting_id: int, decision: Decision) -> None:
    """Store the answers and notes of an unfinished review, without a decision and without notice.

    Raises NotFound or Forbidden without permission, Conflict if the application has changed, RuleBroken if the
    supplier could read the notes of its current status.
    """
    with transaction():
        vetting = lock_vetting(vetting_id)
        check_may_decide(viewer, vetting)
        check_unrevised(vetting, decision)
        if queries.status_of(vetting) not in rules.CHECKLIST_IS_INTERNAL:
            raise RuleBroken(_("You cannot do this with the application's current status."), "decision")
        vetting.checklist = clean_checklist(vetting.category, decision.checklist)
        vetting.revision += 1
        session.flush()
        record(viewer, "vetting.save_checklist", "vetting", vetting.id, supplier=vetting.supplier_id)


def approve_all(
    viewer: Viewer, supplier_id: int, decisions: Mapping[int, Decision] | None = None, *, notify: bool = True
) -> list[Vetting]:
    """Approve all pending applications of a supplier to the viewer's garden. Returns the approved ones.

    `decisions` holds the checklist of each application by its id; an application without one stays pending. An import
    passes no `decisions`: all criteria are recorded as met. Raises NotFound if the
    supplier has no applications to the garden, Conflict if an application has changed, RuleBroken if a checklist does
    not justify approval.
    """
    with transaction():
        query = select(Vetting).where(
            Vetting.supplier_id == supplier_id, Vetting.garden_id == viewer.organisation_id
        )
        vettings = list(session.scalars(query.order_by(Vetting.category).with_for_update()))
        if not vettings:
            raise NotFound
        approved = []
        for vetting in vettings:
            check_may_decide(viewer, vetting)
            status = queries.status_of(vetting)
            if status in rules.AWAITS_APPROVAL and queries.proposed_refusal(vetting.id) is None:
                checklist = rules.full_checklist(vetting.category)
                decision = Decision(rules.APPROVE, vetting.revision, checklist)
                if decisions is not None:
                    if vetting.id not in decisions:
                        continue
                    check_unrevised(vetting, decisions[vetting.id])
                    checklist = clean_checklist(vetting.category, decisions[vetting.id].checklist)
                    check_justified(vetting.category, rules.APPROVE, checklist, "")
                    decision = replace(decision, checklist=checklist)
                apply_decision(viewer, vetting, status, rules.APPROVED, decision)
                approved.append(vetting)
        if approved and notify:
            message = applications.all_approved(
                approved[0].supplier, [vetting.category for vetting in approved], approved[0].garden.name
            )
            send(message, organisations.recipients_for(supplier_id))
        return approved
