"""What a request may be: not too many fields, no field twice that has one value, text that can be read, not too often."""

import hashlib
import ipaddress
from urllib.parse import unquote_to_bytes

from flask import Flask, abort, request

from marketplace.config import Settings
from marketplace.core import request_state
from marketplace.core.database import db
from marketplace.core.errors import TooMany
from marketplace.core.i18n import gettext as _
from marketplace.web.viewer import current_viewer

MOST_FIELDS = 1000
ONCE_ONLY = ("csrf_token", "seen", "revision")
LIST_PAGES = {"directory.search", "sourcing.opportunities", "pages.gardens"}
SECONDS_TO_WAIT = 60


def register(app: Flask, settings: Settings) -> None:
    """Check each request before anything else looks at it."""

    @app.before_request
    def check() -> None:
        if request.endpoint == "static":
            return
        if "\x00" in request.path:
            abort(404)  # nothing is called so, and PostgreSQL cannot even be asked
        _refuse_unreadable()
        if request.endpoint in LIST_PAGES and settings.list_pages_per_minute:
            subject = _subject(settings.secret_key)
            if request_state.count_visit(db.engine, subject) > settings.list_pages_per_minute:
                raise TooMany(
                    _("You have opened too many pages in a short time. Wait a minute and continue."),
                    SECONDS_TO_WAIT,
                )


def _refuse_unreadable() -> None:
    if not _is_text(request.query_string):
        abort(400)
    if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
        return
    if request.content_length is not None and request.content_length > (request.max_content_length or 0):
        abort(413)
    if request.mimetype == "multipart/form-data" and "boundary" not in request.mimetype_params:
        abort(400)
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data(cache=True)
        if body.count(b"&") >= MOST_FIELDS or not _is_text(body):
            abort(400)
    names = list(request.form.keys())
    if sum(len(values) for _name, values in request.form.lists()) + len(request.files) > MOST_FIELDS:
        abort(400)
    if request.mimetype == "multipart/form-data" and (
        _holds_unreadable() or (request.content_length and not names)
    ):
        abort(400)
    if any(len(request.form.getlist(name)) > 1 for name in ONCE_ONLY):
        abort(400)


def _is_text(encoded: bytes) -> bool:
    """Say whether percent-encoded bytes are UTF-8."""
    try:
        unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _holds_unreadable() -> bool:
    """Say whether the mark for bytes that are no text stands in a form with parts."""
    return any("\ufffd" in name or "\ufffd" in value for name, value in request.form.items(multi=True))


def _subject(secret: str) -> str:
    """Return a name for who is counted that tells nobody who: a signed-in person, or else an address.

    Twenty people at a course afternoon share one address, so those who have said who they are count by themselves.
    An IPv6 address counts as its network, since one house has very many.
    """
    viewer = current_viewer()
    address = str(request.remote_addr)
    if viewer.is_signed_in:
        return hashlib.sha256(f"{secret}:list pages:person {viewer.user_id}".encode()).hexdigest()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)  # noqa: PLR2004 because there are versions 4 and 6
    return hashlib.sha256(f"{secret}:list pages:{network}".encode()).hexdigest()
