"""Sessions and their material, for contact persons without an account, by the e-mailed link."""

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.briefs.guide.help_pages import help_topics_by_session
from marketplace.core.errors import InvalidLink, NotFound
from marketplace.core.places import distance_km
from marketplace.programme.queries import sessions as queries
from marketplace.programme.queries.courses import participation_by_token
from marketplace.programme.views.base import blueprint
from marketplace.web import access
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response


@blueprint.get("/courses/seat/<token>/sessions/<int:session_id>")
@access.public
def seat_session(token: str, session_id: int) -> ViewResponse:
    """Show a session to a company with a seat: time, venue with its distance, lecturer and material."""
    participation = participation_by_token(token)
    shown = queries.session_of_seat(participation, session_id)
    start = participation.municipality_number
    return render_template(
        "programme/seat_session.html",
        token=token,
        shown=shown,
        distance=round(distance_km(start, shown.municipality_number)) if start else None,
        material=queries.material_of(session_id),
        help_topics=help_topics_by_session().get(shown.number, ()),
    )


@blueprint.get("/courses/seat/<token>/sessions/<int:session_id>/material/<int:material_id>")
@access.public
def seat_material(token: str, session_id: int, material_id: int) -> Response:
    """Download a file of a session for a company with a seat."""
    shown = queries.session_of_seat(participation_by_token(token), session_id)
    try:
        stored = queries.material_file(shown, material_id)
    except NotFound as error:
        raise InvalidLink from error
    return file_response(stored.name, stored.media_type, stored.data)
