"""Notices about sign-up, seats and the waiting list, to contact persons, who need not have an account."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core.i18n import format_datetime, format_money, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices.sessions import calendar_hint, removal_hint, session_lines
from marketplace.programme.seat_deadlines import OFFER_HOURS


def fee_lines(project: Project) -> list[str]:
    """Return a line that states the participation fee, or no line if the fee is not decided."""
    if project.fee_nok is None:
        return []
    if not project.fee_nok:
        return [_("The course is free for the company.")]
    return [
        _("The course costs %(amount)s for the company, excluding VAT.", amount=format_money(project.fee_nok))
    ]


@as_message("seat_unconfirmed")
def seat_unconfirmed(participation: Participation, cohort: Cohort, deadline: dt.datetime) -> Content:
    """Ask the contact person to confirm a seat."""
    return Content(
        _("Confirm the seat of %(company)s", company=participation.company_name),
        [
            _(
                "%(company)s has been signed up for %(course)s in %(place)s. The seat is reserved until %(time)s.",
                company=participation.company_name,
                course=cohort.project.name,
                place=cohort.place.name,
                time=format_datetime(deadline),
            ),
            *fee_lines(cohort.project),
            _("Open the link and confirm. With the same link you can change your details or withdraw."),
            _("Did you not sign up? Ignore this e-mail, and the seat goes to another company."),
        ],
        participation.path,
        _("Confirm the seat"),
        expires_at=deadline,
    )


@as_message("waiting_unconfirmed")
def waiting_unconfirmed(participation: Participation, cohort: Cohort, deadline: dt.datetime) -> Content:
    """Ask the contact person to confirm a place on the waiting list."""
    return Content(
        _("Confirm that %(company)s wants a seat", company=participation.company_name),
        [
            _(
                "%(course)s in %(place)s is full. %(company)s is on the waiting list until %(time)s, and stays there once you confirm.",
                company=participation.company_name,
                course=cohort.project.name,
                place=cohort.place.name,
                time=format_datetime(deadline),
            ),
            ngettext(
                "When a seat becomes free, you get an e-mail and have %(num)s hour to answer.",
                "When a seat becomes free, you get an e-mail and have %(num)s hours to answer.",
                OFFER_HOURS,
            ),
            *fee_lines(cohort.project),
            _("Did you not sign up? Ignore this e-mail."),
        ],
        participation.path,
        _("Confirm"),
        expires_at=deadline,
    )


@as_message("already_signed_up")
def already_signed_up(participation: Participation) -> Content:
    """Notify the contact person that somebody has tried to sign the company up again."""
    return Content(
        _("%(company)s is already signed up", company=participation.company_name),
        [
            _(
                "Someone has just tried to sign up %(company)s for %(course)s again. Nothing has changed.",
                company=participation.company_name,
                course=participation.project.name,
            ),
            _("With the link you can see your seat, change your details or withdraw."),
        ],
        participation.path,
        _("See your seat"),
    )


@as_message("seat_link")
def seat_link(participation: Participation) -> Content:
    """Send the contact person the link again, on request."""
    return Content(
        _("Link to the course of %(company)s", company=participation.company_name),
        [
            _(
                "This is the link of %(company)s for %(course)s. Earlier links may not work any more.",
                company=participation.company_name,
                course=participation.project.name,
            ),
            _("With the link you can see your seat, change your details or withdraw."),
            _("Did you not ask for the link? Ignore this e-mail."),
        ],
        participation.path,
        _("See your seat"),
    )


@as_message("seat_taken")
def seat_taken(participation: Participation, cohort: Cohort, sessions: Sequence[CourseSession]) -> Content:
    """Notify the contact person of a confirmed seat, with the dates of the coming sessions."""
    lines = [
        _(
            "%(company)s has a seat in %(course)s in %(place)s.",
            company=participation.company_name,
            course=cohort.project.name,
            place=cohort.place.name,
        ),
        *fee_lines(cohort.project),
    ]
    if sessions:
        lines += [_("The dates are:"), *session_lines(sessions), calendar_hint()]
    lines.append(_("Keep this e-mail: with the link you can change your details, move or withdraw."))
    return Content(
        _("%(company)s has a seat", company=participation.company_name),
        lines,
        participation.path,
        _("See your seat"),
    )


@as_message("contact_added")
def contact_added(participation: Participation, sessions: Sequence[CourseSession]) -> Content:
    """Notify a new contact person, with the link and the coming sessions."""
    return Content(
        _("You are the contact person of %(company)s", company=participation.company_name),
        [
            _(
                "You get the e-mails about %(course)s for %(company)s from now on.",
                course=participation.project.name,
                company=participation.company_name,
            ),
            *([*session_lines(sessions), calendar_hint()] if sessions else ()),
            _("With the link you can see your seat, change your details or withdraw."),
        ],
        participation.path,
        _("See your seat"),
    )


@as_message("contact_removed")
def contact_removed(participation: Participation) -> Content:
    """Notify a former contact person, whose link no longer works."""
    return Content(
        _("You are no longer the contact person of %(company)s", company=participation.company_name),
        [
            _(
                "The e-mails about %(course)s for %(company)s go to another person from now on.",
                course=participation.project.name,
                company=participation.company_name,
            ),
            removal_hint(),
        ],
    )


@as_message("seat_offered")
def seat_offered(participation: Participation, cohort: Cohort, expires_at: dt.datetime) -> Content:
    """Offer a free seat to a company on the waiting list."""
    return Content(
        _("A seat is free for %(company)s", company=participation.company_name),
        [
            _(
                "There is a free seat in %(course)s in %(place)s. It is yours if you accept it by %(time)s.",
                course=cohort.project.name,
                place=cohort.place.name,
                time=format_datetime(expires_at),
            ),
            _("If you do not answer, it goes to the next company on the list."),
        ],
        participation.path,
        _("Answer yes or no"),
        expires_at=expires_at,
    )


@as_message("seat_lost")
def seat_lost(participation: Participation, *, has_link: bool) -> Content:
    """Tell the contact person that a seat was not confirmed, or an offered seat not accepted, in time."""
    return _lost(
        participation,
        _("The seat of %(company)s has been released", company=participation.company_name),
        _(
            "We did not hear from you in time, so the seat in %(course)s goes to another company.",
            course=participation.project.name,
        ),
        has_link=has_link,
    )


@as_message("waiting_place_lost")
def waiting_place_lost(participation: Participation, *, has_link: bool) -> Content:
    """Tell the contact person that a place on the waiting list was not confirmed in time."""
    return _lost(
        participation,
        _("%(company)s is no longer on the waiting list", company=participation.company_name),
        _(
            "We did not hear from you in time, so %(company)s is no longer on the waiting list for %(course)s.",
            company=participation.company_name,
            course=participation.project.name,
        ),
        has_link=has_link,
    )


def _lost(participation: Participation, subject: str, text: str, *, has_link: bool) -> Content:
    """Compose the message. Without `has_link`, the link of the seat belongs to the contact person from before the sign-up."""
    return Content(
        subject,
        [text, _("You are welcome to sign up again with the link.")],
        participation.path if has_link else f"/courses/{participation.project.slug}",
        _("Sign up again"),
    )


@as_message("seat_withdrawn")
def seat_withdrawn(participation: Participation, *, has_dates: bool) -> Content:
    """Notify the contact person that the company has withdrawn, or that the garden has withdrawn it."""
    return Content(
        _("%(company)s has withdrawn", company=participation.company_name),
        [
            _(
                "%(company)s is no longer signed up for %(course)s.",
                company=participation.company_name,
                course=participation.project.name,
            ),
            *([removal_hint()] if has_dates else ()),
            _("If you change your mind, sign up again with the link."),
        ],
        participation.path,
        _("Sign up again"),
    )


@as_message("followed_by_course")
def followed_by_course(participation: Participation) -> Content:
    """Notify the members of a company that a business garden follows it because of its seat."""
    garden = participation.cohort.place.garden.name if participation.cohort else ""
    return Content(
        _("%(garden)s follows you while you take part in the course", garden=garden),
        [
            _(
                "%(company)s has a seat in %(course)s. Until you leave it, %(garden)s can see your company, your briefs, and your strategy while you share it.",
                company=participation.company_name,
                course=participation.project.name,
                garden=garden,
            ),
            _("If you did not sign up, get in touch with the business garden."),
        ],
        "/course",
        _("See the course"),
    )


@as_message("course_invitation")
def course_invitation(participation: Participation, subject: str, paragraphs: Sequence[str]) -> Content:
    """Invite a company to a course, with a personal link to sign up or decline."""
    return Content(subject, paragraphs, participation.path, _("See the course and answer"))
