"""The course page of a company with an account, and panels about courses on pages for companies and business gardens."""

from flask import render_template, url_for
from werkzeug.wrappers import Response

from marketplace.briefs.guide.help_pages import help_topics_by_session
from marketplace.core.hooks import Panel
from marketplace.core.i18n import format_date, format_datetime, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.hooks import CompanyPanel, CompanyStep
from marketplace.programme.attendance import MARK_LABELS
from marketplace.programme.lifecycle import PHASE_LABELS, ParticipationPhase, ParticipationState
from marketplace.programme.queries import own_course as queries
from marketplace.programme.queries.courses import waiting_list_position
from marketplace.programme.queries.without_account import companies_without_account
from marketplace.programme.views.base import blueprint
from marketplace.web import access
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer

MAX_LISTED = 10


@blueprint.get("/course")
@access.company
def own_course() -> ViewResponse:
    """Show the course of the viewer's company: the next session, all sessions with material, and its attendance."""
    viewer = current_viewer()
    courses = queries.own_courses(viewer.organisation_id or 0)
    return render_template(
        "programme/own_course.html",
        courses=courses,
        queue={
            course.participation.id: waiting_list_position(course.participation)
            for course in courses
            if course.participation.state == ParticipationState.WAITING
        },
        changeable={
            course.participation.id
            for course in courses
            if queries.may_change_seat(viewer, course.participation)
        },
        phases=ParticipationPhase,
        phase_labels=PHASE_LABELS,
        mark_labels=MARK_LABELS,
        help_topics=help_topics_by_session(),
    )


@blueprint.get("/course/sessions/<int:session_id>/material/<int:material_id>")
@access.company
def own_material(session_id: int, material_id: int) -> Response:
    """Download a file of a session in which the viewer's company has a seat."""
    stored = queries.own_material_file(current_viewer().organisation_id or 0, session_id, material_id)
    return file_response(stored.name, stored.media_type, stored.data)


def plan_start_panel(viewer: Viewer) -> Panel | None:
    """Build the link to the course on the start page of the plan; None if the viewer's company has no course."""
    if viewer.organisation_id is None or viewer.is_mandated or not queries.has_course(viewer.organisation_id):
        return None
    return Panel("programme/_own_course_panel.html", {})


def course_panel(viewer: Viewer, company_id: int) -> CompanyPanel | None:
    """Build the panel with a company's course and attendance for a garden, or None without a course that it may see."""
    courses = queries.courses_for_garden(viewer, company_id)
    if not courses:
        return None
    steps = [step for course in courses for step in _steps(course)]
    values = {"courses": courses, "phase_labels": PHASE_LABELS, "mark_labels": MARK_LABELS}
    return CompanyPanel("programme/_company_panel.html", values, steps)


def _steps(course: queries.OwnCourse) -> list[CompanyStep]:
    participation = course.participation
    url = url_for(
        "programme.participation", slug=participation.project.slug, participation_id=participation.id
    )
    if participation.offered_cohort is not None and participation.offer_expires_at is not None:
        return [
            CompanyStep(
                _(
                    "Ask whether they take the free seat in %(place)s",
                    place=participation.offered_cohort.name,
                ),
                url,
                when=_("Offered until %(time)s", time=format_datetime(participation.offer_expires_at)),
                is_urgent=True,
            )
        ]
    if course.phase is ParticipationPhase.UNCONFIRMED:
        return [CompanyStep(_("Ask them to confirm their seat in the course"), url)]
    last = course.last
    if course.phase in {ParticipationPhase.SEAT, ParticipationPhase.ACTIVE} and last and not last.is_attended:
        return [
            CompanyStep(
                _("Ask how they are: they missed the last course session"),
                url,
                last.session.heading,
                format_date(last.session.starts_at),
            )
        ]
    return []


def without_account_panel(viewer: Viewer, text: str) -> CompanyPanel | None:
    """Build the panel with the companies that match the search text, or None if the garden's projects have none."""
    companies = companies_without_account(viewer, text)
    if not companies:
        return None
    projects = {one.slug: one.project for one in companies}
    values = {"companies": companies, "shown": MAX_LISTED if text else 0, "projects": projects, "text": text}
    return CompanyPanel("programme/_without_account.html", values)
