"""The letter that confirms the state aid to a company, for the company itself and for the project leader."""

from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.identifiers import make_slug
from marketplace.finance.aid_letter import FONT_SIZE
from marketplace.finance.queries import aid as queries
from marketplace.finance.views.base import blueprint
from marketplace.programme.queries.projects import project_as_leader
from marketplace.strategy.document_export.outline import Outline
from marketplace.web import access
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer


@blueprint.get("/programme/<slug>/aid/<int:participation_id>.pdf")
@access.garden
def aid_pdf(slug: str, participation_id: int) -> Response:
    """Download the letter about the aid to a company of the project."""
    project_access = project_as_leader(current_viewer(), slug)
    return _pdf(queries.project_aid_letter(project_access, participation_id))


@blueprint.get("/course/aid.pdf")
@access.company
def own_aid_pdf() -> Response:
    """Download the letter about the aid to the viewer's company."""
    return _pdf(queries.own_aid_letter(current_viewer()))


def _pdf(letter: Outline) -> Response:
    from marketplace.strategy.document_export.pdf import to_pdf  # noqa: PLC0415 because few requests need the typesetter

    name = make_slug(f"{letter.title} {letter.company} {clock.to_local(letter.saved_at).date()}")
    return file_response(f"{name}.pdf", "application/pdf", to_pdf(letter, (FONT_SIZE,)))
