"""The front page: one question, answered without signing in."""

from flask import render_template, request
from werkzeug.wrappers import Response

from marketplace.core.places import find_municipality
from marketplace.directory.search.place_names import place_label
from marketplace.organisations.forms import municipality_choices
from marketplace.pages.views import blueprint
from marketplace.sourcing.limits import MAX_INVITED
from marketplace.sourcing.queries import interpret
from marketplace.web import access
from marketplace.web.query_args import query_arg

MAX_CHARACTERS = 400


@blueprint.get("/")
@access.public
def front() -> str | Response:
    """Show which services a text matches, suppliers nearby, and the usual price."""
    words = query_arg("q", MAX_CHARACTERS)
    chosen = find_municipality(request.args.get("place", "")[:4])
    removed = [code[:40] for code in request.args.getlist("without")[:20]]
    if drop := request.args.get("drop", "")[:40]:
        removed.append(drop)
    answer = interpret(words, chosen.number if chosen else None, without=removed) if words else None
    place = answer.place if answer else chosen and chosen.number
    return render_template(
        "pages/front.html",
        words=words,
        max_invited=MAX_INVITED,
        place=place,
        place_name=place_label(place) if place else "",
        chosen_place=chosen,
        removed=removed,
        answer=answer,
        municipalities=municipality_choices(blank=False),
    )
