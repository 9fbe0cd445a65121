"""Public course pages, and sign-up without an account."""

from flask import abort, render_template, session, url_for

from marketplace.accounts.views.base import request_origin
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.forms import municipality_choices
from marketplace.programme.forms.sign_up import SignUpForm
from marketplace.programme.queries import courses as queries
from marketplace.programme.seat_deadlines import CONFIRM_HOURS
from marketplace.programme.use_cases import sign_up as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.query_args import query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

SIGNED_UP_EMAIL = "signed_up_email"
"""Key in the browser session for the last entered address, which the next page shows to reveal a typing error."""


@blueprint.get("/courses")
@access.public
def courses() -> ViewResponse:
    """List the courses that companies can sign up for."""
    projects = queries.open_projects()
    return render_template(
        "programme/courses.html",
        courses=[(project, queries.cohort_views(project)) for project in projects],
    )


@blueprint.get("/courses/<slug>")
@access.public
def course(slug: str) -> ViewResponse:
    """Show the places of a course with dates, free seats, and the distance from a municipality."""
    project = queries.public_project(slug)
    municipality = query_arg("municipality", 4) or _own_municipality(current_viewer())
    return render_template(
        "programme/course.html",
        project=project,
        cohorts=queries.cohort_views(project, municipality),
        municipality=municipality,
        municipalities=municipality_choices(),
    )


def _own_municipality(viewer: Viewer) -> str:
    return organisations.own_company(viewer).municipality_number if viewer.is_company else ""


@blueprint.route("/courses/<slug>/<int:cohort_id>/sign-up", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="a company signs up without an account; the seat is confirmed by an e-mailed link"
)
def sign_up(slug: str, cohort_id: int) -> ViewResponse:
    """Sign a company up for a cohort, or for the waiting list if the cohort is full."""
    project = queries.public_project(slug)
    municipality = query_arg("municipality", 4)
    views = queries.cohort_views(project, municipality)
    chosen = next((view for view in views if view.cohort.id == cohort_id), None)
    if chosen is None:
        abort(404)
    if not chosen.is_open:
        return render_template("programme/sign_up_closed.html", project=project, view=chosen), 410
    viewer = current_viewer()
    others = [view for view in views if view is not chosen and view.is_open] if chosen.is_full else []
    form = SignUpForm(others, data={"municipality": municipality} | _prefilled(viewer))
    if form.validate_on_submit():
        if form.is_bot:
            return see_other("programme.check_mail", slug=slug)
        session[SIGNED_UP_EMAIL] = form.details().contact.email
        try:
            signed_up = use_cases.sign_up(
                slug, cohort_id, form.details(), f"network {request_origin().network}", viewer
            )
        except Conflict as error:
            form.add_form_error(error.message)
        else:
            if signed_up is not None:
                flashes.done(_("Thank you. The sign-up is confirmed."))
                return see_other("programme.seat", token=signed_up.token)
            return see_other("programme.check_mail", slug=slug)
    return render_template("programme/sign_up.html", project=project, view=chosen, form=form)


def _prefilled(viewer: Viewer) -> dict[str, object]:
    """Return the details of the viewer's company as the initial values of the form."""
    if not viewer.is_company:
        return {"contact_name": viewer.name, "email": viewer.email} if viewer.is_signed_in else {}
    company = organisations.own_company(viewer)
    return {
        "organisation_number": company.organisation_number,
        "company_name": company.name,
        "municipality": company.municipality_number,
        "sector": company.sector_code,
        "contact_name": viewer.name,
        "email": viewer.email,
        "phone": company.phone,
    }


@blueprint.get("/courses/<slug>/signed-up")
@access.public
def check_mail(slug: str) -> ViewResponse:
    """Ask the contact person to use the link in the e-mail."""
    return render_template(
        "programme/check_mail.html",
        confirm_hours=CONFIRM_HOURS,
        project=queries.public_project(slug),
        back=url_for("programme.course", slug=slug),
        email=session.get(SIGNED_UP_EMAIL, ""),
    )
