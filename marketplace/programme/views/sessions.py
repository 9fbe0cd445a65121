"""Sessions of a course: planning, pages, changes and cancellation."""

from dataclasses import asdict

from flask import render_template

from marketplace.briefs.guide.help_pages import help_topics_by_session
from marketplace.core import clock
from marketplace.core.course_plan import course_plan
from marketplace.core.errors import Conflict
from marketplace.core.i18n import format_date, gettext as _
from marketplace.programme.forms.sessions import CancelSessionForm, CopyForm, PlanForm, SessionForm
from marketplace.programme.queries import cohorts as cohort_queries, sessions as queries
from marketplace.programme.queries.feedback import feedback_summary
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases import sessions as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.counted_rows import read_counted_rows
from marketplace.web.forms.editing import add, edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

PLACE_WRITES = (
    "members of the garden that runs a place plan its sessions together; the query checks the place"
)


def _warn_of_past(saved: use_cases.SessionDetails) -> None:
    """Warn if a session was saved with a time that has passed, which is right only for one that has been held."""
    if clock.from_local(saved.day, saved.starts) <= clock.now():
        flashes.warn(
            _(
                "The date you entered, %(date)s, has passed. Change it if it is wrong.",
                date=format_date(saved.day),
            )
        )


@blueprint.get("/programme/<slug>/sessions")
@access.garden
def sessions(slug: str) -> ViewResponse:
    """List the sessions at the places that the viewer may see: coming ones first, then past ones."""
    project_access = project_for(current_viewer(), slug)
    planned, counted = queries.sessions_of(project_access), read_counted_rows("sessions", slug)
    if counted:
        planned = [row for row in planned if row.id in counted]
    return render_template(
        "programme/sessions.html",
        access=project_access,
        sessions=planned,
        counted=counted,
        warnings=queries.session_warnings(project_access, planned),
    )


@blueprint.route("/programme/<slug>/cohorts/<int:cohort_id>/plan", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def plan_course(slug: str, cohort_id: int) -> ViewResponse:
    """Plan all sessions of a cohort's course at once."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    cohort = cohort_queries.cohort_for(project_access, cohort_id)
    if queries.cohorts_with_sessions([cohort_id]):
        return see_other("programme.sessions", slug=slug)
    usual = course_plan()
    form = PlanForm(
        data={
            "starts": usual.starts_at,
            "ends": usual.ends_at,
            "municipality_number": cohort.place.municipality_number,
        }
    )
    if add(form, lambda form: use_cases.plan_course(viewer, slug, cohort_id, form.dates())):
        flashes.done(_("The sessions are planned. Move those that do not fit."))
        _warn_of_past(form.dates().first)
        return see_other("programme.sessions", slug=slug)
    return render_template(
        "programme/plan_course.html",
        access=project_access,
        cohort=cohort,
        form=form,
        session_count=len(usual.sessions),
    )


@blueprint.route("/programme/<slug>/cohorts/<int:cohort_id>/copy", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def copy_course(slug: str, cohort_id: int) -> ViewResponse:
    """Copy the sessions of a cohort to other cohorts."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    cohort = cohort_queries.cohort_for(project_access, cohort_id)
    active = [row for row in cohort_queries.cohorts_of(project_access) if row.cancelled_at is None]
    planned = queries.cohorts_with_sessions([row.id for row in active])
    if cohort_id not in planned:
        flashes.note(_("Plan the sessions of this cohort first."))
        return see_other("programme.plan_course", slug=slug, cohort_id=cohort_id)
    targets = [(row.id, row.name) for row in active if row.id not in planned]
    form = CopyForm(targets)
    if add(
        form, lambda form: use_cases.copy_course(viewer, slug, cohort_id, form.target_ids(), form.days.data)
    ):
        flashes.done(_("The sessions are copied. Enter the venues, and move those that do not fit."))
        return see_other("programme.sessions", slug=slug)
    return render_template(
        "programme/copy_course.html", access=project_access, cohort=cohort, form=form, targets=targets
    )


@blueprint.get("/programme/<slug>/sessions/<int:session_id>")
@access.garden
def course_session(slug: str, session_id: int) -> ViewResponse:
    """Show a session."""
    project_access = project_for(current_viewer(), slug)
    shown = queries.session_for(project_access, session_id)
    return render_template(
        "programme/session.html",
        access=project_access,
        shown=shown,
        page=queries.session_page(project_access, shown),
        feedback=feedback_summary(session_id),
        help_topics=help_topics_by_session().get(shown.number, ()),
    )


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def edit_session(slug: str, session_id: int) -> ViewResponse:
    """Move a session, or change its title or lecturer."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    shown = queries.session_for(project_access, session_id)
    former, notified = shown.starts_at, list[int]()
    form = edit(
        SessionForm,
        lambda: use_cases.session_details(queries.session_for(project_for(viewer, slug), session_id)),
        lambda form: notified.append(
            use_cases.save_session(viewer, slug, session_id, form.details(), form.expected_fingerprint())
        ),
    )
    if form.is_saved:
        if notified[0]:
            flashes.done(_("Saved. The companies with a seat get an e-mail that updates their calendars."))
        else:
            flashes.done(_("Saved."))
        if shown.starts_at != former:
            _warn_of_past(use_cases.session_details(shown))
        return see_other("programme.course_session", slug=slug, session_id=session_id)
    return render_template(
        "programme/edit_session.html",
        access=project_access,
        shown=shown,
        form=form,
        warnings=queries.session_warnings(project_access, [shown]).get(session_id, ()),
        title=_("Move or change the session"),
    )


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/catch-up", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def add_catch_up(slug: str, session_id: int) -> ViewResponse:
    """Add a catch-up session for the companies that missed a session."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    shown = queries.session_for(project_access, session_id)
    suggested = asdict(use_cases.session_details(shown)) | {"day": None}
    form = SessionForm(data=suggested)
    if add(form, lambda form: use_cases.add_catch_up(viewer, slug, session_id, form.details())):
        flashes.done(_("The catch-up session is planned."))
        _warn_of_past(form.details())
        return see_other("programme.course_session", slug=slug, session_id=session_id)
    return render_template(
        "programme/edit_session.html",
        access=project_access,
        shown=shown,
        form=form,
        warnings=(),
        title=_("Plan a catch-up session"),
    )


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/cancel", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def cancel_session(slug: str, session_id: int) -> ViewResponse:
    """Cancel a session with a reason."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    shown = queries.session_for(project_access, session_id)
    form = CancelSessionForm()
    if add(form, lambda form: use_cases.cancel_session(viewer, slug, session_id, form.reason.data or "")):
        is_over = shown.ends_at <= clock.now()
        flashes.done(
            _("The session is cancelled.")
            if is_over
            else _("The session is cancelled. You can undo this on this page.")
        )
        return see_other("programme.course_session", slug=slug, session_id=session_id)
    return render_template(
        "programme/cancel_session.html",
        access=project_access,
        shown=shown,
        page=queries.session_page(project_access, shown),
        form=form,
    )


@blueprint.post("/programme/<slug>/sessions/<int:session_id>/restore")
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def restore_session(slug: str, session_id: int) -> ViewResponse:
    """Undo the cancellation of a session."""
    with flashes.catch_refusal(Conflict):
        use_cases.restore_session(current_viewer(), slug, session_id)
        flashes.done(_("The session takes place after all."))
    return see_other("programme.course_session", slug=slug, session_id=session_id)
