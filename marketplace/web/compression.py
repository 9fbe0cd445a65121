"""Pages for those who are not signed in are sent compressed: a first visit may come over a thin line.

Pages of signed-in people are not: they hold both what somebody else may have put there and tokens of their own, and
from the length of the two together a listener could guess the token (BREACH). A proxy in front should leave them too.
"""

import gzip

from flask import Flask, Response, request

from marketplace.web.viewer import current_token

LEAST_BYTES = 1400
"""What fits into one packet gains nothing."""
LEVEL = 5


def register(app: Flask) -> None:
    """Compress what browsers of strangers ask for and can read."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype != "text/html" or current_token() is not None:
            return response
        response.vary.add("Accept-Encoding")
        readable = request.method == "GET" and request.accept_encodings["gzip"] > 0
        if not readable or response.is_streamed or "Content-Encoding" in response.headers:
            return response
        body = response.get_data()
        if len(body) >= LEAST_BYTES:
            response.set_data(gzip.compress(body, LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response
