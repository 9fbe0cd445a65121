"""Scheduled reminders of applications that wait for an answer, and of approvals that are due for renewal."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import joinedload

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.core.dates import cutoff_reached
from marketplace.core.errors import RuleBroken
from marketplace.organisations import queries as organisations
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.notices import applications
from marketplace.vetting.queries import vettings_awaiting_second_review
from marketplace.vetting.use_cases.transfers import leave_closed_garden

APPLICATION_REMINDER = "vetting.remind"


@clock.not_before(7)
def remind_of_applications() -> int:
    """Remind the curators, once, on the day by which they have promised a reply; return the number of suppliers.

    Idempotent: reminders are looked up in the audit log. A supplier that applies again gets a new period.
    """
    suppliers = (
        select(Vetting.supplier_id).join(Vetting.supplier).where(*_waits_without_reminder()).distinct()
    )
    return sum_over_rows(_remind_of_application, read_and_release(suppliers.order_by(Vetting.supplier_id)))


def _waits_without_reminder() -> tuple[ColumnElement[bool], ...]:
    reminded = select(AuditEvent.id).where(
        AuditEvent.action == APPLICATION_REMINDER,
        AuditEvent.object_type == "vetting",
        AuditEvent.object_id == cast(Vetting.id, String),
        AuditEvent.at > Vetting.submitted_at,
    )
    return (
        Vetting.state == rules.SUBMITTED,
        Vetting.submitted_at < cutoff_reached(days=rules.PROMISED_WORKING_DAYS),
        Vetting.id.not_in(vettings_awaiting_second_review()),
        Supplier.is_active.is_(True),
        ~reminded.exists(),
    )


def _remind_of_application(supplier_id: int) -> bool:
    with transaction():
        waiting = _lock_vettings(supplier_id, _waits_without_reminder())
        due = sorted(
            (one for one in waiting if rules.answer_due_on(one.submitted_at) <= clock.today()),
            key=lambda one: (one.submitted_at, one.id),
        )
        if not due:
            return False
        for vetting in due:
            record(None, APPLICATION_REMINDER, "vetting", vetting.id)
        first = due[0]
        notice = applications.application_waits(first.supplier.name, first.submitted_at, first.id)
        send(notice, recipients_for(first.garden_id, roles=("curator",)))
        return True


def remind_of_renewals() -> int:
    """Remind suppliers and curators once of each approval that is a year old. Returns the number of suppliers reminded.

    The reminder is a step in the history without a person, which also prevents a second one.
    """
    suppliers = select(Vetting.supplier_id).join(Vetting.supplier).where(*_is_to_renew()).distinct()
    return sum_over_rows(_remind_of_renewal, read_and_release(suppliers.order_by(Vetting.supplier_id)))


def _is_to_renew() -> tuple[ColumnElement[bool], ...]:
    reminded = select(VettingDecision.id).where(
        VettingDecision.vetting_id == Vetting.id,
        VettingDecision.to_state == rules.DUE,
        VettingDecision.at > Vetting.approved_at,
    )
    return (
        Vetting.state == rules.APPROVED,
        Vetting.approved_at < cutoff_reached(months=rules.DUE_MONTHS),
        Supplier.is_active.is_(True),
        ~reminded.exists(),
    )


def _remind_of_renewal(supplier_id: int) -> int:
    with transaction():
        vettings = _lock_vettings(supplier_id, _is_to_renew())
        if not vettings:
            return 0
        for vetting in vettings:
            step = VettingDecision(
                vetting_id=vetting.id, at=clock.now(), from_state=rules.APPROVED, to_state=rules.DUE
            )
            session.add(step)
            record(None, "vetting.due", "vetting", vetting.id)
        first, categories = vettings[0], [vetting.category for vetting in vettings]
        oldest = min(vetting.approved_at for vetting in vettings if vetting.approved_at)
        with suppress(RuleBroken):  # because no other garden may be open
            leave_closed_garden(None, first.supplier)
        garden = organisations.garden(first.supplier.garden_id or first.garden_id)
        dormant_on = rules.dormant_on(oldest)
        due = applications.renewal_due(categories, garden.name, dormant_on)
        send(due, organisations.recipients_for(supplier_id, roles=("owner",)))
        curators = organisations.recipients_for(garden.id, roles=("curator",))
        pending = applications.renewal_pending(first.supplier, categories, first.id, dormant_on)
        send(pending, curators)
        return 1


def _lock_vettings(supplier_id: int, conditions: Iterable[ColumnElement[bool]]) -> Sequence[Vetting]:
    """Lock all vettings of a supplier, and return those that meet the conditions, by kind of service.

    The lock makes a second process wait until the first has recorded the reminder.
    """
    every = select(Vetting.id).where(Vetting.supplier_id == supplier_id).order_by(Vetting.id)
    session.execute(every.with_for_update(key_share=True))
    query = select(Vetting).join(Vetting.supplier).options(joinedload(Vetting.supplier))
    query = query.where(Vetting.supplier_id == supplier_id, *conditions)
    return session.scalars(query.order_by(Vetting.category)).all()
