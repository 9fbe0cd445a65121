"""Reject malformed or excessive requests: too many or repeated fields, invalid UTF-8, an oversized body."""

from urllib.parse import unquote_to_bytes

from flask import Flask, abort, current_app, request

from marketplace.web.form_recovery import CARRYING_ENDPOINTS
from marketplace.web.uploads import MAX_UPLOAD_BYTES, has_uploads

MAX_FIELDS = 1000
SINGLE_VALUE_FIELDS = ("csrf_token", "seen", "revision")


def register(app: Flask) -> None:
    """Validate each request before any other handler reads it."""

    @app.before_request
    def validate() -> None:
        if request.endpoint == "static":
            return
        if "\x00" in request.path:
            abort(404)  # PostgreSQL rejects NUL characters in parameters
        if not _is_utf8(request.query_string):
            abort(400)
        if request.method in {"POST", "PUT", "PATCH", "DELETE"}:
            _validate_body()


def _validate_body() -> None:
    if has_uploads(current_app.view_functions.get(request.endpoint or "")):
        request.max_content_length = MAX_UPLOAD_BYTES
    elif request.endpoint in CARRYING_ENDPOINTS:  # encryption makes the form larger
        request.max_content_length = request.max_form_memory_size = 2 * (request.max_content_length or 0)
    if request.content_length is not None and request.content_length > (request.max_content_length or 0):
        abort(413)
    if request.mimetype == "multipart/form-data" and "boundary" not in request.mimetype_params:
        abort(400)
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data(cache=True)
        if body.count(b"&") >= MAX_FIELDS or not _is_utf8(body):
            abort(400)
    names = list(request.form.keys())
    if sum(len(values) for _name, values in request.form.lists()) + len(request.files) > MAX_FIELDS:
        abort(400)
    if request.mimetype == "multipart/form-data" and (
        _has_replacement_character() or (request.content_length and not names)
    ):
        abort(400)
    if any(len(request.form.getlist(name)) > 1 for name in SINGLE_VALUE_FIELDS):
        abort(400)


def _is_utf8(encoded: bytes) -> bool:
    """Return True if percent-encoded bytes are valid UTF-8."""
    try:
        unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_replacement_character() -> bool:
    """Return True if a multipart form contains U+FFFD, which Werkzeug decodes invalid bytes to."""
    return any("\ufffd" in name or "\ufffd" in value for name, value in request.form.items(multi=True))
