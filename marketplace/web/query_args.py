"""What an address asks for after its question mark, read with the same care as forms."""

from flask import request

from marketplace.web.forms import clean_line


def asked_for(name: str, most: int = 100) -> str:
    """Return one word of the question as a clean line of at most so many characters; empty when it is not there."""
    return clean_line(request.args.get(name, "")[:most]) or ""
