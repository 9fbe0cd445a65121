"""Notices about briefs, composed in the recipient's language."""

import datetime as dt
from collections.abc import Callable, Sequence

from marketplace.briefs.deadlines import QUESTION_REMINDERS, REVIEW_WORKING_DAYS
from marketplace.briefs.guide import Question
from marketplace.briefs.invitation_step import step_of_open_brief
from marketplace.briefs.question_rejection_reasons import REJECTION_REASONS
from marketplace.core.i18n import format_date, format_datetime, format_list, gettext as _
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


def brief_path(reference: str, rest: str = "") -> str:
    """Return the path of a brief's page, or of a page below it."""
    return f"/briefs/{reference}{rest}"


@as_message("review_asked", topic=Topic.REVIEWS, throttled=True)
def review_asked(company: str, title: str, reference: str, message: str, contact: Contact | None) -> Content:
    """Ask the garden to review the draft of a company."""
    lines = [_("%(company)s would like you to read a draft before it is published.", company=company)]
    if message:
        lines.append(message)
    lines.append(
        _(
            "Reply within %(days)s working days. While the draft is with you, the company cannot change it.",
            days=REVIEW_WORKING_DAYS,
        )
    )
    lines += contact_lines(contact)
    subject = _("Read a draft from %(company)s: %(title)s", company=company, title=title)
    return Content(subject, lines, brief_path(reference), _("Read the draft"))


@as_message("review_waits", topic=Topic.REVIEWS)
def review_waits(
    company: str, title: str, reference: str, asked_at: dt.datetime, contact: Contact | None
) -> Content:
    """Remind the garden of a draft or a waiting brief that it has not answered."""
    date = format_date(asked_at)
    line = _("%(company)s has waited for your answer since %(date)s.", company=company, date=date)
    subject = _("%(company)s is waiting for your answer: %(title)s", company=company, title=title)
    return Content(subject, [line, *contact_lines(contact)], brief_path(reference), _("Read the brief"))


@as_message("review_answered")
def review_answered(  # noqa: PLR0913 because each is a part of the message
    garden: str, title: str, reference: str, contact: Contact, *, is_ok: bool, comment: str
) -> Content:
    """Notify the company that its garden has reviewed the draft."""
    if is_ok:
        subject = _("%(garden)s says that your brief is ready: %(title)s", garden=garden, title=title)
        lines = [_("Your adviser has read the draft and considers it ready to publish.")]
    else:
        subject = _("%(garden)s has advice on your brief: %(title)s", garden=garden, title=title)
        lines = [_("Your adviser has read the draft and suggests some changes.")]
    if comment:
        lines.append(comment)
    lines += contact_lines(contact)
    return Content(subject, lines, brief_path(reference, "/check"), _("See what your adviser says"))


@as_message("file_added", topic=Topic.QUESTIONS)
def file_added(title: str, reference: str, name: str) -> Content:
    """Notify involved suppliers that the company has attached a file to an open brief."""
    subject = _("New attachment: %(title)s", title=title)
    lines = [_("The company has attached “%(name)s” to the brief. The deadline has not changed.", name=name)]
    return Content(subject, lines, brief_path(reference), _("Read the brief"))


@as_message("review_pulled_back", topic=Topic.REVIEWS, throttled=True)
def review_request_withdrawn(company: str, title: str, reference: str) -> Content:
    """Notify the garden that the company has withdrawn its review request."""
    del reference
    subject = _("%(company)s has withdrawn its draft: %(title)s", company=company, title=title)
    return Content(
        subject,
        [_("You do not need to read the draft. The company is editing it again.")],
        "/",
        _("Go to your page"),
    )


@as_message("brief_published")
def brief_published(title: str, reference: str, deadline: dt.datetime, *, is_choice_made: bool) -> Content:
    """Notify the company that its brief is published. `is_choice_made` states that it has chosen suppliers already."""
    step = step_of_open_brief(reference, is_chosen=is_choice_made)
    return Content(
        _("The brief has been published: %(title)s", title=title),
        [
            _(
                "Suppliers can answer until %(deadline)s.",
                deadline=format_datetime(deadline, weekday=True),
            ),
            _("Offers are sealed until then. Questions from suppliers are sent to you."),
        ],
        step.path,
        step.label,
    )


@as_message("brief_published_in_area", topic=Topic.AREA, throttled=True)
def brief_published_in_area(company: str, title: str, reference: str) -> Content:
    """Notify the garden that one of its companies has published a brief."""
    subject = _("%(company)s has published a brief: %(title)s", company=company, title=title)
    lines = [_("You can read it and see who has been invited. Offers are sealed, even for you.")]
    return Content(subject, lines, brief_path(reference), _("See the brief"))


@as_message("brief_extended")
def brief_extended(title: str, reference: str, deadline: dt.datetime, calendar: Callable[[], str]) -> Content:
    """Notify involved suppliers and the company that the deadline is extended, and update their calendars."""
    return Content(
        _("More time to reply: %(title)s", title=title),
        [
            _(
                "The new reply deadline is %(deadline)s.",
                deadline=format_datetime(deadline, weekday=True),
            ),
            _("Offers that have been written or sent are kept, and can be changed until then."),
        ],
        brief_path(reference),
        _("See the brief"),
        calendar(),
    )


@as_message("brief_amended")
def brief_amended(  # noqa: PLR0913 because each is a part of the message
    title: str,
    reference: str,
    changed: Sequence[Question],
    deadline: dt.datetime | None,
    calendar: Callable[[], str],
    *,
    moved: bool,
) -> Content:
    """Notify everyone involved that the brief is amended, and explain what that means for submitted offers."""
    names = format_list([question.short for question in changed])
    lines = [
        _("The company has changed these parts of the brief: %(parts)s.", parts=names),
        _("An offer already sent remains valid as a reply to the earlier version. It can be sent again."),
    ]
    if deadline is not None:
        day = format_datetime(deadline, weekday=True)
        lines.append(
            _("The new reply deadline is %(deadline)s.", deadline=day)
            if moved
            else _("The reply deadline is unchanged: %(deadline)s.", deadline=day)
        )
    return Content(
        _("The brief has been changed: %(title)s", title=title),
        lines,
        brief_path(reference, "#changes"),
        _("See what has changed"),
        calendar() if moved else "",
    )


@as_message("brief_withdrawn")
def brief_withdrawn(
    title: str, reference: str, reason: str, calendar: Callable[[], str], company: str = ""
) -> Content:
    """Notify everyone involved that the brief is withdrawn, with the reason. Only its garden gets the name of the company."""
    return Content(
        _("%(company)s has withdrawn the brief: %(title)s", company=company, title=title)
        if company
        else _("The brief has been withdrawn: %(title)s", title=title),
        [
            _("The company has decided not to choose anyone this time, and gave this reason:"),
            reason,
            _("Offers that have been sent will be closed without further review."),
        ],
        brief_path(reference),
        _("See the brief"),
        calendar(),
    )


@as_message("question_asked", topic=Topic.QUESTIONS, throttled=True)
def question_asked(title: str, reference: str, text: str, deadline: dt.datetime) -> Content:
    """Notify the company of a question from a supplier, which is not named."""
    lines = [
        _("A question from a supplier:"),
        text,
        _(
            "Everyone who can see the brief gets the same answer. Offers are due by %(date)s.",
            date=format_date(deadline),
        ),
    ]
    return Content(
        _("A question about “%(title)s”", title=title),
        lines,
        brief_path(reference, "#questions"),
        _("Answer"),
    )


@as_message("question_waits", topic=Topic.QUESTIONS)
def question_waits(title: str, reference: str, text: str, deadline: dt.datetime) -> Content:
    """Remind the company of a question that it has not answered."""
    lines = [
        _(
            "A supplier has been waiting at least %(days)s working days for an answer to this:",
            days=QUESTION_REMINDERS["company"],
        ),
        text,
        _("Offers are due on %(date)s. A short answer is better than none.", date=format_date(deadline)),
    ]
    subject = _("A question is waiting for an answer: %(title)s", title=title)
    return Content(subject, lines, brief_path(reference, "#questions"), _("Answer"), expires_at=deadline)


@as_message("garden_question_waits", topic=Topic.AREA)
def garden_question_waits(
    company: str, title: str, reference: str, deadline: dt.datetime, contact: Contact | None
) -> Content:
    """Notify the garden that a company has not answered a question in spite of a reminder."""
    lines = [
        _("Suppliers have asked about “%(title)s” and are waiting for an answer.", title=title),
        _("Offers are due on %(date)s. A phone call may help.", date=format_date(deadline)),
        *contact_lines(contact),
    ]
    subject = _("%(company)s has a question to answer", company=company)
    return Content(
        subject, lines, brief_path(reference, "#questions"), _("See the brief"), expires_at=deadline
    )


@as_message("question_answered", topic=Topic.QUESTIONS, throttled=True)
def question_answered(title: str, reference: str, question: str, answer: str) -> Content:
    """Notify involved suppliers of the answer to a question."""
    subject = _("A question has been answered: %(title)s", title=title)
    return Content(subject, [question, answer], brief_path(reference, "#questions"), _("See all questions"))


@as_message("question_rejected", topic=Topic.QUESTIONS)
def question_rejected(title: str, reference: str, reason: str) -> Content:
    """Tell the supplier who asked a question that the company has rejected it, and why."""
    lines = [
        _("The company has decided not to answer your question, and gave this reason:"),
        str(REJECTION_REASONS[reason]),
    ]
    subject = _("Your question was not answered: %(title)s", title=title)
    return Content(subject, lines, brief_path(reference, "#questions"), _("See the brief"))
