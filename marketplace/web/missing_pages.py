"""Hook for pages that replace an error page when the user has followed a link in a message."""

from collections.abc import Callable

from flask import request

from marketplace.core.hooks import Hook
from marketplace.web.access import SAFE_METHODS

MISSING_STATUSES = frozenset({403, 404, 409, 410})
replacements: Hook[Callable[[], str | None]] = Hook()
"""Callbacks that return the HTML of a page to show with status 200, or None."""


def replacement_for(code: int) -> str | None:
    """Return the page to show instead of an error page, or None."""
    if code not in MISSING_STATUSES or request.method not in SAFE_METHODS:
        return None
    return next((html for build in replacements for html in [build()] if html is not None), None)
