"""Refusing takes two: one curator proposes with reasons, a second one confirms or sends it back."""

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, rules, second_review
from marketplace.vetting.models import Refusal, Vetting
from marketplace.vetting.notices import applications, second_reviews
from marketplace.vetting.second_review import Chair
from marketplace.vetting.use_cases.deciding import (
    Decision,
    locked,
    may_decide,
    must_be_as_read,
    must_carry,
    plain,
    write_decision,
)


def propose_refusal(viewer: Viewer, vetting_id: int, decision: Decision) -> Refusal:
    """Propose to refuse an application, and ask a second curator; the supplier hears nothing yet.

    Raises NotFound and Forbidden for those who may not, Conflict when another was first, RuleBroken when checklist
    or reason do not carry it, or when nobody in the network could be the second.
    """
    with transaction():
        item = locked(vetting_id)
        may_decide(viewer, item)
        must_be_as_read(item, decision)
        if rules.result_of(rules.REFUSE, queries.standing_of(item)) is None:
            raise RuleBroken(_("You cannot do this with the application's current status."), "decision")
        checklist = plain(item.category, decision.checklist)
        must_carry(item.category, rules.REFUSE, checklist, decision.reason)
        able = queries.untied_curators(item.supplier, without={viewer.user_id})
        if not able:
            raise RuleBroken(
                _(
                    "A refusal requires two curators, and nobody else can confirm it. Ask for changes instead, or ask an administrator to invite a curator."
                ),
                "decision",
            )
        refusal = Refusal(
            vetting_id=item.id,
            garden_id=item.garden_id,
            second_garden_id=_elsewhere(item.supplier, item.garden_id, able),
            checklist=checklist,
            reason=decision.reason,
            proposed_by_id=viewer.user_id,
        )
        session.add(refusal)
        item.revision += 1
        session.flush()
        record(
            viewer,
            "vetting.propose_refusal",
            "vetting",
            item.id,
            supplier=item.supplier_id,
            category=item.category,
            second_garden=refusal.second_garden_id,
        )
        send(second_reviews.refusal_proposed(refusal, item.supplier.name), seconds(refusal))
        return refusal


def _elsewhere(supplier: Supplier, garden_id: int, able: dict[int, set[int]]) -> int | None:
    """Return which other garden is asked for a second curator; none where somebody at home can be it."""
    return None if garden_id in able else queries.nearest_garden(supplier, able)


def seconds(refusal: Refusal) -> list[Recipient]:
    """Return those who can confirm a refusal: at home if anybody there can, else in the garden that is asked."""
    able = queries.untied_curators(refusal.vetting.supplier, without={refusal.proposed_by_id})
    asked = refusal.garden_id if refusal.garden_id in able else refusal.second_garden_id
    curators = organisations.recipients_for(asked, roles=("curator",))
    return [person for person in curators if person.user_id in able.get(asked or 0, ())]


def _refusal(viewer: Viewer, refusal_id: int) -> tuple[Refusal, Vetting, Chair]:
    """Return a refusal, its application, locked, and where the viewer sits. Raises NotFound or Forbidden."""
    found = session.get(Refusal, refusal_id)
    if found is None:
        raise NotFound
    # The application is locked before the refusal is read anew, as when one is proposed: of two who come at once, one waits.
    item = locked(found.vetting_id)
    session.refresh(found)
    chair = queries.chair_at_refusal(viewer, found)
    if not chair.is_asked:
        raise NotFound
    if not chair.is_curator:
        raise Forbidden
    return found, item, chair


def answer_refusal(viewer: Viewer, refusal_id: int, move: str, text: str = "") -> Refusal:
    """Confirm a refusal and tell the supplier, send it back to the desk with a sentence, or take one's own back.

    Raises NotFound, Forbidden, Conflict when it is answered already, RuleBroken for who proposed it or has a tie.
    """
    with transaction():
        refusal, item, chair = _refusal(viewer, refusal_id)
        if refusal.state != second_review.PROPOSED:
            raise Conflict(_("This refusal has already been answered or withdrawn."))
        to_state = second_review.result_of(move, refusal.state)
        if to_state is None:
            raise RuleBroken(_("Choose an action."))
        if not second_review.may(move, chair):
            raise RuleBroken(_why_not(chair))
        if move == second_review.RETURN and not text.strip():
            raise RuleBroken(_("Explain why in a sentence. The person who proposed it will read it."), "text")
        refusal.state, refusal.answer = to_state, text
        refusal.decided_by_id, refusal.decided_at = viewer.user_id, clock.now()
        if move == second_review.CONFIRM:
            _refuse(viewer, refusal, item)
            return refusal
        item.revision += 1
        session.flush()
        record(viewer, f"vetting.{move}_refusal", "vetting", item.id, proposed_by=refusal.proposed_by_id)
        if move == second_review.RETURN:
            told = second_reviews.refusal_returned(refusal, item.supplier.name, viewer.name)
            send(told, _proposer(refusal))
        return refusal


def _why_not(chair: Chair) -> str:
    if chair.is_tied:
        return _("You are connected to this supplier and cannot decide. Ask another curator.")
    if chair.took_part:
        return _("You proposed this refusal. Someone else has to confirm it.")
    return _("Only the person who proposed it can withdraw it.")


def _refuse(viewer: Viewer, refusal: Refusal, item: Vetting) -> None:
    stands = queries.standing_of(item)
    to_state = rules.result_of(rules.REFUSE, stands)
    if to_state is None:
        raise Conflict(_("You cannot do this with the application's current status."))
    decision = Decision(rules.REFUSE, item.revision, refusal.checklist, refusal.reason)
    write_decision(viewer, item, stands, to_state, decision)
    missing = rules.unmet(item.category, refusal.checklist)
    send(
        applications.decided(item.supplier, item, rules.REFUSE, refusal.reason, missing),
        organisations.recipients_for(item.supplier_id),
    )
    send(second_reviews.refusal_confirmed(refusal, item.supplier.name, viewer.name), _proposer(refusal))


def _proposer(refusal: Refusal) -> list[Recipient]:
    curators = organisations.recipients_for(refusal.garden_id)
    return [person for person in curators if person.user_id == refusal.proposed_by_id]


def overtake_refusals(supplier_id: int, vetting_id: int | None = None) -> None:
    """Let the refusals that wait for a supplier lapse, inside the caller's transaction: what they are about has changed."""
    about = select(Vetting.id).where(Vetting.supplier_id == supplier_id).order_by(Vetting.id)
    if vetting_id is not None:
        about = about.where(Vetting.id == vetting_id)
    items = session.scalars(about.with_for_update()).all()  # the applications first, as everywhere
    query = select(Refusal).where(Refusal.vetting_id.in_(items), Refusal.state == second_review.PROPOSED)
    for refusal in session.scalars(query):
        refusal.state, refusal.decided_at = second_review.WITHDRAWN, clock.now()
        record(None, "vetting.overtake_refusal", "vetting", refusal.vetting_id)


def remind_second_curators() -> int:
    """Remind of refusals that have waited for a second curator for more than five working days; return how many.

    Where nobody who was asked can answer any more, another garden is asked.
    """
    waiting = select(Refusal.id).where(Refusal.state == second_review.PROPOSED).order_by(Refusal.id)
    numbers = session.scalars(waiting).all()
    session.rollback()
    return sum(_remind(number) for number in numbers)


def _remind(refusal_id: int) -> int:
    with transaction():
        refusal = session.get_one(Refusal, refusal_id)
        item = locked(refusal.vetting_id)
        session.refresh(refusal)
        if refusal.state != second_review.PROPOSED:
            return 0
        able = queries.untied_curators(item.supplier, without={refusal.proposed_by_id})
        if not able.keys() & {refusal.garden_id, refusal.second_garden_id}:
            asked = queries.nearest_garden(item.supplier, able)
            if asked is None:
                return 0
            refusal.second_garden_id = asked
            record(None, "vetting.pass_on_refusal", "vetting", item.id, second_garden=asked)
        elif refusal.reminded_at or not second_review.is_late(refusal.proposed_at, clock.today()):
            return 0
        else:
            refusal.reminded_at = clock.now()
            record(None, "vetting.remind_of_refusal", "vetting", item.id)
        send(second_reviews.refusal_waits(refusal, item.supplier.name), seconds(refusal))
        return 1
