"""A refused supplier appeals once to another garden, which decides; everybody concerned hears back."""

from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import User
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send
from marketplace.vetting import queries, rules, second_review
from marketplace.vetting.models import Appeal, Refusal, Vetting, VettingDecision
from marketplace.vetting.notices import second_reviews
from marketplace.vetting.use_cases.deciding import Decision, locked, write_decision


def appeal(viewer: Viewer, vetting_id: int, text: str) -> Appeal:
    """Ask another garden to look at a refusal, in the supplier's own words. Raises NotFound, Forbidden or RuleBroken."""
    with transaction():
        item = locked(vetting_id)
        if not viewer.is_supplier or item.supplier_id != viewer.organisation_id:
            raise NotFound
        if not viewer.is_owner:
            raise Forbidden
        step = queries.refusing_step(item)
        if step is None or not queries.can_appeal(item):
            raise RuleBroken(
                _(
                    "You cannot appeal this: the application has not been refused, the time limit has passed, or you have appealed."
                )
            )
        made = Appeal(
            decision_id=step.id,
            vetting_id=item.id,
            from_garden_id=item.garden_id,
            garden_id=_garden_for(item, step),
            text=text,
            appealed_by_id=viewer.user_id,
        )
        session.add(made)
        session.flush()
        record(
            viewer, "vetting.appeal", "vetting", item.id, from_garden=item.garden_id, garden=made.garden_id
        )
        name, looks = item.supplier.name, made.garden.name if made.garden else ""
        send(second_reviews.appeal_came(name, item.category, made.id, item.garden.name), _judges(made))
        send(second_reviews.appeal_to_see(name, item.category, looks), _administrators())
        send(
            second_reviews.appeal_receipt(item.category, looks),
            organisations.recipients_for(item.supplier_id),
        )
        return made


def _garden_for(item: Vetting, step: VettingDecision) -> int | None:
    """Return which garden looks: the nearest with an untied curator, and if possible none that took part."""
    able = queries.untied_curators(item.supplier, without=queries.judges_of(step))
    others = able.keys() - {item.garden_id}
    confirmed = select(Refusal.second_garden_id).where(
        Refusal.vetting_id == item.id, Refusal.state == second_review.CONFIRMED
    )
    apart = others - set(session.scalars(confirmed))
    return queries.nearest_garden(item.supplier, apart or others)


def _administrators() -> list[Recipient]:
    query = select(User).where(User.is_admin, User.is_active).order_by(User.id)
    return [accounts.as_recipient(user) for user in session.scalars(query)]


def _judges(made: Appeal) -> list[Recipient]:
    """Return the people who can judge an appeal."""
    able = queries.untied_curators(made.vetting.supplier, without=queries.judges_of(made.decision))
    curators = organisations.recipients_for(made.garden_id, roles=("curator",))
    return [person for person in curators if person.user_id in able.get(made.garden_id or 0, ())]


def answer_appeal(viewer: Viewer, appeal_id: int, move: str, reason: str) -> Appeal:
    """Approve after all, or let the refusal stand, with reasons; supplier and refusing garden are told.

    Raises NotFound, Forbidden, Conflict when it is answered already, RuleBroken for ties or without a reason.
    """
    with transaction():
        found = session.get(Appeal, appeal_id)
        if found is None:
            raise NotFound
        item = locked(found.vetting_id)
        session.refresh(found)
        chair = queries.chair_at_appeal(viewer, found)
        if not chair.is_asked:
            raise NotFound
        if not chair.is_curator:
            raise Forbidden
        if found.state != second_review.WAITING or item.state != rules.REFUSED:
            raise Conflict(_("This appeal has been answered."))
        to_state = second_review.result_of(move, found.state)
        if to_state is None:
            raise RuleBroken(_("Choose an action."))
        if not second_review.may(move, chair):
            raise RuleBroken(_("You are involved in this case and cannot decide it. Ask another curator."))
        if not reason.strip():
            raise RuleBroken(_("Give the reason. The supplier will read it."), "reason")
        found.state, found.reason = to_state, reason
        found.decided_by_id, found.decided_at = viewer.user_id, clock.now()
        if move == second_review.GRANT:
            checklist = rules.full_checklist(item.category)
            decision = Decision(rules.APPROVE, item.revision, checklist, reason)
            write_decision(viewer, item, rules.REFUSED, rules.APPROVED, decision)
        else:
            _let_stand(viewer, item, reason)
        record(viewer, f"vetting.appeal_{move}", "vetting", item.id, appeal=found.id)
        _tell(found, item, viewer.organisation_name)
        return found


def _let_stand(viewer: Viewer, item: Vetting, reason: str) -> None:
    """Keep in the history that somebody has looked; the refusal keeps its day, from which time is counted."""
    session.add(
        VettingDecision(
            vetting_id=item.id,
            at=clock.now(),
            by_id=viewer.user_id,
            from_state=rules.REFUSED,
            to_state=rules.REFUSED,
            text=reason,
            checklist=dict(item.checklist),
        )
    )
    item.revision += 1
    session.flush()


def _tell(found: Appeal, item: Vetting, garden: str) -> None:
    granted = found.state == second_review.GRANTED
    told = second_reviews.appeal_decided(item, garden, found.reason, granted=granted)
    send(told, organisations.recipients_for(item.supplier_id))
    at_home = second_reviews.appeal_decided_elsewhere(found, garden, with_reason=True)
    send(at_home, organisations.recipients_for(found.from_garden_id, roles=("curator",)))
    to_see = second_reviews.appeal_decided_elsewhere(found, garden, with_reason=False)
    send(to_see, _administrators())


def remind_of_appeals() -> int:
    """Remind of appeals that have waited for more than five working days; return how many gardens were told.

    An appeal that nobody can judge where it lies goes to the next garden as soon as there is one.
    """
    waiting = select(Appeal.id).where(Appeal.state == second_review.WAITING).order_by(Appeal.id)
    numbers = session.scalars(waiting).all()
    session.rollback()
    return sum(_remind(number) for number in numbers)


def _remind(appeal_id: int) -> int:
    with transaction():
        found = session.get_one(Appeal, appeal_id)
        item = locked(found.vetting_id)
        session.refresh(found)
        if found.state != second_review.WAITING:
            return 0
        if not _judges(found):
            asked = _garden_for(item, found.decision)
            if asked is None or asked == found.garden_id:
                return 0
            found.garden_id, found.reminded_at = asked, None
            record(None, "vetting.pass_on_appeal", "vetting", item.id, garden=asked)
        elif found.reminded_at or not second_review.is_late(found.appealed_at, clock.today()):
            return 0
        else:
            found.reminded_at = clock.now()
            record(None, "vetting.remind_of_appeal", "vetting", item.id)
        session.flush()
        came = second_reviews.appeal_came(item.supplier.name, item.category, found.id, item.garden.name)
        send(came, _judges(found))
        return 1
