"""Reminders of approvals that are due for renewal. A supplier of a closed garden first moves to an open one."""

from contextlib import suppress

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.core.dates import cutoff_reached
from marketplace.core.errors import RuleBroken
from marketplace.organisations import queries as organisations
from marketplace.outbox.use_cases import send
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting, VettingDecision
from marketplace.vetting.notices import applications
from marketplace.vetting.use_cases.transfers import leave_closed_garden


def remind_of_renewals() -> int:
    """Remind suppliers and curators once of each approval that is a year old. Returns the number of suppliers reminded.

    The reminder is a step in the history without a person, which also prevents a second one.
    """
    suppliers = select(Vetting.supplier_id).join(Vetting.supplier).where(*_needs_reminder()).distinct()
    return sum_over_rows(_remind, read_and_release(suppliers.order_by(Vetting.supplier_id)))


def _needs_reminder() -> tuple[ColumnElement[bool], ...]:
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


def _remind(supplier_id: int) -> int:
    with transaction():
        # The lock makes a second process wait until the first has recorded the reminder.
        applications_of = select(Vetting.id).where(Vetting.supplier_id == supplier_id).order_by(Vetting.id)
        session.execute(applications_of.with_for_update(key_share=True))
        query = (
            select(Vetting)
            .join(Vetting.supplier)
            .options(joinedload(Vetting.supplier))
            .where(Vetting.supplier_id == supplier_id, *_needs_reminder())
            .order_by(Vetting.category)
        )
        vettings = session.scalars(query).all()
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
