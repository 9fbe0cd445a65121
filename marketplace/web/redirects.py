"""Redirects after a form, restricted to pages of this site."""

from urllib.parse import urlsplit

from flask import redirect, url_for
from werkzeug.wrappers import Response


def safe_path(target: str | None) -> str | None:
    """Return a redirect target if it is a path on this site, without scheme, host or backslash; else None."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(character) < 33 for character in target):  # noqa: PLR2004 because 32 is the space
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def see_other(endpoint: str, **values: object) -> Response:
    """Redirect to a page with 303 See Other, after a form has been processed."""
    anchor = values.pop("_anchor", None)
    return redirect(url_for(endpoint, _anchor=str(anchor) if anchor else None, **values), 303)  # type: ignore[arg-type]  # because url_for takes any value
