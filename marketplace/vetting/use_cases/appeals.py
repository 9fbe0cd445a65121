"""Appeals: a refused supplier appeals once, and another garden decides."""

from sqlalchemy import select

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import User
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
from marketplace.vetting import appeal_rules, queries, rules, second_review_rules
from marketplace.vetting.models import Appeal, Refusal, Vetting, VettingDecision
from marketplace.vetting.notices import second_reviews
from marketplace.vetting.use_cases.decisions import Decision, apply_decision, lock_vetting

HANDED_OVER = "vetting.pass_on_appeal"


def appeal(viewer: Viewer, vetting_id: int, text: str) -> Appeal:
    """Appeal a refusal to another garden. Raises NotFound, Forbidden or RuleBroken."""
    with transaction():
        vetting = lock_vetting(vetting_id)
        if not viewer.is_supplier or vetting.supplier_id != viewer.organisation_id:
            raise NotFound
        if not viewer.is_owner:
            raise Forbidden
        step = queries.refusing_decision(vetting)
        if step is None or not queries.can_appeal(vetting):
            raise RuleBroken(
                _(
                    "You cannot appeal this: the application has not been refused, the time limit has passed, or you have appealed."
                )
            )
        appeal_row = Appeal(
            decision_id=step.id,
            vetting_id=vetting.id,
            from_garden_id=vetting.garden_id,
            garden_id=_garden_for(vetting, step),
            text=text,
            appealed_by_id=viewer.user_id,
        )
        session.add(appeal_row)
        session.flush()
        record(
            viewer,
            "vetting.appeal",
            "vetting",
            vetting.id,
            from_garden=vetting.garden_id,
            garden=appeal_row.garden_id,
        )
        name, reviewer = vetting.supplier.name, appeal_row.garden.name if appeal_row.garden else ""
        send(
            second_reviews.appeal_received(name, vetting.category, appeal_row.id, vetting.garden.name),
            _deciders(appeal_row),
        )
        send(second_reviews.appeal_reported(name, vetting.category, reviewer), _administrators())
        send(
            second_reviews.appeal_sent(vetting.category, reviewer),
            organisations.recipients_for(vetting.supplier_id),
        )
        return appeal_row


def _garden_for(vetting: Vetting, step: VettingDecision) -> int | None:
    """Choose the nearest garden with an independent curator, preferably one not involved in the refusal."""
    able = queries.independent_curators(vetting.supplier, without=queries.deciders_of(step))
    others = able.keys() - {vetting.garden_id}
    confirmed = select(Refusal.second_garden_id).where(
        Refusal.vetting_id == vetting.id, Refusal.state == second_review_rules.CONFIRMED
    )
    uninvolved = others - set(session.scalars(confirmed))
    return queries.nearest_garden(vetting.supplier, uninvolved or others)


def _administrators() -> list[Recipient]:
    query = select(User).where(User.is_admin, User.is_active).order_by(User.id)
    return [accounts.as_recipient(user) for user in session.scalars(query)]


def _deciders(appeal_row: Appeal) -> list[Recipient]:
    """Curators who can decide an appeal."""
    able = queries.independent_curators(
        appeal_row.vetting.supplier, without=queries.deciders_of(appeal_row.decision)
    )
    curators = organisations.recipients_for(appeal_row.garden_id, roles=("curator",))
    return [person for person in curators if person.user_id in able.get(appeal_row.garden_id or 0, ())]


def answer_appeal(viewer: Viewer, appeal_id: int, action: str, reason: str) -> Appeal:
    """Grant an appeal or uphold the refusal, with a reason, and notify the supplier and the garden that refused.

    Raises NotFound, Forbidden, Conflict if it is already answered, RuleBroken on a conflict of interest or without a
    reason.
    """
    with transaction():
        appeal_row = or_404(session.get(Appeal, appeal_id))
        vetting = lock_vetting(appeal_row.vetting_id)
        session.refresh(appeal_row)
        role = queries.role_in_appeal(viewer, appeal_row)
        if not role.is_asked:
            raise NotFound
        if not role.is_curator:
            raise Forbidden
        if appeal_row.state != appeal_rules.WAITING or vetting.state != rules.REFUSED:
            raise Conflict(_("This appeal has been answered."))
        to_state = second_review_rules.next_state(action, appeal_row.state)
        if to_state is None:
            raise RuleBroken(_("Choose an action."))
        if not second_review_rules.can(action, role):
            raise RuleBroken(_("You are involved in this case and cannot decide it. Ask another curator."))
        if not reason.strip():
            raise RuleBroken(_("Give the reason. The supplier will read it."), "reason")
        appeal_row.state, appeal_row.reason = to_state, reason
        appeal_row.decided_by_id, appeal_row.decided_at = viewer.user_id, clock.now()
        if action == appeal_rules.GRANT:
            checklist = rules.full_checklist(vetting.category)
            decision = Decision(rules.APPROVE, vetting.revision, checklist, reason)
            apply_decision(viewer, vetting, rules.REFUSED, rules.APPROVED, decision)
        else:
            _record_upheld(viewer, vetting, reason)
        record(viewer, f"vetting.appeal_{action}", "vetting", vetting.id, appeal=appeal_row.id)
        _notify(appeal_row, vetting, viewer.organisation_name)
        return appeal_row


def _record_upheld(viewer: Viewer, vetting: Vetting, reason: str) -> None:
    """Record in the history that the refusal was upheld. Its date is unchanged, because time limits count from it."""
    session.add(
        VettingDecision(
            vetting_id=vetting.id,
            at=clock.now(),
            by_id=viewer.user_id,
            from_state=rules.REFUSED,
            to_state=rules.REFUSED,
            text=reason,
            checklist=dict(vetting.checklist),
        )
    )
    vetting.revision += 1
    session.flush()


def _notify(appeal_row: Appeal, vetting: Vetting, garden: str) -> None:
    granted = appeal_row.state == appeal_rules.GRANTED
    to_supplier = second_reviews.appeal_decided(vetting, garden, appeal_row.reason, granted=granted)
    send(to_supplier, organisations.recipients_for(vetting.supplier_id))
    to_refusing_garden = second_reviews.appeal_outcome(appeal_row, garden, with_reason=True)
    send(to_refusing_garden, organisations.recipients_for(appeal_row.from_garden_id, roles=("curator",)))
    to_administrators = second_reviews.appeal_outcome(appeal_row, garden, with_reason=False)
    send(to_administrators, _administrators())


def remind_of_appeals() -> int:
    """Send reminders for appeals that have waited too long. Returns the number of gardens notified.

    An appeal that nobody in its garden can decide is passed on to the next garden that can.
    """
    waiting = select(Appeal.id).join(Appeal.vetting).join(Vetting.supplier)
    waiting = waiting.where(Appeal.state == appeal_rules.WAITING, Supplier.is_active)
    return sum_over_rows(_remind, read_and_release(waiting.order_by(Appeal.id)))


def _remind(appeal_id: int) -> int:
    with transaction():
        appeal_row = session.get_one(Appeal, appeal_id)
        vetting = lock_vetting(appeal_row.vetting_id)
        session.refresh(appeal_row)
        if appeal_row.state != appeal_rules.WAITING:
            return 0
        if not _deciders(appeal_row):
            asked = _garden_for(vetting, appeal_row.decision)
            if asked is None or asked == appeal_row.garden_id:
                return 0
            appeal_row.garden_id, appeal_row.reminded_at = asked, None
            record(None, HANDED_OVER, "vetting", vetting.id, garden=asked)
        elif appeal_row.reminded_at or not second_review_rules.is_reminder_due(
            last_recorded_at(HANDED_OVER, "vetting", vetting.id) or appeal_row.appealed_at, clock.today()
        ):
            return 0
        else:
            appeal_row.reminded_at = clock.now()
            record(None, "vetting.remind_of_appeal", "vetting", vetting.id)
        session.flush()
        message = second_reviews.appeal_received(
            vetting.supplier.name, vetting.category, appeal_row.id, appeal_row.from_garden.name
        )
        send(message, _deciders(appeal_row))
        return 1
