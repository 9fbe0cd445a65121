"""Files of a brief: the company's page for adding and removing them, and downloads for readers of the brief."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.briefs import queries, use_cases
from marketplace.briefs.forms import FileForm
from marketplace.briefs.views.base import blueprint
from marketplace.core.errors import or_404
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.confirmation import confirmation_page
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import accepts_files, file_response
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/files", methods=["GET", "POST"])
@access.company
@accepts_files
def files(reference: str) -> ViewResponse:
    """List the files of a brief, and attach one."""
    viewer = current_viewer()
    brief_view = queries.view_of(viewer, queries.own_brief(viewer, reference))
    form = FileForm()
    if form.validate_on_submit():
        with form.catch_refusal("file"):
            use_cases.add_file(viewer, reference, *form.file.chosen())
            flashes.done(_("The file is attached to the brief."))
            return see_other("briefs.files", reference=reference)
    return render_template(
        "briefs/files.html",
        brief_view=brief_view,
        form=form,
        files=queries.files_of_brief(brief_view.brief.id),
    )


@blueprint.route("/briefs/<reference>/files/<int:file_id>/delete", methods=["GET", "POST"])
@access.company
def file_delete(reference: str, file_id: int) -> ViewResponse:
    """Remove a file from a draft, after confirmation."""
    viewer = current_viewer()
    if request.method == "GET":
        files = queries.files_of_brief(queries.own_brief(viewer, reference).id)
        found = or_404(next((one for one in files if one.id == file_id), None))
        return confirmation_page(
            _("Remove “%(text)s”", text=found.name),
            [_("You cannot undo this, but you can add it again.")],
            _("Remove the file"),
            url_for("briefs.files", reference=reference),
        )
    if use_cases.remove_file(viewer, reference, file_id):
        flashes.done(_("The file is removed."))
    else:
        flashes.note(_("The file has already been removed."))
    return see_other("briefs.files", reference=reference)


@blueprint.get("/briefs/<reference>/files/<int:file_id>")
@access.members
def file(reference: str, file_id: int) -> Response:
    """Download a file of a brief."""
    found = queries.brief_file(current_viewer(), reference, file_id)
    return file_response(found.name, found.media_type, found.data)
