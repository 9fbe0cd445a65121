"""Notices about strategies: reminders, sharing, comments and reviews. None has text of the strategy itself."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.strategy_template import strategy_template


@as_message("assessment_asked", topic=Topic.STRATEGY)
def assessment_asked() -> Content:
    """Tell the company that it can take the self-assessment again."""
    return Content(
        _("Take the self-assessment again"),
        [
            _("It is time to see what has changed since the last time. It takes about 6 minutes."),
            _("You get the same questions, and see the change in each subject."),
        ],
        "/plan/assessment",
        _("Begin the self-assessment"),
    )


@as_message("assessment_half_done", topic=Topic.STRATEGY)
def assessment_half_done() -> Content:
    """Remind the company of a self-assessment that it has not continued for a week."""
    return Content(
        _("Finish the self-assessment"),
        [
            _("You started the self-assessment, but have not answered for a week. Your answers are saved."),
            _("You may answer that you don't know, or skip a question. It does not lower your result."),
            _("You will get no more reminders of this."),
        ],
        "/plan/assessment",
        _("Continue"),
    )


@as_message("measure_due", topic=Topic.MEASUREMENTS)
def measurements_due(due: Sequence[Objective]) -> Content:
    """Remind the company of all its objectives whose measurement is due."""
    lines = [_("It takes a few minutes. Open each objective and write the number.")]
    for one in due:
        name = one.indicator_name or one.text
        source = one.source
        target = _("%(name)s, target %(date)s", name=name, date=format_date(one.target_on))
        lines.append(f"{target} ({source})" if source else target)
    return Content(
        ngettext("Measure %(num)s objective", "Measure %(num)s objectives", len(due)),
        lines,
        "/plan/objectives",
        _("Open your objectives"),
    )


@as_message("plan_review_due", topic=Topic.STRATEGY)
def plan_review_due(review_on: dt.date) -> Content:
    """Remind the company that it wanted to go through its plan on this date."""
    return Content(
        _("Go through your plan"),
        [
            _("You chose %(date)s as the day to look at your plan again.", date=format_date(review_on)),
            _("Measure your objectives, drop what no longer fits, and set a new review date."),
        ],
        "/plan",
        _("Open the plan"),
    )


@as_message("strategy_half_done", topic=Topic.STRATEGY)
def strategy_half_done() -> Content:
    """Remind the company of a strategy that it has begun, and has not changed for a week."""
    return Content(
        _("Continue with your digital strategy"),
        [
            _("You started a digital strategy, but have not changed it for a week. What you wrote is saved."),
            _("The plan shows what is missing. Your business garden can help you."),
            _("You will get no more reminders of this."),
        ],
        "/plan",
        _("Open the plan"),
    )


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
