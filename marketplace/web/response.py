"""Return type of views."""

from werkzeug.wrappers import Response

ViewResponse = str | Response | tuple[str | Response, int] | tuple[str, int, dict[str, str]]
"""A page or a response: alone, with a status, or with a status and headers."""
