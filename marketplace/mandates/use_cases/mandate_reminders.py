"""Scheduled notices about mandates that end soon, and about mandates that have ended."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, read_and_release, sum_over_rows, transaction
from marketplace.mandates import notices
from marketplace.mandates.limits import WARNING_DAYS
from marketplace.mandates.models import Mandate
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send


def warn_of_ending_mandates() -> int:
    """Remind company and garden once of a mandate that ends within WARNING_DAYS; return the number of mandates."""
    last_day = clock.today() + dt.timedelta(days=WARNING_DAYS)
    due = select(Mandate.id).where(
        Mandate.withdrawn_at.is_(None),
        Mandate.warned_at.is_(None),
        Mandate.until.between(clock.today(), last_day),
        # No reminder on the day on which a short mandate was given.
        Mandate.given_at < clock.start_of_day(clock.today()),
    )
    return sum_over_rows(_warn, read_and_release(due.order_by(Mandate.id)))


def _warn(mandate_id: int) -> int:
    with transaction():
        mandate = load_locked(select(Mandate).where(Mandate.id == mandate_id))
        if mandate is None or mandate.warned_at is not None:
            return 0
        if not mandate.is_active or not mandate.is_followed:
            return 0
        mandate.warned_at = clock.now()
        record(None, "mandate.warn", "mandate", mandate.id)
        send(
            notices.mandate_ends_soon_for_company(mandate.garden.name, mandate.until),
            recipients_for(mandate.company_id, roles=("owner",)),
        )
        send(
            notices.mandate_ends_soon(mandate.company.name, mandate.company_id, mandate.until),
            recipients_for(mandate.garden_id),
        )
        return 1


def end_mandates() -> int:
    """Notify company and garden once that a mandate has ended; return the number of mandates."""
    due = select(Mandate.id).where(
        Mandate.withdrawn_at.is_(None), Mandate.ended_at.is_(None), Mandate.until < clock.today()
    )
    return sum_over_rows(_end, read_and_release(due.order_by(Mandate.id)))


def _end(mandate_id: int) -> int:
    with transaction():
        mandate = load_locked(select(Mandate).where(Mandate.id == mandate_id))
        if mandate is None or mandate.ended_at is not None or mandate.withdrawn_at or mandate.is_active:
            return 0
        mandate.ended_at = clock.now()
        record(None, "mandate.end", "mandate", mandate.id)
        send(
            notices.mandate_ended_for_company(mandate.garden.name),
            recipients_for(mandate.company_id, roles=("owner",)),
        )
        if mandate.is_followed:
            message = notices.mandate_ended(mandate.company.name, mandate.company_id)
            send(message, recipients_for(mandate.garden_id))
        return 1
