"""Notices about shared strategies: sharing, comments and reviews. None has text of the strategy itself."""

from marketplace.core.i18n import gettext as _
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.strategy.strategy_template import strategy_template


def garden_path(company_id: int) -> str:
    """Return the path of the page that shows a garden the strategy of a company."""
    return f"/companies/{company_id}/plan"


@as_message("strategy_shared", topic=Topic.AREA, throttled=True)
def strategy_shared(company: str, company_id: int, contact: Contact | None) -> Content:
    """Tell the gardens that a company shares its strategy with them."""
    return Content(
        _("%(company)s shares its digital strategy with you", company=company),
        [
            _("You can read the strategy and comment on each part of it, until the company stops sharing."),
            *contact_lines(contact),
        ],
        garden_path(company_id),
        _("Read the strategy"),
    )


@as_message("strategy_commented", topic=Topic.STRATEGY, throttled=True)
def comment_added(author: str, company: str, section: str, path: str) -> Content:
    """Tell the other party of a comment on a section of a strategy. `section` is its code."""
    title = strategy_template().section(section).title
    return Content(
        _("%(company)s has commented on its strategy", company=company)
        if author == company
        else _("Comment from %(author)s on the strategy of %(company)s", author=author, company=company),
        [_("The comment is about “%(section)s”.", section=title)],
        path,
        _("Read the comment"),
    )


@as_message("strategy_asked", topic=Topic.REVIEWS, throttled=True)
def review_requested(
    company: str, company_id: int, number: int, message: str, contact: Contact | None
) -> Content:
    """Ask the gardens to review a version of a company's strategy."""
    lines = [
        _(
            "%(company)s would like you to read version %(number)s of its digital strategy.",
            company=company,
            number=number,
        )
    ]
    if message:
        lines.append(message)
    return Content(
        _("Read the strategy of %(company)s", company=company),
        [*lines, *contact_lines(contact)],
        f"{garden_path(company_id)}/review",
        _("Read and answer"),
    )


@as_message("strategy_reviewed")
def strategy_reviewed(garden: str, number: int, text: str, contact: Contact, *, is_ok: bool) -> Content:
    """Tell the company that the garden has reviewed a version of its strategy."""
    if is_ok:
        subject = _("%(garden)s says that your strategy is ready", garden=garden)
        lines = [
            _("Your adviser has read version %(number)s and suggests no changes.", number=number),
        ]
    else:
        subject = _("%(garden)s has advice on your strategy", garden=garden)
        lines = [_("Your adviser has read version %(number)s and suggests some changes.", number=number)]
    if text:
        lines.append(text)
    return Content(
        subject, [*lines, *contact_lines(contact)], "/plan/review", _("See what your adviser says")
    )
