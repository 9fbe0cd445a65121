"""Redirects after a form, restricted to pages of this site."""

import re
from urllib.parse import urlsplit

from flask import redirect, url_for
from werkzeug.wrappers import Response

_NOT_IN_PATH = re.compile("[\x00-\x20\ud800-\udfff]")
"""Control characters, spaces, and lone surrogates, which JSON can contain and UTF-8 cannot."""


def safe_path(target: str | None) -> str | None:
    """Return a redirect target if it is a path on this site, without scheme, host or backslash; else None."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if _NOT_IN_PATH.search(target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def see_other(endpoint: str, **values: object) -> Response:
    """Redirect to a page with 303 See Other, after a form has been processed."""
    anchor = values.pop("_anchor", None)
    return redirect(url_for(endpoint, _anchor=str(anchor) if anchor else None, **values), 303)  # type: ignore[arg-type]  # because url_for takes any value
