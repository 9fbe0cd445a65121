"""Projects: list, page, settings, and the business gardens that take part."""

from flask import render_template, request, url_for

from marketplace.core.details import details_of
from marketplace.core.i18n import format_time_range, gettext as _, ngettext
from marketplace.organisations.queries import gardens
from marketplace.programme.forms.projects import PartnerForm, ProjectForm
from marketplace.programme.queries import cohorts as queries
from marketplace.programme.queries.projects import ProjectAccess, project_as_leader, project_for
from marketplace.programme.queries.sessions import planned_sessions_of
from marketplace.programme.use_cases import projects as use_cases
from marketplace.programme.views.base import LEADER_WRITES, blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.forms.editing import add, edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/programme")
@access.garden
def projects() -> ViewResponse:
    """List the projects that the garden owns or takes part in."""
    return render_template("programme/projects.html", projects=queries.project_list(current_viewer()))


@blueprint.route("/programme/new", methods=["GET", "POST"])
@access.curator
def new_project() -> ViewResponse:
    """Create a project."""
    form = ProjectForm()
    created = []
    if add(form, lambda form: created.append(use_cases.create_project(current_viewer(), form.details()))):
        flashes.done(_("The project has been created. Add the places where you run courses."))
        return see_other("programme.project", slug=created[0].slug)
    return render_template("programme/edit_project.html", form=form, project=None)


@blueprint.get("/programme/<slug>")
@access.garden
def project(slug: str) -> ViewResponse:
    """Show a project with its places, cohorts, sessions and people."""
    project_access = project_for(current_viewer(), slug)
    return render_template(
        "programme/project.html", access=project_access, page=queries.project_page(project_access)
    )


@blueprint.route("/programme/<slug>/edit", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def edit_project(slug: str) -> ViewResponse:
    """Change a project."""
    viewer = current_viewer()
    project_access = project_as_leader(viewer, slug)
    form = edit(
        ProjectForm,
        lambda: details_of(use_cases.ProjectDetails, project_for(viewer, slug).project),
        lambda form: use_cases.save_project(viewer, slug, form.details(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("programme.project", slug=slug)
    return render_template("programme/edit_project.html", form=form, project=project_access.project)


@blueprint.route("/programme/<slug>/close", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def close_project(slug: str) -> ViewResponse:
    """Close a project after confirmation, or reopen it."""
    viewer = current_viewer()
    project_access = project_as_leader(viewer, slug)
    if request.method == "GET":
        return confirmation_page(
            _("Close %(project)s", project=project_access.project.name),
            [
                _(
                    "Companies can no longer sign up. Those that take part keep their seats and their history."
                ),
                *_cancellations(project_access),
                _(
                    "You can open the project again at any time. Sessions stay cancelled until you undo it on their pages."
                ),
            ],
            _("Close the project"),
            url_for("programme.project", slug=slug),
            {"closed": "yes"},
        )
    closed = request.form.get("closed") == "yes"
    use_cases.set_project_closed(viewer, slug, closed=closed)
    flashes.done(_("The project is closed.") if closed else _("The project is open again."))
    return see_other("programme.project", slug=slug)


def _cancellations(project_access: ProjectAccess) -> list[tuple[str, list[str]]]:
    """Return a consequence with the sessions that are cancelled when the project is closed, or none."""
    planned = planned_sessions_of(project_access)
    if not planned:
        return []
    text = ngettext(
        "%(num)s coming session is cancelled, and the companies with a seat get an e-mail about it:",
        "%(num)s coming sessions are cancelled, and the companies with a seat get an e-mail about each:",
        len(planned),
    )
    lines = [
        f"{one.cohort.name}: {one.heading}, {format_time_range(one.starts_at, one.ends_at)}"
        for one in planned
    ]
    return [(text, lines)]


@blueprint.route("/programme/<slug>/gardens", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def partner_gardens(slug: str) -> ViewResponse:
    """List the partner gardens of a project, and add one."""
    viewer = current_viewer()
    project_access = project_as_leader(viewer, slug)
    partners = queries.partner_gardens(project_access.project)
    taken = {project_access.project.garden_id, *(garden.id for garden in partners)}
    form = PartnerForm([(garden.id, garden.name) for garden in gardens() if garden.id not in taken])
    if add(form, lambda form: use_cases.add_partner_garden(viewer, slug, int(form.garden.data))):
        flashes.done(_("The business garden now takes part. Make it responsible for a place."))
        return see_other("programme.partner_gardens", slug=slug)
    return render_template(
        "programme/partner_gardens.html", access=project_access, partners=partners, form=form
    )


@blueprint.post("/programme/<slug>/gardens/<int:garden_id>/remove")
@access.reads_and_writes(Level.GARDEN, because=LEADER_WRITES)
def remove_partner_garden(slug: str, garden_id: int) -> ViewResponse:
    """Remove a partner garden, unless it is responsible for a place."""
    with flashes.catch_refusal():
        use_cases.remove_partner_garden(current_viewer(), slug, garden_id)
        flashes.done(_("The business garden no longer takes part."))
    return see_other("programme.partner_gardens", slug=slug)
