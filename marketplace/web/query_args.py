"""What an address asks for after its question mark, read with the same care as forms."""

from flask import request

from marketplace.web.forms import clean_line


def asked_for(name: str, most: int = 100) -> str:
    """Return one word of the question as a clean line of at most so many characters; empty when it is not there."""
    return clean_line(request.args.get(name, "")[:most]) or ""


def page_arg() -> int:
    """Return the requested page number; 1 if it is missing or not a number. Pagination clamps it to the last page."""
    text = request.args.get("page", "1")[:6]
    return int(text) if text.isascii() and text.isdigit() else 1
