"""Notices about briefs, composed in the recipient's language."""

import datetime as dt
from collections.abc import Sequence

from marketplace.briefs.guide import Question
from marketplace.briefs.question_rejection_reasons import REJECTION_REASONS
from marketplace.core.i18n import format_date, format_datetime, format_list
from marketplace.core.i18n import gettext as _
from marketplace.organisations.contacts import Contact, contact_lines
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


def _path(reference: str, rest: str = "") -> str:
    return f"/briefs/{reference}{rest}"


@as_message("review_asked", topic=Topic.REVIEWS, throttled=True)
def review_asked(company: str, title: str, reference: str, message: str, contact: Contact | None) -> Content:
    """To the garden: a company requests a review of a draft."""
    lines = [_("%(company)s would like you to read a draft before it is sent to suppliers.", company=company)]
    if message:
        lines.append(message)
    lines.append(
        _("Reply within two working days. While the draft is with you, the company cannot change it.")
    )
    lines += contact_lines(contact)
    subject = _("Read a draft from %(company)s: %(title)s", company=company, title=title)
    return Content(subject, lines, _path(reference), _("Read the draft"))


@as_message("review_answered")
def review_answered(  # noqa: PLR0913 because each is a part of the message
    garden: str, title: str, reference: str, contact: Contact, *, is_ok: bool, comment: str
) -> Content:
    """To the company: the garden has reviewed the draft."""
    if is_ok:
        subject = _("%(garden)s says that your brief is ready: %(title)s", garden=garden, title=title)
        lines = [_("Your adviser has read the draft and considers it ready to send.")]
    else:
        subject = _("%(garden)s has advice on your brief: %(title)s", garden=garden, title=title)
        lines = [_("Your adviser has read the draft and suggests some changes.")]
    if comment:
        lines.append(comment)
    lines += contact_lines(contact)
    return Content(subject, lines, _path(reference, "/check"), _("See what your adviser says"))


@as_message("file_added", topic=Topic.QUESTIONS)
def file_added(title: str, reference: str, name: str) -> Content:
    """To involved suppliers: the company has attached a file to an open brief."""
    subject = _("New attachment: %(title)s", title=title)
    lines = [_("The company has attached “%(name)s” to the brief. The deadline has not changed.", name=name)]
    return Content(subject, lines, _path(reference), _("Read the brief"))


@as_message("review_pulled_back", topic=Topic.REVIEWS, throttled=True)
def review_pulled_back(company: str, title: str, reference: str) -> Content:
    """To the garden: the review request is withdrawn."""
    del reference
    subject = _("%(company)s has withdrawn its draft: %(title)s", company=company, title=title)
    return Content(
        subject,
        [_("You do not need to read it. The company is editing it again.")],
        "/",
        _("Go to your page"),
    )


def _opens(opens_at: dt.datetime | None) -> str:
    if opens_at is None:
        return _("It does not open before the business garden has answered.")
    return _(
        "Without an answer it opens automatically on %(time)s.", time=format_datetime(opens_at, weekday=True)
    )


@as_message("brief_waits")
def brief_waits(title: str, reference: str, opens_at: dt.datetime | None) -> Content:
    """To the company: its first brief waits for the garden's check."""
    lines = [
        _("Your business garden does not know the company yet, so it checks the brief before it opens."),
        _opens(opens_at),
    ]
    return Content(
        _("The brief is waiting to open: %(title)s", title=title), lines, _path(reference), _("See the brief")
    )


@as_message("first_publication", topic=Topic.REVIEWS)
def first_publication(
    company: str, title: str, reference: str, opens_at: dt.datetime | None, contact: Contact | None
) -> Content:
    """To the garden: a company that it does not know wants to publish its first brief."""
    lines = [
        _("%(company)s registered by itself, and you have not checked it yet.", company=company),
        _(
            "Check that the company is genuine. You can open the brief, ask for changes, or refuse it with a reason."
        ),
        _opens(opens_at),
        *contact_lines(contact),
    ]
    subject = _("Check the brief from %(company)s: %(title)s", company=company, title=title)
    return Content(subject, lines, _path(reference, "/first-publication"), _("Check the brief"))


@as_message("first_publication_returned")
def first_publication_returned(  # noqa: PLR0913 because each is a part of the message
    garden: str, title: str, reference: str, reason: str, contact: Contact, *, refused: bool
) -> Content:
    """To the company: the garden did not open its first brief, and the reason."""
    if refused:
        subject = _("%(garden)s has refused to open your brief: %(title)s", garden=garden, title=title)
        last = _(
            "You can correct the brief and send it again. It then waits until the business garden has answered."
        )
    else:
        subject = _("%(garden)s asks you to change your brief: %(title)s", garden=garden, title=title)
        last = _("The brief is a draft again. Change it, and send it when you are ready.")
    lines = [_("The business garden gave this reason:"), reason, last, *contact_lines(contact)]
    return Content(subject, lines, _path(reference, "/check"), _("See what your adviser says"))


@as_message("brief_paused")
def paused(garden: str, title: str, reference: str, reason: str, contact: Contact) -> Content:
    """To the company: the garden has paused its first brief, and the reason."""
    lines = [
        _("Suppliers cannot see the brief until the business garden has answered. It gave this reason:"),
        reason,
        _(
            "Call or write to your adviser, so that it can open again. Invitations you have sent remain valid."
        ),
        *contact_lines(contact),
    ]
    subject = _("%(garden)s has paused your brief: %(title)s", garden=garden, title=title)
    return Content(subject, lines, _path(reference), _("See the brief"))


@as_message("brief_paused_supplier")
def paused_for_suppliers(garden: str, title: str, reference: str, reason: str) -> Content:
    """To involved suppliers: the brief is paused, and the reason."""
    lines = [
        _("%(garden)s is checking the company, and gave this reason:", garden=garden),
        reason,
        _(
            "You cannot see the brief for now. What you have written is kept, and you get a message if it opens again."
        ),
    ]
    return Content(
        _("The brief is paused: %(title)s", title=title), lines, _path(reference), _("See the brief")
    )


@as_message("brief_stopped")
def stopped(garden: str, title: str, reference: str, reason: str) -> Content:
    """To everyone involved: the garden has closed a paused brief for good, and the reason."""
    lines = [_("%(garden)s paused the brief and has now closed it, for this reason:", garden=garden), reason]
    return Content(
        _("The brief has been closed: %(title)s", title=title), lines, _path(reference), _("See the brief")
    )


@as_message("brief_open_again")
def open_again(title: str, reference: str, deadline: dt.datetime) -> Content:
    """To everyone involved: a paused brief is open again."""
    lines = [
        _("The business garden has checked the company. The brief is unchanged."),
        _("Suppliers can answer until %(deadline)s.", deadline=format_datetime(deadline, weekday=True)),
    ]
    return Content(
        _("The brief is open again: %(title)s", title=title), lines, _path(reference), _("See the brief")
    )


@as_message("brief_published")
def brief_published(title: str, reference: str, deadline: dt.datetime) -> Content:
    """To the company: the brief is published."""
    return Content(
        _("The brief has been published: %(title)s", title=title),
        [
            _(
                "Suppliers can answer until %(deadline)s.",
                deadline=format_datetime(deadline, weekday=True),
            ),
            _("Offers are sealed until then. Questions from suppliers are sent to you."),
        ],
        _path(reference),
        _("See the brief"),
    )


@as_message("brief_published_in_area", topic=Topic.AREA, throttled=True)
def brief_published_in_area(company: str, title: str, reference: str) -> Content:
    """To the garden: one of its companies has published a brief."""
    subject = _("%(company)s has published a brief: %(title)s", company=company, title=title)
    lines = [_("You can read it and see who has been invited. Offers are sealed, even for you.")]
    return Content(subject, lines, _path(reference), _("See the brief"))


@as_message("brief_extended")
def brief_extended(title: str, reference: str, deadline: dt.datetime) -> Content:
    """To the involved suppliers and the company: the deadline is extended."""
    return Content(
        _("More time to reply: %(title)s", title=title),
        [
            _(
                "The new reply deadline is %(deadline)s.",
                deadline=format_datetime(deadline, weekday=True),
            ),
            _("Anything you have written or sent is kept. You can change it until then."),
        ],
        _path(reference),
        _("See the brief"),
    )


@as_message("brief_amended")
def brief_amended(
    title: str,
    reference: str,
    changed: Sequence[Question],
    deadline: dt.datetime | None,
    *,
    moved: bool,
) -> Content:
    """To everyone involved: the brief is amended, and what that means for submitted offers."""
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
        _path(reference, "#changes"),
        _("See what has changed"),
    )


@as_message("brief_withdrawn")
def brief_withdrawn(title: str, reference: str, reason: str) -> Content:
    """To everyone involved: the brief is withdrawn, and the reason."""
    return Content(
        _("The brief has been withdrawn: %(title)s", title=title),
        [
            _("The company has decided not to choose anyone this time, and gave this reason:"),
            reason,
            _("Offers that have been sent will be closed without further review."),
        ],
        _path(reference),
        _("See the brief"),
    )


@as_message("question_asked", topic=Topic.QUESTIONS, throttled=True)
def question_asked(title: str, reference: str, text: str, deadline: dt.datetime) -> Content:
    """To the company: a supplier has asked a question. The supplier is not named."""
    lines = [
        _("A question from a supplier:"),
        text,
        _(
            "Everyone who can see the brief gets the same answer. Offers are due by %(date)s.",
            date=format_date(deadline),
        ),
    ]
    return Content(
        _("A question about %(title)s", title=title), lines, _path(reference, "#questions"), _("Answer")
    )


@as_message("question_waits", topic=Topic.QUESTIONS)
def question_waits(title: str, reference: str, text: str, deadline: dt.datetime) -> Content:
    """To the company: a question has been unanswered for two working days."""
    lines = [
        _("A supplier has been waiting at least two working days for an answer to this:"),
        text,
        _("Offers are due on %(date)s. A short answer is better than none.", date=format_date(deadline)),
    ]
    subject = _("A question is waiting for an answer: %(title)s", title=title)
    return Content(subject, lines, _path(reference, "#questions"), _("Answer"))


@as_message("garden_question_waits", topic=Topic.AREA)
def garden_question_waits(
    company: str, title: str, reference: str, deadline: dt.datetime, contact: Contact | None
) -> Content:
    """To the garden: a company has not answered a question in spite of a reminder."""
    lines = [
        _("Suppliers have asked about %(title)s and are waiting for an answer.", title=title),
        _("Offers are due on %(date)s. A phone call may help.", date=format_date(deadline)),
        *contact_lines(contact),
    ]
    subject = _("%(company)s has a question to answer", company=company)
    return Content(subject, lines, _path(reference, "#questions"), _("See the brief"))


@as_message("question_answered", topic=Topic.QUESTIONS, throttled=True)
def question_answered(title: str, reference: str, question: str, answer: str) -> Content:
    """To the involved suppliers: a question is answered."""
    subject = _("A question has been answered: %(title)s", title=title)
    return Content(subject, [question, answer], _path(reference, "#questions"), _("See all questions"))


@as_message("question_rejected", topic=Topic.QUESTIONS)
def question_rejected(title: str, reference: str, reason: str) -> Content:
    """To the asker: the company has rejected the question, and the reason."""
    lines = [
        _("The company has decided not to answer your question, and gave this reason:"),
        str(REJECTION_REASONS[reason]),
    ]
    subject = _("Your question was not answered: %(title)s", title=title)
    return Content(subject, lines, _path(reference, "#questions"), _("See the brief"))
