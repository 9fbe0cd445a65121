"""Links and files for the participants of a session."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.core.i18n import gettext as _
from marketplace.programme.forms.sessions import USES, MaterialForm
from marketplace.programme.queries import sessions as queries
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases import material as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.programme.views.sessions import PLACE_WRITES
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import accepts_files, file_response
from marketplace.web.viewer import current_viewer


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/material", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
@accepts_files
def material(slug: str, session_id: int) -> ViewResponse:
    """List the links and files of a session, and add one."""
    project_access = project_for(current_viewer(), slug)
    shown = queries.session_for(project_access, session_id)
    form = MaterialForm()
    if add(form, lambda form: _save(form, slug, session_id)):
        flashes.done(_("The material has been added."))
        return see_other("programme.material", slug=slug, session_id=session_id)
    return render_template(
        "programme/material.html",
        access=project_access,
        shown=shown,
        form=form,
        material=queries.material_of(session_id),
        uses=USES,
    )


def _save(form: MaterialForm, slug: str, session_id: int) -> None:
    if form.file.is_chosen:
        use_cases.add_file(current_viewer(), slug, session_id, form.details(), form.file.chosen())
    else:
        use_cases.add_link(current_viewer(), slug, session_id, form.details())


@blueprint.route(
    "/programme/<slug>/sessions/<int:session_id>/material/<int:material_id>/remove", methods=["GET", "POST"]
)
@access.reads_and_writes(Level.GARDEN, because=PLACE_WRITES)
def remove_material(slug: str, session_id: int, material_id: int) -> ViewResponse:
    """Remove a link or file from a session, after confirmation."""
    if request.method == "GET":
        shown = queries.session_for(project_for(current_viewer(), slug), session_id)
        return confirmation_page(
            _("Remove “%(text)s”", text=queries.material_for(shown, material_id).title),
            [_("The companies can no longer open it."), _("You cannot undo this, but you can add it again.")],
            _("Remove the material"),
            url_for("programme.material", slug=slug, session_id=session_id),
        )
    use_cases.remove_material(current_viewer(), slug, session_id, material_id)
    flashes.done(_("The material has been removed."))
    return see_other("programme.material", slug=slug, session_id=session_id)


@blueprint.get("/programme/<slug>/sessions/<int:session_id>/material/<int:material_id>")
@access.garden
def material_file(slug: str, session_id: int, material_id: int) -> Response:
    """Download a file of a session."""
    project_access = project_for(current_viewer(), slug)
    stored = queries.material_file(queries.session_for(project_access, session_id), material_id)
    return file_response(stored.name, stored.media_type, stored.data)
