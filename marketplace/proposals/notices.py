"""Mails about offers, each composed in the receiver's language. None tells of an offer before it is opened."""

import datetime as dt

from marketplace.core.i18n import format_datetime, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message
from marketplace.proposals.lifecycle import DECLINE_DAYS, reason_label


def _company(name: str) -> str:
    """Return a company's name, or what stands where a brief hides it."""
    return name or _("The company")


def offer_sent(title: str, reference: str, deadline: dt.datetime, *, again: bool) -> Message:
    """To the bidder's own people: the offer is in."""

    def compose() -> Content:
        subject = (
            _("The changed offer has been sent: %(title)s", title=title)
            if again
            else _("Your offer has been sent: %(title)s", title=title)
        )
        return Content(
            subject,
            [
                _(
                    "Nobody can read it before the deadline, %(deadline)s.",
                    deadline=format_datetime(deadline),
                ),
                _("Until then you can change or withdraw it. The last version you send counts."),
            ],
            f"/briefs/{reference}/proposal",
            _("See the offer"),
        )

    return Message("offer_sent", compose)


def offer_withdrawn(title: str, reference: str, *, is_final: bool) -> Message:
    """To the bidder's own people: the offer is taken back."""

    def compose() -> Content:
        then = (
            _("The deadline has passed, so it cannot be restored.")
            if is_final
            else _("You can restore it until the deadline.")
        )
        return Content(
            _("The offer has been withdrawn: %(title)s", title=title),
            [_("Your offer is no longer being considered."), then],
            f"/briefs/{reference}/proposal",
            _("See the offer"),
        )

    return Message("offer_withdrawn", compose)


def supplier_withdrew(supplier: str, title: str, reference: str, reason: str) -> Message:
    """To the company: an opened offer was taken back."""

    def compose() -> Content:
        lines = [_("%(supplier)s has withdrawn the offer to %(title)s.", supplier=supplier, title=title)]
        return Content(
            _("%(supplier)s has withdrawn its offer", supplier=supplier),
            [*lines, *([_("They write: %(reason)s", reason=reason)] if reason else [])],
            f"/briefs/{reference}/proposals",
            _("See the offers"),
        )

    return Message("supplier_withdrew", compose)


def offers_opened(title: str, reference: str, count: int) -> Message:
    """To the company: the deadline has passed."""

    def compose() -> Content:
        if not count:
            return Content(
                _("No offers on %(title)s", title=title),
                [
                    _(
                        "The deadline has passed and nobody answered. You can give suppliers more time or change the brief."
                    )
                ],
                f"/briefs/{reference}/proposals",
                _("See what you can do"),
            )
        return Content(
            ngettext("%(num)s offer to %(title)s", "%(num)s offers to %(title)s", count, title=title),
            [
                _(
                    "The offers have been opened. Read and score them, then choose. Everyone gets a reply from you."
                )
            ],
            f"/briefs/{reference}/proposals",
            _("Read the offers"),
        )

    return Message("offers_opened", compose)


def offer_chosen(company: str, title: str, proposal_id: int) -> Message:
    """To the chosen supplier."""

    def compose() -> Content:
        return Content(
            _("%(company)s has chosen your offer", company=company),
            [
                _("You got the job: %(title)s.", title=title),
                _(
                    "The letter states what has been agreed. If you cannot take the job, let the company know within %(days)s days.",
                    days=DECLINE_DAYS,
                ),
            ],
            f"/proposals/{proposal_id}/letter",
            _("Read the letter"),
        )

    return Message("offer_chosen", compose)


def offer_not_chosen(company: str, title: str, proposal_id: int, code: str, text: str) -> Message:
    """To each of the others: the reason, in the mail itself."""

    def compose() -> Content:
        return Content(
            _("%(company)s has chosen another offer", company=company),
            [
                _("Thank you for your offer on %(title)s. This time you did not get the job.", title=title),
                _("What decided the outcome: %(reason)s.", reason=reason_label(code)),
                text,
            ],
            f"/proposals/{proposal_id}/letter",
            _("Read the letter"),
        )

    return Message("offer_not_chosen", compose)


def nobody_chosen(company: str, title: str, proposal_id: int, code: str, text: str) -> Message:
    """To all who answered: nobody was chosen."""

    def compose() -> Content:
        return Content(
            _("%(company)s has chosen nobody", company=_company(company)),
            [
                _("Thank you for your offer on %(title)s. No offer was chosen.", title=title),
                _("Reason: %(reason)s.", reason=reason_label(code)),
                text,
            ],
            f"/proposals/{proposal_id}/letter",
            _("Read the letter"),
        )

    return Message("nobody_chosen", compose)


def offer_ruled_out(company: str, title: str, proposal_id: int, demand: str, text: str) -> Message:
    """To a supplier whose offer misses a must-have."""

    def compose() -> Content:
        return Content(
            _("Your offer on %(title)s has been ruled out", title=title),
            [
                _(
                    "%(company)s finds that this must-have is not met: %(demand)s.",
                    company=_company(company),
                    demand=demand,
                ),
                text,
                _("If this is wrong, contact your business garden within five working days."),
            ],
            f"/proposals/{proposal_id}/letter",
            _("Read the letter"),
        )

    return Message("offer_ruled_out", compose)


def choice_made(supplier: str, title: str, reference: str) -> Message:
    """To the company's own people: what was chosen, and that all have been told."""

    def compose() -> Content:
        return Content(
            _("You have chosen %(supplier)s", supplier=supplier),
            [
                _("All who answered %(title)s have been told, each with a reason.", title=title),
                _("Confirm when the job has been delivered, and go through the handover list."),
            ],
            f"/briefs/{reference}/job",
            _("See what has been agreed"),
        )

    return Message("choice_made", compose)


def choice_taken_back(company: str, title: str, reference: str, reason: str) -> Message:
    """To all bidders: the company has taken back its choice."""

    def compose() -> Content:
        return Content(
            _("%(company)s has taken back its choice", company=company),
            [
                _(
                    "The offers on %(title)s are being considered again. You do not need to do anything.",
                    title=title,
                ),
                _("They write: %(reason)s", reason=reason),
            ],
            f"/briefs/{reference}/proposal",
            _("See the offer"),
        )

    return Message("choice_taken_back", compose)


def supplier_declined(supplier: str, title: str, reference: str, reason: str) -> Message:
    """To company and garden: the chosen supplier said no."""

    def compose() -> Content:
        return Content(
            _("%(supplier)s cannot take the job", supplier=supplier),
            [
                _("The other offers on %(title)s can be chosen again.", title=title),
                _("They write: %(reason)s", reason=reason),
            ],
            f"/briefs/{reference}/proposals",
            _("See the offers"),
        )

    return Message("supplier_declined", compose)


def choice_open_again(company: str, title: str, reference: str) -> Message:
    """To the other bidders: the chosen supplier could not take the job."""

    def compose() -> Content:
        return Content(
            _("%(company)s must choose once more", company=company),
            [
                _(
                    "The chosen supplier cannot take the job %(title)s. Your offer is being considered again.",
                    title=title,
                )
            ],
            f"/briefs/{reference}/proposal",
            _("See the offer"),
        )

    return Message("choice_open_again", compose)


def job_delivered(company: str, title: str, proposal_id: int) -> Message:
    """To the supplier: the company has confirmed the delivery."""

    def compose() -> Content:
        return Content(
            _("%(company)s has confirmed the delivery", company=company),
            [_("The job %(title)s has been handed over. Well done.", title=title)],
            f"/proposals/{proposal_id}/letter",
            _("Read the letter"),
        )

    return Message("job_delivered", compose)


def job_ended(company: str, title: str, reason: str, reference: str) -> Message:
    """To supplier and garden: the job ended before it was delivered."""

    def compose() -> Content:
        return Content(
            _("The job has ended: %(title)s", title=title),
            [
                _("%(company)s has ended the job before it was delivered.", company=company),
                _("They write: %(reason)s", reason=reason),
            ],
            f"/briefs/{reference}",
            _("See the brief"),
        )

    return Message("job_ended", compose)


def brief_lapsed(company: str, title: str, proposal_id: int) -> Message:
    """To all bidders: nobody decided in time."""

    def compose() -> Content:
        return Content(
            _("No decision on %(title)s", title=title),
            [
                _(
                    "%(company)s has not chosen within 45 days, so the brief has lapsed.",
                    company=_company(company),
                ),
                _("You are no longer bound by your offer. The business garden has been notified."),
            ],
            f"/proposals/{proposal_id}/letter",
            _("Read the letter"),
        )

    return Message("brief_lapsed", compose)
