"""Uploads and downloads of files."""

from collections.abc import Callable
from typing import Any, TypeVar

from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])
MAX_UPLOAD_BYTES = 10 * 1024 * 1024 + 1024 * 1024
"""Enough for a file of the largest size in `files/limits.py` and the other fields of its form."""
IMMUTABLE = "private, max-age=31536000, immutable"
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


def accepts_files(view: View) -> View:
    """Allow requests up to `MAX_UPLOAD_BYTES` for a view."""
    view.accepts_files = True  # type: ignore[attr-defined]  # because a function takes any attribute
    return view


def has_uploads(view: Callable[..., Any] | None) -> bool:
    """Return True if a view accepts files."""
    return bool(getattr(view, "accepts_files", False))


def file_response(name: str, media_type: str, data: bytes, *, is_image: bool = False) -> Response:
    """Return a file. An image is shown inside pages and cached by the browser; others are downloads."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    if is_image:
        response.headers["Cache-Control"] = IMMUTABLE
    else:
        response.headers["Cache-Control"] = "private, no-store"
        response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
