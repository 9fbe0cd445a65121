"""Reminders of approvals that are due for renewal. A supplier of a closed garden first moves to an open one."""

from collections import defaultdict
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
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
    with transaction():
        now = clock.now()
        reminded = select(VettingDecision.id).where(
            VettingDecision.vetting_id == Vetting.id,
            VettingDecision.to_state == rules.DUE,
            VettingDecision.at > Vetting.approved_at,
        )
        query = (
            select(Vetting)
            .join(Vetting.supplier)
            .options(joinedload(Vetting.supplier))
            .where(
                Vetting.state == rules.APPROVED,
                Vetting.approved_at < cutoff_reached(months=rules.DUE_MONTHS),
                Supplier.is_active,
                ~reminded.exists(),
            )
            .order_by(Vetting.supplier_id, Vetting.category)
        )
        by_supplier: dict[int, list[Vetting]] = defaultdict(list)
        for vetting in session.scalars(query):
            by_supplier[vetting.supplier_id].append(vetting)
            session.add(
                VettingDecision(vetting_id=vetting.id, at=now, from_state=rules.APPROVED, to_state=rules.DUE)
            )
            record(None, "vetting.due", "vetting", vetting.id)
        for supplier_id, vettings in by_supplier.items():
            first, categories = vettings[0], [vetting.category for vetting in vettings]
            oldest = min(vetting.approved_at for vetting in vettings if vetting.approved_at)
            with suppress(RuleBroken):  # because no other garden may be open
                leave_closed_garden(None, first.supplier)
            garden = organisations.garden(first.supplier.garden_id or first.garden_id)
            due = applications.renewal_due(categories, garden.name, rules.dormant_on(oldest))
            send(due, organisations.recipients_for(supplier_id, roles=("owner",)))
            curators = organisations.recipients_for(garden.id, roles=("curator",))
            send(applications.renewal_pending(first.supplier, categories, first.id), curators)
        return len(by_supplier)
