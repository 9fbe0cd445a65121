"""Reminders to companies: queued for the chosen companies, stopped on request, and sent by a scheduled job."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, func, select

from marketplace.audit.use_cases import record
from marketplace.casework.hooks import states_of_companies
from marketplace.casework.models import CompanyReminder
from marketplace.casework.notices import company_reminder
from marketplace.casework.queries.company_reminders import company_recipients, find_recipients
from marketplace.core import clock
from marketplace.core.database import read_and_release, session, sum_over_rows, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _, use_locale
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import companies_followed_by, garden, recipients_for
from marketplace.outbox.limits import MAX_MAILING_PER_HOUR, UNDO_MINUTES
from marketplace.outbox.messages import Content
from marketplace.outbox.use_cases import send


def preview_reminder(viewer: Viewer, kind: str, own_line: str, locale: str) -> Content:
    """Return the text of a reminder in the language of a company."""
    with use_locale(locale):
        return company_reminder(kind, viewer.name, viewer.organisation_name, own_line).compose()


def queue_reminders(
    viewer: Viewer, kind: str, company_ids: Collection[int], own_line: str
) -> tuple[int, dt.datetime]:
    """Queue a reminder for each chosen company that can be reminded; return their number and the time of the last reminder.

    The first is sent when it can no longer be undone, the others at intervals, at most MAX_MAILING_PER_HOUR for a garden.
    Raises RuleBroken if no company can be reminded.
    """
    with transaction():
        # The lock makes a second adviser wait, who then finds the reminder of the first to the same company.
        followed = Organisation.id.in_(companies_followed_by(viewer.organisation_id))
        locked = select(Organisation.id).where(Organisation.id.in_(company_ids), followed)
        session.execute(locked.order_by(Organisation.id).with_for_update(of=Organisation, key_share=True))
        companies = find_recipients(viewer, kind, company_ids, states_of_companies(viewer)).companies
        if not companies:
            raise RuleBroken(_("None of the chosen companies can get this reminder. Choose others."))
        at = _first_time(viewer)
        step = dt.timedelta(hours=1) / MAX_MAILING_PER_HOUR
        for index, company in enumerate(companies):
            session.add(
                CompanyReminder(
                    garden_id=viewer.organisation_id,
                    company_id=company.id,
                    kind=kind,
                    own_line=own_line,
                    send_at=at + index * step,
                    by_id=viewer.user_id,
                )
            )
            record(viewer, "company_reminder.queue", "organisation", company.id, kind=kind)
        return len(companies), at + (len(companies) - 1) * step


def _first_time(viewer: Viewer) -> dt.datetime:
    """Return the time of the next reminder, after the reminders that the garden has queued already."""
    first = clock.now() + dt.timedelta(minutes=UNDO_MINUTES)
    query = select(func.max(CompanyReminder.send_at)).where(
        CompanyReminder.garden_id == viewer.organisation_id, _is_waiting()
    )
    last = session.scalar(query)
    return max(first, last + dt.timedelta(hours=1) / MAX_MAILING_PER_HOUR) if last else first


def _is_waiting() -> ColumnElement[bool]:
    return and_(CompanyReminder.sent_at.is_(None), CompanyReminder.cancelled_at.is_(None))


def undo_reminders(viewer: Viewer) -> int:
    """Cancel the viewer's queued reminders; return their number. Raises Conflict if there are none."""
    with transaction():
        waiting = select(CompanyReminder).where(
            CompanyReminder.garden_id == viewer.organisation_id,
            CompanyReminder.by_id == viewer.user_id,
            _is_waiting(),
        )
        reminders = session.scalars(waiting.order_by(CompanyReminder.id).with_for_update()).all()
        if not reminders:
            raise Conflict(_("The reminders have been sent, or there are none to stop."))
        for reminder in reminders:
            reminder.cancelled_at = clock.now()
            record(viewer, "company_reminder.undo", "organisation", reminder.company_id, kind=reminder.kind)
        return len(reminders)


def send_due_reminders() -> int:
    """Send the reminders that are due and can no longer be undone; return their number. A scheduled job.

    Idempotent. A reminder is cancelled if the company no longer needs it, if the garden no longer follows the company, or
    if the sender, whom the reminder names, is no longer a member of the garden.
    """
    query = select(CompanyReminder.garden_id).where(*_is_due()).distinct()
    return sum_over_rows(_send_reminders_of, read_and_release(query))


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return _is_waiting(), CompanyReminder.send_at <= clock.now()


def _send_reminders_of(garden_id: int) -> int:
    with transaction():
        due = select(CompanyReminder).where(CompanyReminder.garden_id == garden_id, *_is_due())
        reminders = session.scalars(
            due.order_by(CompanyReminder.id).with_for_update(of=CompanyReminder, skip_locked=True)
        ).all()
        states = states_of_companies(Viewer(organisation_id=garden_id, organisation_kind="garden"))
        people = company_recipients({reminder.company_id for reminder in reminders})
        senders = {member.user_id for member in recipients_for(garden_id)}
        name, count = garden(garden_id).name, 0
        for reminder in reminders:
            recipients = people[reminder.company_id]
            is_needed = reminder.kind in states.get(reminder.company_id, ())
            if not is_needed or not recipients or reminder.by_id not in senders:
                reminder.cancelled_at = clock.now()
                action = "company_reminder.drop"
            else:
                reminder.sent_at = clock.now()
                notice = company_reminder(reminder.kind, reminder.by.name, name, reminder.own_line)
                send(notice, recipients, mailing=f"garden:{garden_id}")
                action = "company_reminder.send"
                count += 1
            record(None, action, "organisation", reminder.company_id, kind=reminder.kind)
        return count
