"""Arguments of the query string, cleaned like form fields."""

from flask import request

from marketplace.web.forms import clean_line


def query_arg(name: str, max_length: int = 100) -> str:
    """Return a query-string argument as a single clean line, truncated to a length; empty if it is missing."""
    return clean_line(request.args.get(name, "")[:max_length]) or ""


def page_arg() -> int:
    """Return the requested page number; 1 if it is missing or not a number. Pagination clamps it to the last page."""
    text = request.args.get("page", "1")[:6]
    return int(text) if text.isascii() and text.isdigit() else 1
