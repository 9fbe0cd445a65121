"""Notices about the job after the choice: delivery, early termination and its outcome."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.proposals.lifecycle import ROUND_LABELS


@as_message("job_delivered", topic=Topic.JOBS)
def job_delivered(company: str, title: str, proposal_id: int) -> Content:
    """Notify the supplier that the company has confirmed the delivery."""
    return Content(
        _("%(company)s has confirmed the delivery", company=company),
        [_("The job “%(title)s” has been handed over. Well done.", title=title)],
        f"/proposals/{proposal_id}/letter",
        _("Read the letter"),
    )


@as_message("job_ended")
def job_ended(company: str, title: str, reason: str, reference: str) -> Content:
    """Notify the supplier and the garden that the job ended before delivery."""
    return Content(
        _("The job has ended: %(title)s", title=title),
        [
            _("%(company)s ended the job before delivery.", company=company),
            _("They write: %(reason)s", reason=reason),
        ],
        f"/briefs/{reference}",
        _("See the brief"),
    )


@as_message("outcome_answered", topic=Topic.JOBS)
def outcome_answered(company: str, title: str) -> Content:
    """Notify the supplier of answers about a job that the company lets it read."""
    return Content(
        _("%(company)s has said how the job went", company=company),
        [
            _("The job: %(title)s.", title=title),
            _("You can read the answers and reply to them once."),
        ],
        "/proposals/outcomes",
        _("Read the answers"),
    )


@as_message("outcome_replied", topic=Topic.JOBS)
def outcome_replied(supplier: str, title: str) -> Content:
    """Notify the company of the supplier's reply to its answers."""
    return Content(
        _("%(supplier)s has replied to your answers", supplier=supplier),
        [_("The job: %(title)s.", title=title)],
        "/briefs/outcomes",
        _("Read the reply"),
    )


@as_message("did_it_work", topic=Topic.JOBS)
def outcome_request(title: str, reference: str, name: str) -> Content:
    """Ask the company about the result of the job."""
    return Content(
        _("Did it work? %(title)s", title=title),
        [
            f"{ROUND_LABELS[name]}.",
            _("Four short questions that take two minutes. Your answers help the next company."),
        ],
        f"/briefs/{reference}/outcome/{name}",
        _("Answer"),
    )


@as_message("story_removed")
def story_removed(garden: str, title: str, reason: str) -> Content:
    """Notify the company that a garden no longer lets others read its story."""
    return Content(
        _("%(garden)s has removed your story", garden=garden),
        [
            _(
                "The story about “%(title)s” is no longer shown to others. You still have the text.",
                title=title,
            ),
            _("They write: %(reason)s", reason=reason),
            _("You can change the text and show it again."),
        ],
        "/briefs/outcomes",
        _("See the story"),
    )


@as_message("story_removed_for_supplier")
def story_removed_for_supplier(garden: str, company: str, title: str, reason: str) -> Content:
    """Notify the supplier that a garden no longer lets others read a company's story about its job."""
    return Content(
        _("%(garden)s has removed the story of %(company)s", garden=garden, company=company),
        [
            _("The story about “%(title)s” is no longer shown to others.", title=title),
            _("They write: %(reason)s", reason=reason),
        ],
        "/proposals/outcomes",
        _("See your jobs"),
    )
