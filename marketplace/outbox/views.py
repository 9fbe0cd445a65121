"""The list of notices on the site, and what happens when a notice or its link is opened."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from marketplace.outbox import hooks, queries, use_cases
from marketplace.web import access
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer, reduce_unread, unread_here

blueprint = Blueprint("outbox", __name__)


@blueprint.get("/messages")
@access.signed_in
def index() -> str:
    """List the user's notices, newest first."""
    page = queries.notices_for(current_viewer(), page_arg())
    return render_template("outbox/index.html", page=page)


@blueprint.get("/messages/<int:notice_id>")
@access.signed_in
def show(notice_id: int) -> str:
    """Show a notice, which marks it as read."""
    viewer = current_viewer()
    notice = queries.notice_for(viewer, notice_id)
    if notice.read_at is None and request.method == "GET":
        _mark_read([notice.id])
    return render_template("outbox/show.html", notice=notice)


@blueprint.post("/messages/read")
@access.reads_and_writes(access.Level.SIGNED_IN, because="users mark their own messages")
def mark_read() -> Response:
    """Mark all notices as read."""
    use_cases.mark_all_read(current_viewer())
    return see_other("outbox.index")


@blueprint.before_app_request
def mark_linked_notices_read() -> None:
    """Mark the notices that link to the opened page as read.

    The front page is excluded: it shows the content of no notice.
    """
    if request.method != "GET" or request.path == "/" or not unread_here():
        return
    _mark_read(queries.unread_notices_about(current_viewer(), request.path))


def _mark_read(notice_ids: Sequence[int]) -> None:
    use_cases.mark_read(current_viewer(), notice_ids)
    reduce_unread(len(notice_ids))


def outdated_link_page() -> str | None:
    """Explain to the recipient of a message why its link no longer opens a page, and what has happened since."""
    viewer = current_viewer()
    notice = queries.latest_notice_about(viewer, request.path) if viewer.is_signed_in else None
    if notice is None:
        return None
    status = hooks.explain_link(viewer, request.path)
    return render_template("outbox/outdated_link.html", notice=notice, status=status)
