"""Reminders to several companies at once: choose, write, look at the e-mail, queue, and undo."""

from collections import Counter

from flask import render_template, request

from marketplace.casework.forms import ReminderForm
from marketplace.casework.labels import REMINDER_KINDS
from marketplace.casework.queries.company_reminders import REPEAT_DAYS, SkipReason, find_recipients
from marketplace.casework.use_cases import company_reminders as use_cases
from marketplace.core.errors import Conflict
from marketplace.core.i18n import LOCALES, format_datetime, lazy_gettext as _l, ngettext
from marketplace.outbox.limits import MAX_MAILING_PER_HOUR, UNDO_MINUTES
from marketplace.pages.queries.company_next_steps import company_states
from marketplace.pages.views import blueprint
from marketplace.pages.views.company_next_steps import filtered_companies
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.chosen_rows import chosen_ids
from marketplace.web.query_args import query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

ADVISERS = "every adviser of a garden helps its companies; queries restrict which ones they see"
SKIP_REASON_LABELS = {
    SkipReason.NOT_NEEDED: _l("Do not need the reminder, or no longer do"),
    SkipReason.RECENT: _l("Have received the same reminder in the last %(days)s days", days=REPEAT_DAYS),
    SkipReason.NO_EMAIL: _l("No person with an e-mail address"),
}


@blueprint.route("/companies/next/reminder", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def remind_companies() -> ViewResponse:
    """Write a reminder to the chosen companies, show it, and queue it."""
    viewer = current_viewer()
    chosen = _chosen()
    states = company_states(viewer)
    counts = Counter(state for company_id in chosen for state in states.get(company_id, ()))
    form = ReminderForm(counts, data={"kind": _suggested_kind(counts)})
    kind = form.kind.data if form.kind.data in REMINDER_KINDS else _suggested_kind(counts)
    recipients = find_recipients(viewer, kind, chosen, states)
    previews = {}
    if form.validate_on_submit():
        own_line = form.own_line.data or ""
        if request.form.get("act") == "send":
            with form.catch_refusal():
                count, last = use_cases.queue_reminders(viewer, kind, chosen, own_line)
                flashes.done(
                    ngettext(
                        "%(num)s reminder is queued. The last one is sent at %(time)s.",
                        "%(num)s reminders are queued. The last one is sent at %(time)s.",
                        count,
                        time=format_datetime(last),
                    )
                )
                return see_other("pages.company_next_steps")
        elif request.form.get("act") == "preview":
            previews = {
                locale: use_cases.preview_reminder(viewer, kind, own_line, locale)
                for locale, _count in recipients.locales.most_common()
            }
    return render_template(
        "pages/company_reminder.html",
        form=form,
        chosen=chosen,
        recipients=recipients,
        previews=previews,
        kind_label=REMINDER_KINDS[kind],
        skip_reason_labels=SKIP_REASON_LABELS,
        undo_minutes=UNDO_MINUTES,
        max_per_hour=MAX_MAILING_PER_HOUR,
        repeat_days=REPEAT_DAYS,
        languages=LOCALES,
    )


def _suggested_kind(counts: Counter[str]) -> str:
    """Return the kind of reminder that the list was filtered by, else the one that most of the companies need."""
    state = query_arg("state", 20)
    return state if state in REMINDER_KINDS else max(REMINDER_KINDS, key=lambda kind: counts[kind])


def _chosen() -> list[int]:
    """Return the ids of the companies to remind: all that match the filters of the list, or those that were ticked in it."""
    if request.method == "GET" and request.args.get("all"):
        return sorted(one.company.id for one in filtered_companies()[1])
    return chosen_ids()


@blueprint.post("/companies/next/reminder/undo")
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def undo_reminders() -> ViewResponse:
    """Stop the viewer's reminders that are not sent yet."""
    with flashes.catch_refusal(Conflict):
        count = use_cases.undo_reminders(current_viewer())
        flashes.done(
            ngettext("%(num)s reminder has been stopped.", "%(num)s reminders have been stopped.", count)
        )
    return see_other("pages.company_next_steps")
