"""Notices about sign-up, seats and the waiting list, to the members of a business garden."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core.i18n import format_datetime, format_list, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.programme.lifecycle import WITHDRAWAL_REASONS
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project


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


@as_message("place_given_away", topic=Topic.PROJECTS)
def place_given_away(place: str, project: Project, garden: str, *, has_seats: bool) -> Content:
    """Notify the members of a garden that another garden is responsible for the courses at a place instead of them.

    `has_seats` states that companies have seats there.
    """
    return Content(
        _(
            "%(garden)s is now responsible for %(course)s in %(place)s",
            garden=garden,
            course=project.name,
            place=place,
        ),
        [
            _(
                "The project leader has given the courses there to %(garden)s. You no longer see the companies because of their seats.",
                garden=garden,
            )
            if has_seats
            else _("The project leader has given the courses there to %(garden)s.", garden=garden)
        ],
        _project_page(project),
        _("See the project"),
    )


@as_message("place_received", topic=Topic.PROJECTS)
def place_received(place: str, project: Project, *, has_seats: bool) -> Content:
    """Notify the members of a garden that they are responsible for the courses at a place, where companies may have seats."""
    return Content(
        _("You are now responsible for %(course)s in %(place)s", course=project.name, place=place),
        [
            _("The project leader has given you the courses there, with the companies that have a seat.")
            if has_seats
            else _("The project leader has given you the courses there.")
        ],
        _project_page(project),
        _("See the project"),
    )


@as_message("places_without_garden", topic=Topic.PROJECTS)
def places_without_garden(places: Sequence[str], project: Project, garden: str) -> Content:
    """Notify the members of a project's garden that the garden responsible for some of its places has closed."""
    return Content(
        _(
            "%(garden)s has closed: %(course)s needs another business garden",
            garden=garden,
            course=project.name,
        ),
        [
            _(
                "Nobody follows up the companies in %(places)s. Make another business garden responsible.",
                places=format_list(list(places)),
            )
        ],
        _project_page(project),
        _("See the project"),
    )


@as_message("garden_cohort_cancelled", topic=Topic.PROJECTS)
def garden_cohort_cancelled(
    cohort: Cohort, seated: Sequence[Participation], *, has_sessions: bool
) -> Content:
    """Notify the members of the responsible garden that the project leader has cancelled a cohort. `seated` had a seat."""
    lines = [_("The project leader has cancelled the course.")]
    if seated:
        lines.append(_("The companies are on the waiting list."))
    if not all(one.contact_email for one in seated):
        lines.append(_("Call those without an e-mail address."))
    return Content(
        _("Cancelled: %(course)s, %(cohort)s", course=cohort.project.name, cohort=cohort.name),
        [" ".join(lines)],
        *_sessions_link(cohort.project, has_sessions=has_sessions),
    )


@as_message("garden_project_closed", topic=Topic.PROJECTS)
def garden_project_closed(project: Project, *, has_sessions: bool) -> Content:
    """Notify the members of a garden that runs a place that the project leader has closed the project."""
    text = (
        _("The project leader has closed the project. Sessions that were planned are cancelled.")
        if has_sessions
        else _("The project leader has closed the project.")
    )
    link = _sessions_link(project, has_sessions=has_sessions)
    return Content(_("%(course)s is closed", course=project.name), [text], *link)


def _sessions_link(project: Project, *, has_sessions: bool) -> tuple[str, str]:
    """Return the path and label of the link to the sessions of a project, or to its page."""
    if has_sessions:
        return f"{_project_page(project)}/sessions", _("See the sessions")
    return _project_page(project), _("See the project")


def _project_page(project: Project) -> str:
    return f"/programme/{project.slug}"
