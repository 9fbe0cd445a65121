"""Request bodies that are refused before they are read: their text is recovered, and the rest is read and discarded.

A browser sends its whole body before it reads the response. A server that closes the connection earlier makes it show
"connection reset" instead of the page.
"""

import time
from collections.abc import Iterable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_DISCARDED_BYTES = 32 * 1024 * 1024
MAX_PARSED_BYTES = 256 * 1024 * 1024
"""Size of a form whose text is returned. Its files are discarded while it is read."""
MAX_DISCARD_SECONDS = 20.0
MAX_TEXT_BYTES = 2 * 1024 * 1024
MAX_TEXT_FIELDS = 1000
CHUNK = 64 * 1024


class _Discard(BytesIO):
    """File that discards what is written to it."""

    def write(self, data: Any) -> int:
        return len(data)


def _discard_file(*_arguments: Any, **_options: Any) -> IO[bytes]:
    return _Discard()


def oversized_text() -> list[tuple[str, str]]:
    """Return the text fields of a form that was refused for its size.

    Empty if the text alone is too long, or the form with its files is longer than `MAX_PARSED_BYTES`.
    """
    if request.content_length is None or request.content_length > MAX_PARSED_BYTES:
        return []
    if request.mimetype != "multipart/form-data" and request.content_length > MAX_TEXT_BYTES:
        return []
    parser = FormDataParser(
        stream_factory=_discard_file, max_form_memory_size=MAX_TEXT_BYTES, max_form_parts=MAX_TEXT_FIELDS
    )
    stream = get_input_stream(request.environ, max_content_length=MAX_PARSED_BYTES)
    try:
        _stream, form, _files = parser.parse(
            stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except HTTPException:  # the form exceeds this limit too, or was partly read before
        return []
    return list(form.items(multi=True))


def discard_unread(wsgi_app: "WSGIApplication") -> "WSGIApplication":
    """Read what the application has left of a body; if that takes too long, announce that the connection closes."""

    def run(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        response = wsgi_app(environ, start_response)
        # Only a terminated stream ends with the body; reading any other could block until the next request arrives.
        if environ.get("wsgi.input_terminated") and _has_body(environ) and not _discard(environ):
            # Set by our gunicorn worker: WSGI applications may not send `Connection` themselves.
            getattr(environ["wsgi.input"], "close_connection", lambda: None)()
        return response

    return run


def _has_body(environ: "WSGIEnvironment") -> bool:
    return environ.get("CONTENT_LENGTH", "0") not in {"", "0"} or "HTTP_TRANSFER_ENCODING" in environ


def _discard(environ: "WSGIEnvironment") -> bool:
    """Return True if the rest of the body was read to its end."""
    body, connection = environ["wsgi.input"], environ.get("gunicorn.socket")
    until, left = time.monotonic() + MAX_DISCARD_SECONDS, MAX_DISCARDED_BYTES
    try:
        while left > 0 and (seconds := until - time.monotonic()) > 0:
            if connection is not None:
                connection.settimeout(seconds)
            chunk = body.read(CHUNK)
            if not chunk:
                return True
            left -= len(chunk)
    except OSError:
        return False
    finally:
        if connection is not None:
            connection.settimeout(None)
    return False
