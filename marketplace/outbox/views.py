"""The list of notices on the site."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from marketplace.outbox import queries, use_cases
from marketplace.web import access
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

blueprint = Blueprint("outbox", __name__)


@blueprint.get("/messages")
@access.signed_in
def index() -> str:
    """List the user's notices, newest first."""
    page = queries.notices_for(current_viewer(), page_arg())
    return render_template("outbox/index.html", page=page)


@blueprint.post("/messages/read")
@access.signed_in
@access.writes(access.Level.SIGNED_IN, because="users mark their own messages")
def mark_read() -> Response:
    """Mark all notices as read."""
    use_cases.mark_all_read(current_viewer())
    return see_other("outbox.index")
