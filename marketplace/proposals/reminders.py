"""Mails that the clock sends to companies, and those that keep the garden informed."""

import datetime as dt

from marketplace.core.i18n import format_date, format_datetime, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message
from marketplace.proposals.lifecycle import ROUND_LABELS


def decide_soon(title: str, reference: str, count: int, lapses: dt.datetime) -> Message:
    """To the company: suppliers wait for an answer."""

    def compose() -> Content:
        waiting = ngettext(
            "%(num)s supplier waits for your answer.", "%(num)s suppliers wait for your answer.", count
        )
        return Content(
            _("Choose an offer: %(title)s", title=title),
            [
                waiting
                if count
                else _("No offers were received. Give suppliers more time, or end the brief."),
                _("If no choice is made, the brief lapses after %(date)s.", date=format_date(lapses)),
            ],
            f"/briefs/{reference}/proposals",
            _("See the offers"),
        )

    return Message("decide_soon", compose)


def garden_decide_soon(company: str, title: str, reference: str, lapses: dt.datetime) -> Message:
    """To the garden: one of its companies has not decided."""

    def compose() -> Content:
        return Content(
            _("%(company)s has not decided yet", company=company),
            [
                _("The deadline for %(title)s passed three weeks ago.", title=title),
                _(
                    "If no choice is made, the brief lapses after %(date)s. A phone call may help.",
                    date=format_date(lapses),
                ),
            ],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("garden_decide_soon", compose)


def own_brief_lapsed(title: str, reference: str) -> Message:
    """To company and garden: the brief lapsed."""

    def compose() -> Content:
        return Content(
            _("The brief has lapsed: %(title)s", title=title),
            [
                _("45 days went by without a choice. All who answered have been told."),
                _("You can still choose for another 90 days, if the supplier agrees."),
            ],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("own_brief_lapsed", compose)


def garden_choice_made(company: str, supplier: str, title: str, reference: str) -> Message:
    """To the garden: who got the job."""

    def compose() -> Content:
        return Content(
            _("%(company)s has chosen %(supplier)s", company=company, supplier=supplier),
            [_("This is about the job %(title)s.", title=title)],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("garden_choice_made", compose)


def garden_nobody_chosen(company: str, title: str, reference: str) -> Message:
    """To the garden: nobody got the job."""

    def compose() -> Content:
        return Content(
            _("%(company)s has chosen nobody", company=company),
            [_("This was about the brief %(title)s. They may need help to try again.", title=title)],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("garden_nobody_chosen", compose)


def garden_choice_taken_back(company: str, title: str, reference: str, reason: str) -> Message:
    """To the garden: a choice was taken back."""

    def compose() -> Content:
        return Content(
            _("%(company)s has taken back its choice", company=company),
            [
                _("This is about the brief %(title)s.", title=title),
                _("They write: %(reason)s", reason=reason),
            ],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("garden_choice_taken_back", compose)


def did_it_work(title: str, reference: str, name: str) -> Message:
    """To the company: two minutes about the result."""

    def compose() -> Content:
        return Content(
            _("Did it work? %(title)s", title=title),
            [
                f"{ROUND_LABELS[name]}.",
                _("Four short questions, two minutes. Your answers help the next company."),
            ],
            f"/briefs/{reference}/outcome/{name}",
            _("Answer"),
        )

    return Message("did_it_work", compose)


def seal_broken(title: str, reference: str, reason: str, until: dt.datetime) -> Message:
    """To the company: an administrator reads what is sealed about its brief. The same with and without offers."""

    def compose() -> Content:
        return Content(
            _("An administrator has opened what is sealed: %(title)s", title=title or reference),
            [
                _("It can be read until %(time)s.", time=format_datetime(until)),
                _("They write: %(reason)s", reason=reason),
                _("This is recorded in the audit log. Ask your business garden if you want to know why."),
            ],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("seal_broken", compose)


def offer_unsealed(title: str, reference: str, reason: str, until: dt.datetime) -> Message:
    """To the bidder: an administrator reads its offer."""

    def compose() -> Content:
        return Content(
            _("An administrator has opened your offer: %(title)s", title=title),
            [
                _("It can be read until %(time)s.", time=format_datetime(until)),
                _("They write: %(reason)s", reason=reason),
                _("Neither the company nor other suppliers see it."),
            ],
            f"/briefs/{reference}/proposal",
            _("See the offer"),
        )

    return Message("offer_unsealed", compose)
