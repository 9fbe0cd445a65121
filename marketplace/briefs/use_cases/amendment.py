"""Amending a published brief: changes are saved as a draft, then sent to all suppliers as a new version."""

import datetime as dt
from functools import partial

from marketplace.audit.use_cases import record
from marketplace.briefs import amendment, guide, notices, queries
from marketplace.briefs.models import Brief, BriefService
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    company_recipients,
    garden_recipients,
    involved_recipients,
)
from marketplace.briefs.use_cases.publication import add_version, move_deadline
from marketplace.core import clock, taxonomy
from marketplace.core.database import transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send


def amend(viewer: Viewer, reference: str, deadline: dt.date | None = None) -> Brief:
    """Publish the pending amendment as the next version and notify all involved suppliers. Does not rank suppliers.

    Submitted offers remain valid for the version they were written for. `deadline` is required after a material change
    with fewer than MIN_WORKING_DAYS_AFTER_AMENDMENT left. Raises RuleBroken if the amendment is blocked, and Conflict if there is none
    or it is already sent.
    """
    with transaction():
        brief = brief_for_transition("amend", viewer, reference)
        pending = queries.pending_amendment(queries.view_of(viewer, brief))
        if not pending.codes:
            raise Conflict(_("Nothing has changed since the brief was last published."))
        if pending.blockers:
            raise RuleBroken(pending.blockers[0])
        questions, now = guide.load(brief.versions[-1].guide_version), clock.now()
        answers = queries.latest_answers(brief)
        if pending.needs_deadline:
            _move_deadline(brief, deadline, pending)
            answers["response_deadline"] = clock.to_local(brief.deadline or now).date().isoformat()
        brief.answers, brief.title = answers, answers["title"]
        _set_services(brief, answers["services"])
        add_version(viewer.user_id, brief, now)
        bump_revision(brief)
        codes = [code for code in pending.codes if not amendment.is_locked(questions, code)]
        number = brief.versions[-1].number
        record(viewer, "brief.amend", "brief", brief.reference, version=number, changed=codes)
        changed = [questions.question(code) for code in codes]
        message = notices.brief_amended(
            brief.title,
            brief.reference,
            changed,
            brief.deadline,
            partial(queries.deadline_calendar, brief),
            moved=pending.needs_deadline,
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


def _move_deadline(brief: Brief, day: dt.date | None, pending: queries.PendingAmendment) -> None:
    bounds = {"first": format_date(pending.earliest), "last": format_date(pending.latest)}
    if day is None:
        raise RuleBroken(
            _(
                "Choose a new reply deadline from %(first)s to %(last)s. Suppliers need time to respond to the change.",
                **bounds,
            ),
            "deadline",
        )
    if not pending.earliest <= day <= pending.latest:
        raise RuleBroken(_("Choose a date from %(first)s to %(last)s.", **bounds), "deadline")
    move_deadline(brief, clock.end_of_day(day))


def _set_services(brief: Brief, codes: list[str]) -> None:
    unchanged = [service for service in brief.services if service.code in codes]
    known = {service.code for service in unchanged}
    added = [BriefService(code=code, category=taxonomy.group_of(code)) for code in codes if code not in known]
    brief.services = [*unchanged, *added]


def discard_amendment(viewer: Viewer, reference: str) -> Brief:
    """Discard the pending amendment. The published brief does not change and nobody is notified."""
    with transaction():
        brief = brief_for_transition("amend", viewer, reference)
        if queries.pending_amendment(queries.view_of(viewer, brief)).codes:
            brief.answers = dict(brief.versions[-1].answers)
            bump_revision(brief)
            record(viewer, "brief.drop_change", "brief", brief.reference)
        return brief
