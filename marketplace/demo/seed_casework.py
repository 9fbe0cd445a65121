"""Demo notes and tasks of the business garden about its companies, and reminders to several of them at once."""

import datetime as dt
from functools import partial

from sqlalchemy import select

from marketplace.casework.hooks import states_of_companies
from marketplace.casework.queries.subjects import company_subject
from marketplace.casework.use_cases.company_reminders import queue_reminders, send_due_reminders
from marketplace.casework.use_cases.notes import NoteDetails, add_note
from marketplace.casework.use_cases.tasks import TaskDetails, add_task
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.people import COMPANY, GARDEN
from marketplace.demo.timeline import Timeline
from marketplace.organisations.models import Company

NOTES = (
    (-34, "call", 20, "Ringte og presenterte kurset. De vil selge mer på nett før jul."),
    (-20, "visit", 90, "Gikk gjennom nettsida sammen. Bildene er gamle, og prisene mangler."),
    (-6, "mail", 10, "Sendte eksempler på gode måltall."),
)
"""Day, activity, minutes and text of each note."""
TASKS = ((-6, 11, "Send lista over fotografer"), (-9, 8, "Ring og hør hvordan det går med målene"))
"""Day, number of days until the task is due, and its text."""

REMINDERS = (
    (-5, "no_strategy", 6, "Ta gjerne med planen på neste samling."),
    (-1, "strategy_started", 3, "Ring meg om dere står fast. Det er lite igjen."),
)
"""Day, kind, number of companies and own line of each batch of reminders. The first batch is sent, the last one waits."""


def seed_casework(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add notes and tasks about the company of the demo user to the timeline."""
    for day, kind, minutes, text in NOTES:
        timeline.add(day, "casework", partial(_note, fixtures, kind, minutes, text))
    for day, days, what in TASKS:
        timeline.add(day, "casework", partial(_task, fixtures, days, what), minutes=5)
    for day, kind, number, line in REMINDERS:
        timeline.add(day, "casework", partial(_remind, fixtures, kind, number, line), minutes=10)
        timeline.add_scheduled(day + 1, send_due_reminders)


def _company_id() -> int:
    query = select(Company.id).where(Company.name == COMPANY["organisation"])
    return session.scalars(query).one()


def _note(fixtures: Fixtures, kind: str, minutes: int, text: str) -> None:
    viewer = fixtures.viewer(GARDEN["email"])
    details = NoteDetails(kind, clock.today(), text, minutes)
    add_note(viewer, company_subject(viewer, _company_id()), details)


def _task(fixtures: Fixtures, days: int, what: str) -> None:
    viewer = fixtures.viewer(GARDEN["email"])
    details = TaskDetails(what, clock.today() + dt.timedelta(days=days), viewer.user_id)
    add_task(viewer, company_subject(viewer, _company_id()), details)


def _remind(fixtures: Fixtures, kind: str, number: int, line: str) -> None:
    """Send a reminder to a number of the companies that need it, oldest first."""
    viewer = fixtures.viewer(GARDEN["email"])
    needing = [company_id for company_id, states in states_of_companies(viewer).items() if kind in states]
    queue_reminders(viewer, kind, sorted(needing)[:number], line)
