"""A supplier's page for everyone, and its images."""

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.core.hooks import build_panels
from marketplace.directory import queries
from marketplace.directory.hooks import profile_panels
from marketplace.directory.views.base import blueprint
from marketplace.suppliers.completeness import format_area
from marketplace.suppliers.forms import choices
from marketplace.vetting.queries import stated_interests, status_of
from marketplace.vetting.views.base import STATUSES
from marketplace.web import access
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer


@blueprint.get("/suppliers/<slug>")
@access.public
def show(slug: str) -> ViewResponse:
    """Show a supplier."""
    viewer = current_viewer()
    page = queries.supplier_page(viewer, slug)
    return render_template(
        "directory/show.html",
        panels=build_panels(profile_panels, viewer, page.supplier.id),
        shown=page,
        interests=stated_interests().get(page.supplier.id),
        supplier=page.supplier,
        status_of=status_of,
        area=format_area(page.supplier),
        language_names=choices.language_names(page.supplier),
        names=STATUSES,
    )


@blueprint.get("/suppliers/<slug>/images/<int:file_id>")
@access.public
def image(slug: str, file_id: int) -> Response:
    """Return an image of a supplier to those who may see the supplier's page."""
    found = queries.supplier_image(current_viewer(), slug, file_id)
    return file_response(found.name, found.media_type, found.data, is_image=True)
