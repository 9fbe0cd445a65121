"""Changing a brief that is out: the change is written in peace, and sent to all who are answering at once."""

import datetime as dt

from marketplace.audit.use_cases import record
from marketplace.briefs import amendment, guide, lifecycle, notices, queries
from marketplace.briefs.models import Brief, BriefService
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    company_recipients,
    garden_recipients,
    involved_recipients,
)
from marketplace.briefs.use_cases.publication import freeze
from marketplace.core import clock, taxonomy
from marketplace.core.database import transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send


def amend(viewer: Viewer, reference: str, deadline: dt.date | None = None) -> Brief:
    """Freeze what was changed as the next version, and tell all who are answering; no supplier is ranked here.

    Offers that are sent stand, as answers to the version they were sent for. When the change touches what offers
    answer and fewer than five working days are left, `deadline` moves the deadline in the same act. Raises
    RuleBroken when something stops the change, Conflict when nothing is changed (or it is sent already).
    Composes: a caller that ranks suppliers wraps both in one transaction.
    """
    with transaction():
        brief = brief_for_transition("amend", viewer, reference)
        found = queries.pending_change(queries.view_of(viewer, brief))
        if not found.codes:
            raise Conflict(_("Nothing has changed since the brief was last sent."))
        if found.stops:
            raise RuleBroken(found.stops[0])
        questions, now = guide.load(brief.versions[-1].guide_version), clock.now()
        answers = queries.written_answers(brief)
        if found.needs_deadline:
            _move_deadline(brief, deadline, found)
            answers["response_deadline"] = clock.to_local(brief.deadline or now).date().isoformat()
        brief.answers, brief.title = answers, answers["title"]
        _set_services(brief, answers["services"])
        freeze(viewer, brief, now)
        bump_revision(brief)
        codes = [code for code in found.codes if not amendment.is_locked(questions, code)]
        number = brief.versions[-1].number
        record(viewer, "brief.amend", "brief", brief.reference, version=number, changed=codes)
        told = [questions.question(code) for code in codes]
        message = notices.amended(
            brief.title, brief.reference, told, brief.deadline, moved=found.needs_deadline
        )
        send(
            message,
            [
                *involved_recipients(brief),
                *company_recipients(brief, except_viewer=viewer),
                *garden_recipients(brief),
            ],
        )
        return brief


def _move_deadline(brief: Brief, day: dt.date | None, found: queries.Pending) -> None:
    bounds = {"first": format_date(found.earliest), "last": format_date(found.latest)}
    if day is None:
        raise RuleBroken(
            _(
                "Choose a new reply deadline from %(first)s to %(last)s. Suppliers need time to respond to the change.",
                **bounds,
            ),
            "deadline",
        )
    if not found.earliest <= day <= found.latest:
        raise RuleBroken(_("Choose a date from %(first)s to %(last)s.", **bounds), "deadline")
    brief.deadline = clock.end_of_day(day)
    brief.question_deadline = lifecycle.question_deadline(clock.now(), brief.deadline)


def _set_services(brief: Brief, codes: list[str]) -> None:
    kept = [service for service in brief.services if service.code in codes]
    known = {service.code for service in kept}
    added = [BriefService(code=code, category=taxonomy.group_of(code)) for code in codes if code not in known]
    brief.services = [*kept, *added]


def drop_change(viewer: Viewer, reference: str) -> Brief:
    """Throw away a change that is not sent: what is out stands, and nobody is told."""
    with transaction():
        brief = brief_for_transition("amend", viewer, reference)
        if queries.pending_change(queries.view_of(viewer, brief)).codes:
            brief.answers = dict(brief.versions[-1].answers)
            bump_revision(brief)
            record(viewer, "brief.drop_change", "brief", brief.reference)
        return brief
