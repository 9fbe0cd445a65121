"""Notices about sign-up, seats and the waiting list, to the members of a business garden."""

import datetime as dt

from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.programme.lifecycle import WITHDRAWAL_REASONS
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort


@as_message("seat_to_offer", topic=Topic.AREA)
def seat_offered_by_telephone(
    participation: Participation, cohort: Cohort, expires_at: dt.datetime
) -> Content:
    """Ask the members of the garden to call a company without an e-mail address and offer it a free seat."""
    contact = ", ".join(filter(None, (participation.contact_name, participation.contact_phone)))
    lines = [
        _(
            "There is a free seat in %(course)s in %(place)s, and %(company)s is next on the waiting list. We have no e-mail address of the company.",
            course=cohort.project.name,
            place=cohort.place.name,
            company=participation.company_name,
        )
    ]
    if contact:
        lines.append(contact)
    lines.append(
        _(
            "Give the company the seat by %(time)s, or the seat goes to the next company on the list.",
            time=format_datetime(expires_at),
        )
    )
    return Content(
        _("Call %(company)s: a seat is free", company=participation.company_name),
        lines,
        _page_of(participation),
        _("See the company"),
        expires_at=expires_at,
    )


@as_message("company_signed_up", topic=Topic.AREA, throttled=True)
def company_signed_up(participation: Participation, cohort: Cohort, *, has_seat: bool) -> Content:
    """Notify the members of the garden that a company has confirmed its seat or its place on the waiting list."""
    lines = [
        _(
            "%(company)s has a seat in %(course)s in %(place)s.",
            company=participation.company_name,
            course=cohort.project.name,
            place=cohort.place.name,
        )
        if has_seat
        else _(
            "%(company)s is on the waiting list for %(course)s in %(place)s.",
            company=participation.company_name,
            course=cohort.project.name,
            place=cohort.place.name,
        )
    ]
    return Content(
        _("%(company)s has signed up", company=participation.company_name),
        lines,
        _page_of(participation),
        _("See the company"),
    )


@as_message("company_withdrew", topic=Topic.AREA, throttled=True)
def company_withdrew(participation: Participation, cohort: Cohort) -> Content:
    """Notify the members of the garden that a company has withdrawn through its own link."""
    lines = [
        _(
            "%(company)s is no longer signed up for %(course)s in %(place)s.",
            company=participation.company_name,
            course=cohort.project.name,
            place=cohort.place.name,
        )
    ]
    if participation.withdrawal_reason in WITHDRAWAL_REASONS:
        reason = WITHDRAWAL_REASONS[participation.withdrawal_reason]
        lines.append(_("Reason: %(reason)s.", reason=reason))
    return Content(
        _("%(company)s has withdrawn", company=participation.company_name),
        lines,
        _page_of(participation),
        _("See the company"),
    )


def _page_of(participation: Participation) -> str:
    return f"/programme/{participation.project.slug}/companies/{participation.id}"


@as_message("cohort_full", topic=Topic.AREA)
def cohort_full(cohort: Cohort) -> Content:
    """Notify the members of the garden that the last seat of a cohort has been taken."""
    return Content(
        _("No free seats: %(course)s, %(cohort)s", course=cohort.project.name, cohort=cohort.name),
        [_("The last seat is taken. Companies that sign up now are put on the waiting list.")],
        f"/programme/{cohort.project.slug}",
        _("See the project"),
    )
