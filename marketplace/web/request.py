"""The class of requests. Views see only GET and POST, and a request that only inspects a URL changes nothing.

HEAD reaches a view as GET, so that a view that handles everything but GET as a submitted form cannot mistake it for
one. The WSGI environment still says HEAD, by which Werkzeug omits the body. OPTIONS never reaches a view.
"""

import io
from typing import IO, Any

import flask
from flask import Flask, Response, current_app, request

from marketplace.core.database import discard_optional_writes

PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
PREFETCH_VALUES = ("prefetch", "prerender", "preview")


class Request(flask.Request):
    """Request whose method is GET for HEAD, and whose uploaded files are in memory."""

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(environ, *args, **kwargs)
        if self.method == "HEAD":
            self.method = "GET"

    def _get_file_stream(self, *_arguments: Any, **_options: Any) -> IO[bytes]:
        # The default, a temporary file, fails on a full disk before the text beside it is read. A body is limited to
        # `MAX_UPLOAD_BYTES`.
        return io.BytesIO()


def sent_method() -> str:
    """Return the method that the client sent, HEAD included."""
    return str(request.environ["REQUEST_METHOD"])


def is_autosave() -> bool:
    """Return True for a request of autosave.js, which expects JSON instead of a page."""
    return request.headers.get("X-Autosave") == "1"


def is_inspection() -> bool:
    """Return True if no person reads the response: HEAD, OPTIONS, or a browser's prefetch."""
    sent = " ".join(request.headers.get(name, "") for name in PREFETCH_HEADERS).lower()
    return sent_method() in {"HEAD", "OPTIONS"} or any(value in sent for value in PREFETCH_VALUES)


def register(app: Flask) -> None:
    """Answer OPTIONS, and discard what an inspection would record. Register this before any other handler."""
    app.request_class = Request

    @app.before_request
    def prepare() -> Response | None:
        discard_optional_writes(is_inspection())
        if request.method == "OPTIONS" and request.url_rule is not None:
            return current_app.make_default_options_response()
        return None

    @app.teardown_request
    def finish(_error: BaseException | None) -> None:
        discard_optional_writes(False)  # noqa: FBT003 because the argument is the state
