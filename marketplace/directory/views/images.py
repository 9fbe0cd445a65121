"""Logos and images of case studies."""

from werkzeug.wrappers import Response

from marketplace.directory import queries
from marketplace.directory.views.base import blueprint
from marketplace.web import access
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer


@blueprint.get("/suppliers/<slug>/images/<int:file_id>")
@access.public
def image(slug: str, file_id: int) -> Response:
    """Return an image of a supplier to those who may see the supplier's page."""
    found = queries.supplier_image(current_viewer(), slug, file_id)
    return file_response(found.name, found.media_type, found.data, is_image=True)
