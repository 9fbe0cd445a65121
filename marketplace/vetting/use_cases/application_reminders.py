"""Scheduled reminders of applications that a business garden has not answered."""

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import joinedload

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.core.dates import cutoff_reached
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting
from marketplace.vetting.notices import applications
from marketplace.vetting.queries import vettings_awaiting_second_review

ACTION = "vetting.remind"


@clock.not_before(7)
def remind_of_applications() -> int:
    """Remind the curators, once, on the day by which they have promised a reply; return the number of suppliers.

    Idempotent: reminders are looked up in the audit log. A supplier that applies again gets a new period.
    """
    suppliers = (
        select(Vetting.supplier_id).join(Vetting.supplier).where(*_waits_without_reminder()).distinct()
    )
    return sum_over_rows(_remind, read_and_release(suppliers.order_by(Vetting.supplier_id)))


def _waits_without_reminder() -> tuple[ColumnElement[bool], ...]:
    reminded = select(AuditEvent.id).where(
        AuditEvent.action == ACTION,
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


def _remind(supplier_id: int) -> bool:
    with transaction():
        # The lock makes a second process wait until the first has recorded the reminder.
        every = select(Vetting.id).where(Vetting.supplier_id == supplier_id).order_by(Vetting.id)
        session.execute(every.with_for_update(key_share=True))
        query = (
            select(Vetting)
            .join(Vetting.supplier)
            .options(joinedload(Vetting.supplier))
            .where(Vetting.supplier_id == supplier_id, *_waits_without_reminder())
            .order_by(Vetting.submitted_at, Vetting.id)
        )
        due = [
            vetting
            for vetting in session.scalars(query)
            if rules.answer_due_on(vetting.submitted_at) <= clock.today()
        ]
        if not due:
            return False
        for vetting in due:
            record(None, ACTION, "vetting", vetting.id)
        first = due[0]
        notice = applications.application_waits(first.supplier.name, first.submitted_at, first.id)
        send(notice, recipients_for(first.garden_id, roles=("curator",)))
        return True
