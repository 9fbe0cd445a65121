"""Refusals: one curator proposes with a reason, and a second one confirms or returns the proposal."""

from sqlalchemy import select

from marketplace.audit.queries import last_recorded_at
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, rules, second_review_rules
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.notices import applications, second_reviews
from marketplace.vetting.second_review_rules import ReviewerRole
from marketplace.vetting.use_cases.decisions import (
    Decision,
    apply_decision,
    check_justified,
    check_may_decide,
    check_unrevised,
    clean_checklist,
    lock_vetting,
)

HANDED_OVER = "vetting.pass_on_refusal"


def propose_refusal(viewer: Viewer, vetting_id: int, decision: Decision) -> Refusal:
    """Propose to refuse an application and ask a second curator. The supplier is not notified yet.

    Raises NotFound or Forbidden without permission, Conflict if the application has changed, RuleBroken if the
    checklist or the reason does not justify it, or if no other curator could confirm.
    """
    with transaction():
        vetting = lock_vetting(vetting_id)
        check_may_decide(viewer, vetting)
        check_unrevised(vetting, decision)
        if rules.next_state(rules.REFUSE, queries.status_of(vetting)) is None:
            raise RuleBroken(_("You cannot do this with the application's current status."), "decision")
        checklist = clean_checklist(vetting.category, decision.checklist)
        check_justified(vetting.category, rules.REFUSE, checklist, decision.reason)
        able = queries.independent_curators(vetting.supplier, without={viewer.user_id})
        if not able:
            raise RuleBroken(
                _(
                    "A refusal requires two curators, and nobody else can confirm it. Ask for changes instead, or invite a second curator among your colleagues."
                ),
                "decision",
            )
        refusal = Refusal(
            vetting_id=vetting.id,
            garden_id=vetting.garden_id,
            second_garden_id=_other_garden(vetting.supplier, vetting.garden_id, able),
            checklist=checklist,
            reason=decision.reason,
            proposed_by_id=viewer.user_id,
        )
        session.add(refusal)
        if queries.status_of(vetting) in rules.CHECKLIST_IS_INTERNAL:
            vetting.checklist = checklist  # the next review starts from it if the refusal is returned
        vetting.revision += 1
        session.flush()
        record(
            viewer,
            "vetting.propose_refusal",
            "vetting",
            vetting.id,
            supplier=vetting.supplier_id,
            category=vetting.category,
            second_garden=refusal.second_garden_id,
        )
        send(second_reviews.refusal_proposed(refusal, vetting.supplier.name), second_reviewers(refusal))
        return refusal


def _other_garden(supplier: Supplier, garden_id: int, able: dict[int, set[int]]) -> int | None:
    """Choose another garden to ask for a second curator, or None if the vetting garden has one."""
    return None if garden_id in able else queries.nearest_garden(supplier, able)


def second_reviewers(refusal: Refusal) -> list[Recipient]:
    """Curators who can confirm a refusal: in the vetting garden if there are any, otherwise in the garden that is asked."""
    able = queries.independent_curators(refusal.vetting.supplier, without={refusal.proposed_by_id})
    asked = refusal.garden_id if refusal.garden_id in able else refusal.second_garden_id
    curators = organisations.recipients_for(asked, roles=("curator",))
    return [person for person in curators if person.user_id in able.get(asked or 0, ())]


def _lock_refusal(viewer: Viewer, refusal_id: int) -> tuple[Refusal, Vetting, ReviewerRole]:
    """Load and lock a refusal and its application, with the viewer's role. Raises NotFound or Forbidden."""
    refusal = or_404(session.get(Refusal, refusal_id))
    # Lock the application before the refusal is refreshed, in the same order as a proposal, so that of two concurrent
    # answers one waits.
    vetting = lock_vetting(refusal.vetting_id)
    session.refresh(refusal)
    role = queries.role_in_refusal(viewer, refusal)
    if not role.is_asked:
        raise NotFound
    if not role.is_curator:
        raise Forbidden
    return refusal, vetting, role


def answer_refusal(viewer: Viewer, refusal_id: int, action: str, text: str = "") -> Refusal:
    """Confirm a refusal and notify the supplier, return it with an explanation, or withdraw the viewer's own proposal.

    Raises NotFound, Forbidden, Conflict if it is already answered, RuleBroken for the proposer or on a conflict of
    interest.
    """
    with transaction():
        refusal, vetting, role = _lock_refusal(viewer, refusal_id)
        if refusal.state != second_review_rules.PROPOSED:
            raise Conflict(_("This refusal has already been answered or withdrawn."))
        to_state = second_review_rules.next_state(action, refusal.state)
        if to_state is None:
            raise RuleBroken(_("Choose an action."))
        if not second_review_rules.can(action, role):
            raise RuleBroken(_refusal_denied_message(role))
        if action == second_review_rules.RETURN and not text.strip():
            raise RuleBroken(_("Explain why in a sentence. The person who proposed it will read it."), "text")
        refusal.state, refusal.answer = to_state, text
        refusal.decided_by_id, refusal.decided_at = viewer.user_id, clock.now()
        if action == second_review_rules.CONFIRM:
            _refuse(viewer, refusal, vetting)
            return refusal
        vetting.revision += 1
        session.flush()
        record(viewer, f"vetting.{action}_refusal", "vetting", vetting.id, proposed_by=refusal.proposed_by_id)
        if action == second_review_rules.RETURN:
            message = second_reviews.refusal_returned(refusal, vetting.supplier.name, viewer.name)
            send(message, _proposer(refusal))
        return refusal


def _refusal_denied_message(role: ReviewerRole) -> str:
    if role.has_conflict:
        return _("You are connected to this supplier and cannot decide. Ask another curator.")
    if role.took_part:
        return _("You proposed this refusal. Someone else has to confirm it.")
    return _("Only the person who proposed it can withdraw it.")


def _refuse(viewer: Viewer, refusal: Refusal, vetting: Vetting) -> None:
    status = queries.status_of(vetting)
    to_state = rules.next_state(rules.REFUSE, status)
    if to_state is None:
        raise Conflict(_("You cannot do this with the application's current status."))
    decision = Decision(rules.REFUSE, vetting.revision, refusal.checklist, refusal.reason)
    apply_decision(viewer, vetting, status, to_state, decision)
    missing = rules.unmet_criteria(vetting.category, refusal.checklist)
    send(
        applications.decided(vetting.supplier, vetting, rules.REFUSE, refusal.reason, missing),
        organisations.recipients_for(vetting.supplier_id),
    )
    send(second_reviews.refusal_confirmed(refusal, vetting.supplier.name, viewer.name), _proposer(refusal))


def _proposer(refusal: Refusal) -> list[Recipient]:
    curators = organisations.recipients_for(refusal.garden_id)
    return [person for person in curators if person.user_id == refusal.proposed_by_id]


def supersede_refusals(supplier_id: int, vetting_id: int | None = None) -> None:
    """Withdraw the proposed refusals of a supplier, or of one application, inside the caller's transaction.

    The applications that they are about have changed, or belong to another garden.
    """
    about = select(Vetting.id).where(Vetting.supplier_id == supplier_id).order_by(Vetting.id)
    if vetting_id is not None:
        about = about.where(Vetting.id == vetting_id)
    vettings = session.scalars(about.with_for_update()).all()  # lock applications first, as everywhere
    query = select(Refusal).where(
        Refusal.vetting_id.in_(vettings), Refusal.state == second_review_rules.PROPOSED
    )
    for refusal in session.scalars(query):
        refusal.state, refusal.decided_at = second_review_rules.WITHDRAWN, clock.now()
        record(None, "vetting.overtake_refusal", "vetting", refusal.vetting_id)


def remind_second_reviewers() -> int:
    """Send reminders for refusals that have waited for a second curator for five working days. Returns their number.

    If nobody who was asked can answer any more, another garden is asked.
    """
    waiting = select(Refusal.id).join(Refusal.vetting).join(Vetting.supplier)
    waiting = waiting.where(Refusal.state == second_review_rules.PROPOSED, Supplier.is_active)
    return sum_over_rows(_remind, read_and_release(waiting.order_by(Refusal.id)))


def _remind(refusal_id: int) -> int:
    with transaction():
        refusal = session.get_one(Refusal, refusal_id)
        vetting = lock_vetting(refusal.vetting_id)
        session.refresh(refusal)
        if refusal.state != second_review_rules.PROPOSED:
            return 0
        able = queries.independent_curators(vetting.supplier, without={refusal.proposed_by_id})
        if not able.keys() & {refusal.garden_id, refusal.second_garden_id}:
            asked = queries.nearest_garden(vetting.supplier, able)
            if asked is None:
                return 0
            refusal.second_garden_id, refusal.reminded_at = asked, None
            record(None, HANDED_OVER, "vetting", vetting.id, second_garden=asked)
        elif refusal.reminded_at or not second_review_rules.is_reminder_due(
            last_recorded_at(HANDED_OVER, "vetting", vetting.id) or refusal.proposed_at, clock.today()
        ):
            return 0
        else:
            refusal.reminded_at = clock.now()
            record(None, "vetting.remind_of_refusal", "vetting", vetting.id)
        send(second_reviews.refusal_reminder(refusal, vetting.supplier.name), second_reviewers(refusal))
        return 1
