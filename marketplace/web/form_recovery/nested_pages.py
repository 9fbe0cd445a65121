"""Pages of this site that are rendered within another request, for a form that was refused."""

import re

from flask import current_app, g, request, session
from flask.ctx import RequestContext
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from marketplace.web import flashes
from marketplace.web.form_recovery.submission import Submission

OK = 200
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)


def find_current_page(submission: Submission) -> tuple[str, str] | None:
    """Return path and heading of the nearest page that shows the current state, or None if the user may open none."""
    flashed = session.get("_flashes")
    try:
        for page in submission.pages():
            html = render_page(page, "", is_prefetch=True)
            if html and (heading := _HEADING.search(html)):
                return page, Markup(heading[1]).striptags()  # noqa: S704 because it becomes plain text
        return None
    finally:
        if flashed is not None:  # the page has shown the messages to nobody
            session["_flashes"] = flashed


def render_page(path: str, message: str, *, is_prefetch: bool = False) -> str | None:
    """Render a page of this site for the current user, with a message. Returns None unless it is an HTML page.

    With `is_prefetch`, rendering the page marks no message as read.
    """
    flashed = list(session.get("_flashes", []))
    if message:
        flashes.warn(message)
    began = g.get("request_began")
    builder = EnvironBuilder(path, base_url=request.host_url, headers=_headers(is_prefetch=is_prefetch))
    builder.environ_base = {"REMOTE_ADDR": request.remote_addr or ""}
    environ = builder.get_environ() | {"SCRIPT_NAME": request.environ.get("SCRIPT_NAME", "")}
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 because Flask documents it
    html = None
    with RequestContext(app, environ, session=session._get_current_object()):  # type: ignore[attr-defined]  # noqa: SLF001 because Flask documents it
        try:
            answer = app.make_response(app.preprocess_request() or app.dispatch_request())
        except HTTPException:
            answer = None
        except Exception:  # noqa: BLE001 because whatever is wrong with the page, the text is shown without it
            app.logger.warning("The page of a refused form could not be rendered: %s", request.endpoint)
            answer = None
        if answer is not None and answer.status_code == OK and answer.mimetype == "text/html":
            html = answer.get_data(as_text=True)
    if began is not None:  # the nested request must not restart the clock of this one
        g.request_began = began
    if html is None and (flashed or "_flashes" in session):
        session["_flashes"] = flashed
    return html


def _headers(*, is_prefetch: bool) -> list[tuple[str, str]]:
    prefetch = [("Sec-Purpose", "prefetch")] if is_prefetch else []
    names = [name for name in ("Cookie", "User-Agent", "Accept-Language") if name in request.headers]
    return prefetch + [(name, request.headers[name]) for name in names]
