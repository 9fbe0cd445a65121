"""Notices about the company's decision: to the bidders, the company and its garden.

The letters that they link to are in `templates/proposals/_letter_*.html`.
"""

from marketplace.core.i18n import gettext as _
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.proposals.award_deadlines import DECLINE_DAYS
from marketplace.proposals.decision_reasons import reason_label
from marketplace.proposals.notices.labels import company_label


@as_message("offer_chosen")
def offer_chosen(company: str, title: str, proposal_id: int) -> Content:
    """Notify the supplier whose offer was chosen."""
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


@as_message("offer_not_chosen")
def offer_not_chosen(company: str, title: str, proposal_id: int, code: str, text: str) -> Content:
    """Notify an unsuccessful supplier, with the reason in the mail itself."""
    return Content(
        _("%(company)s has chosen another offer", company=company),
        [
            _("Thank you for your offer on “%(title)s”. This time you did not get the job.", title=title),
            _("What decided the outcome: %(reason)s.", reason=reason_label(code)),
            text,
        ],
        f"/proposals/{proposal_id}/letter",
        _("Read the letter"),
    )


@as_message("nobody_chosen")
def nobody_chosen(company: str, title: str, proposal_id: int, code: str, text: str) -> Content:
    """Notify a bidder that the brief ended without a choice."""
    return Content(
        _("%(company)s did not choose an offer", company=company_label(company)),
        [
            _("Thank you for your offer on “%(title)s”. No offer was chosen.", title=title),
            _("Reason: %(reason)s.", reason=reason_label(code)),
            text,
        ],
        f"/proposals/{proposal_id}/letter",
        _("Read the letter"),
    )


@as_message("offer_ruled_out")
def offer_ruled_out(  # noqa: PLR0913 because each is a part of the message
    company: str, title: str, proposal_id: int, demand: str, text: str, *, garden: Contact | None
) -> Content:
    """Notify a supplier that its offer misses a must-have."""
    return Content(
        _("Your offer on “%(title)s” has been ruled out", title=title),
        [
            _(
                "%(company)s considers that this must-have is not met: %(demand)s.",
                company=company_label(company),
                demand=demand,
            ),
            text,
            _(
                "If this is wrong, contact your business garden soon. The company can choose another offer at any time."
            ),
            *contact_lines(garden),
        ],
        f"/proposals/{proposal_id}/letter",
        _("Read the letter"),
    )


@as_message("choice_made", topic=Topic.RECEIPTS)
def choice_made(supplier: str, title: str, reference: str) -> Content:
    """Notify the company's members of the offer that was chosen."""
    return Content(
        _("You have chosen %(supplier)s", supplier=supplier),
        [
            _(
                "Everyone who sent an offer for “%(title)s” has been notified, each with a reason.",
                title=title,
            ),
            _("Confirm when the job has been delivered, and go through the handover list."),
        ],
        f"/briefs/{reference}/job",
        _("See what has been agreed"),
    )


@as_message("choice_taken_back")
def choice_taken_back(company: str, title: str, reference: str, reason: str) -> Content:
    """Notify a bidder that the company has reversed its choice."""
    return Content(
        _("%(company)s has withdrawn its choice", company=company),
        [
            _(
                "The offers on “%(title)s” are being considered again. You do not need to do anything.",
                title=title,
            ),
            _("They write: %(reason)s", reason=reason),
        ],
        f"/briefs/{reference}/proposal",
        _("See the offer"),
    )


@as_message("supplier_declined")
def supplier_declined(supplier: str, title: str, reference: str, reason: str) -> Content:
    """Notify the company and its garden that the chosen supplier declined the job."""
    return Content(
        _("%(supplier)s cannot take on the job", supplier=supplier),
        [
            _("The other offers on “%(title)s” can be chosen again.", title=title),
            _("They write: %(reason)s", reason=reason),
        ],
        f"/briefs/{reference}/proposals",
        _("See the offers"),
    )


@as_message("choice_open_again")
def choice_reopened(company: str, title: str, reference: str) -> Content:
    """Notify another bidder that the chosen supplier declined, so its offer is considered again."""
    return Content(
        _("%(company)s must choose again", company=company),
        [
            _(
                "The chosen supplier cannot take the job “%(title)s”. Your offer is being considered again.",
                title=title,
            )
        ],
        f"/briefs/{reference}/proposal",
        _("See the offer"),
    )


@as_message("garden_choice_made", topic=Topic.AREA)
def garden_choice_made(company: str, supplier: str, title: str, reference: str) -> Content:
    """Notify the garden of the supplier that got the job."""
    return Content(
        _("%(company)s has chosen %(supplier)s", company=company, supplier=supplier),
        [_("This is about the job “%(title)s”.", title=title)],
        f"/briefs/{reference}",
        _("See the brief"),
    )


@as_message("garden_nobody_chosen", topic=Topic.AREA)
def garden_nobody_chosen(company: str, title: str, reference: str, contact: Contact | None) -> Content:
    """Notify the garden that one of its companies chose no supplier."""
    return Content(
        _("%(company)s did not choose an offer", company=company),
        [
            _("This was about the brief “%(title)s”. They may need help to try again.", title=title),
            *contact_lines(contact),
        ],
        f"/briefs/{reference}",
        _("See the brief"),
    )


@as_message("garden_choice_taken_back", topic=Topic.AREA)
def garden_choice_taken_back(company: str, title: str, reference: str, reason: str) -> Content:
    """Notify the garden that a choice was reversed."""
    return Content(
        _("%(company)s has withdrawn its choice", company=company),
        [
            _("This is about the brief “%(title)s”.", title=title),
            _("They write: %(reason)s", reason=reason),
        ],
        f"/briefs/{reference}",
        _("See the brief"),
    )
