"""Asking for, giving, extending and withdrawing a mandate, and scheduled notices when one ends."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, read_and_release, session, sum_over_rows, transaction
from marketplace.core.errors import Conflict, Forbidden, RuleBroken, or_404
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.mandates import notices
from marketplace.mandates.limits import DAYS_BETWEEN_REQUESTS, WARNING_DAYS
from marketplace.mandates.models import Confirmation, Mandate
from marketplace.mandates.queries import mandates as queries
from marketplace.mandates.rules import Outcome, latest_end
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Company
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send


def ask_for_mandate(viewer: Viewer, company_id: int) -> Company:
    """Ask the owners of a company that the viewer's garden follows for a mandate.

    Raises RuleBroken if the garden has one or asked within the last week, or if the company has no active owner.
    """
    with transaction():
        company = organisations.company_for(viewer, company_id)
        organisations.lock_organisation(company.id)
        if not company.is_active:
            raise RuleBroken(_("The company is closed."))
        status = queries.mandate_status(company.id, viewer.organisation_id)
        if status.until:
            raise RuleBroken(_("You can already write for %(company)s.", company=company.name))
        if status.was_asked:
            raise RuleBroken(
                _(
                    "You have asked %(company)s in the last %(num)s days. Call them instead.",
                    company=company.name,
                    num=DAYS_BETWEEN_REQUESTS,
                )
            )
        owners = organisations.recipients_for(company.id, roles=("owner",))
        if not owners:
            raise RuleBroken(_("%(company)s has no owner who can answer.", company=company.name))
        record(viewer, "mandate.ask", "organisation", company.id, garden=viewer.organisation_id)
        send(
            notices.mandate_asked(viewer.name, viewer.organisation_name, viewer.organisation_id or 0), owners
        )
        return company


def give_mandate(viewer: Viewer, garden_id: int, until: dt.date, *, reads_offers: bool = False) -> Mandate:
    """Let a garden that follows the viewer's company write for the company until a date. Raises RuleBroken.

    With `reads_offers`, the garden may also read opened offers and prepare the choice. The garden and the viewer's
    colleagues are notified.
    """
    with transaction():
        organisations.lock_organisation(viewer.organisation_id)
        company = _company_of_owner(viewer)
        garden = next((one for one in company.following_gardens if one.id == garden_id), None)
        if garden is None or not garden.is_active:
            raise RuleBroken(_("Choose a business garden that follows you."), "garden")
        if (active := queries.active_mandate(company.id, garden.id)) is not None:
            raise RuleBroken(
                _(
                    "%(garden)s already writes for you until %(date)s. Choose a later date there instead.",
                    garden=garden.name,
                    date=format_date(active.until),
                ),
                "garden",
            )
        _check_end(until)
        mandate = Mandate(
            company=company, garden=garden, given_by_id=viewer.user_id, until=until, reads_offers=reads_offers
        )
        session.add(mandate)
        session.flush()
        record(
            viewer,
            "mandate.give",
            "mandate",
            mandate.id,
            garden=garden.id,
            until=until.isoformat(),
            reads_offers=reads_offers,
        )
        message = notices.mandate_given(company.name, company.id, until, reads_offers=reads_offers)
        send(message, organisations.recipients_for(garden.id))
        message = notices.mandate_given_by_colleague(garden.name, until, reads_offers=reads_offers)
        send(message, _colleagues(viewer))
        return mandate


def change_mandate(viewer: Viewer, mandate_id: int, until: dt.date, *, reads_offers: bool) -> Mandate:
    """Change the end date of an active mandate and the access to offers, and notify the garden.

    Raises RuleBroken, Conflict and NotFound.
    """
    with transaction():
        mandate = _locked(viewer, mandate_id)
        if not mandate.is_active:
            raise Conflict(_("The permission has already ended. You can let the garden write for you again."))
        _check_end(until)
        if (until, reads_offers) != (mandate.until, mandate.reads_offers):
            if until != mandate.until:
                mandate.until, mandate.warned_at = until, None
            mandate.reads_offers = reads_offers
            record(
                viewer,
                "mandate.extend",
                "mandate",
                mandate.id,
                until=until.isoformat(),
                reads_offers=reads_offers,
            )
            message = notices.mandate_changed(
                mandate.company.name, mandate.company_id, until, reads_offers=reads_offers
            )
            send(message, organisations.recipients_for(mandate.garden_id))
        return mandate


def withdraw_mandate(viewer: Viewer, mandate_id: int) -> Mandate:
    """End a mandate at once, and void its pending confirmations. Idempotent. Raises NotFound."""
    with transaction():
        mandate = _locked(viewer, mandate_id)
        if not mandate.is_active:
            return mandate
        mandate.withdrawn_at, mandate.withdrawn_by_id = clock.now(), viewer.user_id
        waiting = select(Confirmation).where(
            Confirmation.mandate_id == mandate.id, Confirmation.outcome == ""
        )
        for confirmation in session.scalars(waiting.with_for_update()):
            confirmation.outcome = Outcome.WITHDRAWN
        record(viewer, "mandate.withdraw", "mandate", mandate.id, garden=mandate.garden_id)
        send(
            notices.mandate_withdrawn(mandate.company.name, mandate.company_id),
            organisations.recipients_for(mandate.garden_id),
        )
        send(notices.mandate_withdrawn_by_colleague(mandate.garden.name), _colleagues(viewer))
        return mandate


def _company_of_owner(viewer: Viewer) -> Company:
    if viewer.is_mandated or not viewer.is_owner:
        raise Forbidden
    return organisations.own_company(viewer)


def _locked(viewer: Viewer, mandate_id: int) -> Mandate:
    """Lock a mandate of the viewer's company. Raises NotFound, and Forbidden unless the viewer is an owner."""
    _company_of_owner(viewer)
    return or_404(
        load_locked(
            select(Mandate).where(Mandate.id == mandate_id, Mandate.company_id == viewer.organisation_id)
        )
    )


def _check_end(until: dt.date) -> None:
    today = clock.today()
    if not today <= until <= latest_end(today):
        raise RuleBroken(
            _("Choose a date from today and no later than %(date)s.", date=format_date(latest_end(today))),
            "until",
        )


def _colleagues(viewer: Viewer) -> list[Recipient]:
    members = organisations.recipients_for(viewer.organisation_id)
    return [member for member in members if member.user_id != viewer.user_id]


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
