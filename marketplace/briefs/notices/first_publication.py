"""Notices about briefs that a business garden reads before they open."""

import datetime as dt
from collections.abc import Callable, Sequence

from marketplace.briefs import review_reasons
from marketplace.briefs.invitation_step import step_of_waiting_brief
from marketplace.briefs.notices.briefs import brief_path
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


def _opening_text(opens_at: dt.datetime | None, *, has_garden: bool = True) -> str:
    if opens_at is None:
        return _("The brief does not open before the business garden has answered.")
    if not has_garden:
        return _("The brief opens automatically on %(time)s.", time=format_datetime(opens_at, weekday=True))
    return _(
        "If nobody answers, it opens automatically on %(time)s.", time=format_datetime(opens_at, weekday=True)
    )


@as_message("brief_waits")
def brief_waits(  # noqa: PLR0913 because each is a part of the message
    title: str,
    reference: str,
    opens_at: dt.datetime | None,
    reasons: Sequence[str],
    *,
    is_known: bool,
    has_garden: bool,
) -> Content:
    """Notify the company that its brief waits for its garden, and why. Without a garden, it waits until `opens_at` only."""
    if not has_garden:
        why = _("No business garden covers your municipality yet, so nobody has checked your company.")
    elif is_known:
        why = _(
            "Your business garden reads the brief first, because %(reasons)s.",
            reasons=review_reasons.reasons_text(reasons),
        )
    else:
        why = _("Your business garden does not know the company yet, so it checks the brief before it opens.")
    step = step_of_waiting_brief(reference, is_chosen=False)
    return Content(
        _("The brief is waiting to open: %(title)s", title=title),
        [
            why,
            _opening_text(opens_at, has_garden=has_garden),
            _("You can choose whom to invite now. The invitations are sent when the brief opens."),
        ],
        step.path,
        step.label,
    )


@as_message("first_publication", topic=Topic.REVIEWS)
def first_publication(  # noqa: PLR0913 because each is a part of the message
    company: str,
    title: str,
    reference: str,
    opens_at: dt.datetime | None,
    contact: Contact | None,
    *,
    reasons: Sequence[str],
    is_known: bool,
) -> Content:
    """Notify the garden that it must read the brief of a company before the brief opens."""
    lines = [
        *(
            [
                _(
                    "You read the brief first, because %(reasons)s.",
                    reasons=review_reasons.reasons_text(reasons),
                ),
                _("You can open the brief, ask for changes, or refuse it with a reason."),
            ]
            if is_known
            else [
                _("%(company)s registered by itself, and you have not checked it yet.", company=company),
                _(
                    "Check that the company is genuine. You can open the brief, ask for changes, or refuse it with a reason."
                ),
            ]
        ),
        _opening_text(opens_at) if opens_at else _("The brief does not open before you have answered."),
        *contact_lines(contact),
    ]
    subject = _("Check the brief from %(company)s: %(title)s", company=company, title=title)
    return Content(subject, lines, brief_path(reference, "/first-publication"), _("Check the brief"))


@as_message("first_publication_returned")
def first_publication_returned(  # noqa: PLR0913 because each is a part of the message
    garden: str, title: str, reference: str, reason: str, contact: Contact, *, refused: bool
) -> Content:
    """Notify the company that the garden did not open its brief, with the reason."""
    if refused:
        subject = _("%(garden)s has refused to open your brief: %(title)s", garden=garden, title=title)
        last = _(
            "You can correct the brief and publish it again. It then waits until the business garden has answered."
        )
    else:
        subject = _("%(garden)s asks you to change your brief: %(title)s", garden=garden, title=title)
        last = _("The brief is a draft again. Change it, and publish it when you are ready.")
    lines = [_("The business garden gave this reason:"), reason, last, *contact_lines(contact)]
    return Content(subject, lines, brief_path(reference, "/check"), _("See what your adviser says"))


@as_message("brief_paused")
def paused(garden: str, title: str, reference: str, reason: str, contact: Contact) -> Content:
    """Notify the company that the garden has paused its first brief, with the reason."""
    lines = [
        _("Suppliers cannot see the brief until the business garden has answered. It gave this reason:"),
        reason,
        _(
            "Call or write to your adviser, so that the brief can open again. Invitations you have sent remain valid."
        ),
        *contact_lines(contact),
    ]
    subject = _("%(garden)s has paused your brief: %(title)s", garden=garden, title=title)
    return Content(subject, lines, brief_path(reference), _("See the brief"))


@as_message("brief_paused_supplier")
def paused_for_suppliers(garden: str, title: str, reference: str, reason: str) -> Content:
    """Notify involved suppliers that the brief is paused, with the reason."""
    lines = [
        _("%(garden)s is checking the company, and gave this reason:", garden=garden),
        reason,
        _(
            "You cannot see the brief for now. What you have written is kept, and you get a message if it opens again."
        ),
    ]
    return Content(
        _("The brief is paused: %(title)s", title=title), lines, brief_path(reference), _("See the brief")
    )


@as_message("brief_stopped")
def stopped(garden: str, title: str, reference: str, reason: str, calendar: Callable[[], str]) -> Content:
    """Notify everyone involved that the garden has closed a paused brief for good, with the reason."""
    lines = [_("%(garden)s paused the brief and has now closed it, for this reason:", garden=garden), reason]
    return Content(
        _("The brief has been closed: %(title)s", title=title),
        lines,
        brief_path(reference),
        _("See the brief"),
        calendar(),
    )


@as_message("brief_open_again")
def open_again(title: str, reference: str, deadline: dt.datetime, calendar: Callable[[], str]) -> Content:
    """Notify everyone involved that a paused brief is open again, and update their calendars."""
    lines = [
        _("The business garden has checked the company. The brief is unchanged."),
        _("Suppliers can answer until %(deadline)s.", deadline=format_datetime(deadline, weekday=True)),
    ]
    return Content(
        _("The brief is open again: %(title)s", title=title),
        lines,
        brief_path(reference),
        _("See the brief"),
        calendar(),
    )
