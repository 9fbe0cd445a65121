"""Reminders to decide, and notices that a brief lapsed without a decision."""

import datetime as dt

from marketplace.briefs.deadlines import GARDEN_REMINDER_DAYS, LAPSE_AFTER_DAYS
from marketplace.core.i18n import format_date, format_datetime, gettext as _, ngettext
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.proposals.award_deadlines import LATE_DECISION_DAYS
from marketplace.proposals.notices.labels import company_label


@as_message("changes_not_sent")
def unsent_changes(title: str, reference: str, deadline: dt.datetime) -> Content:
    """Remind a bidder's own people that the changes they saved do not count until they are sent."""
    return Content(
        _("Your changes have not been sent: %(title)s", title=title),
        [
            _("You have changed your offer since you sent it. The version you sent is the one that counts."),
            _(
                "Send the changes before the deadline, %(deadline)s, or leave the offer as it is.",
                deadline=format_datetime(deadline),
            ),
        ],
        f"/briefs/{reference}/proposal",
        _("See the offer"),
        expires_at=deadline,
    )


@as_message("decide_soon")
def decision_reminder(  # noqa: PLR0913 because each is a part of the message
    title: str,
    reference: str,
    waiting: int,
    lapses: dt.datetime,
    *,
    has_offers: bool,
    decides_on: dt.date | None = None,
) -> Content:
    """Remind the company to decide. `waiting` is the number of suppliers without an answer from it.

    `decides_on` is the day that suppliers have been told, once it has come.
    """
    if waiting:
        subject = _("Choose an offer: %(title)s", title=title)
        line = ngettext(
            "%(num)s supplier is waiting for your reply.",
            "%(num)s suppliers are waiting for your reply.",
            waiting,
        )
        if decides_on:
            told = _("They have been told that you choose on %(date)s.", date=format_date(decides_on))
            line = f"{line} {told}"
    elif has_offers:
        subject = _("End the brief: %(title)s", title=title)
        line = _("You have ruled out all offers, so none can be chosen.")
    else:
        subject = _("No offers on “%(title)s”", title=title)
        line = _("No offers were received. Give suppliers more time, or end the brief.")
    return Content(
        subject,
        [
            line,
            _("If no choice is made, the brief lapses after %(date)s.", date=format_date(lapses)),
        ],
        f"/briefs/{reference}/proposals",
        _("See the offers"),
        expires_at=lapses,
    )


@as_message("garden_decide_soon", topic=Topic.AREA)
def garden_decision_reminder(
    company: str, title: str, reference: str, lapses: dt.datetime, contact: Contact | None
) -> Content:
    """Notify the garden that one of its companies has not decided."""
    return Content(
        _("%(company)s has not decided yet", company=company),
        [
            _(
                "The company has had at least %(days)s days to decide on “%(title)s”.",
                days=GARDEN_REMINDER_DAYS,
                title=title,
            ),
            _(
                "If no choice is made, the brief lapses after %(date)s. A phone call may help.",
                date=format_date(lapses),
            ),
            *contact_lines(contact),
        ],
        f"/briefs/{reference}",
        _("See the brief"),
        expires_at=lapses,
    )


@as_message("brief_lapsed")
def brief_lapsed(company: str, title: str, proposal_id: int) -> Content:
    """Notify a bidder that the brief lapsed without a decision."""
    return Content(
        _("No decision on “%(title)s”", title=title),
        [
            ngettext(
                "%(company)s did not choose an offer within %(num)s day, so the brief has lapsed.",
                "%(company)s did not choose an offer within %(num)s days, so the brief has lapsed.",
                LAPSE_AFTER_DAYS,
                company=company_label(company),
            ),
            _("You are no longer bound by your offer. The business garden has been notified."),
        ],
        f"/proposals/{proposal_id}/letter",
        _("Read the letter"),
    )


@as_message("own_brief_lapsed")
def own_brief_lapsed(title: str, reference: str, *, has_offers: bool) -> Content:
    """Notify the company that its brief lapsed. `has_offers` states that there is an offer to choose."""
    lines = [
        ngettext(
            "%(num)s day passed without a choice. Everyone who answered has been notified.",
            "%(num)s days passed without a choice. Everyone who answered has been notified.",
            LAPSE_AFTER_DAYS,
        ),
        ngettext(
            "An offer can still be chosen for another %(num)s day, if the supplier agrees.",
            "An offer can still be chosen for another %(num)s days, if the supplier agrees.",
            LATE_DECISION_DAYS,
        ),
    ]
    if not has_offers:
        lines = [_("There is no offer to choose. Copy the brief to start again.")]
    return Content(
        _("The brief has lapsed: %(title)s", title=title), lines, f"/briefs/{reference}", _("See the brief")
    )


@as_message("garden_brief_lapsed", topic=Topic.AREA)
def garden_brief_lapsed(company: str, title: str, reference: str, contact: Contact | None) -> Content:
    """Notify the garden that the brief of one of its companies lapsed."""
    return Content(
        _("The brief from %(company)s has lapsed: %(title)s", company=company, title=title),
        [_("The company did not choose an offer. They may need help to try again."), *contact_lines(contact)],
        f"/briefs/{reference}",
        _("See the brief"),
    )
