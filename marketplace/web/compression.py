"""Compress pages of anonymous visitors, whose first visit may come over a slow connection.

Pages of signed-in users are not compressed: they contain secrets such as CSRF tokens together with text that others
can influence, so the length of the compressed page could leak a secret (the BREACH attack). A reverse proxy must not
compress them either.
"""

import gzip

from flask import Flask, Response, request

from marketplace.web.viewer import current_token

MIN_BYTES = 1400
"""A response that fits into one packet gains nothing from compression."""
GZIP_LEVEL = 5


def register(app: Flask) -> None:
    """Compress HTML responses to anonymous clients that accept gzip."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype != "text/html" or current_token() is not None:
            return response
        response.vary.add("Accept-Encoding")
        accepts_gzip = request.method == "GET" and request.accept_encodings["gzip"] > 0
        if not accepts_gzip or response.is_streamed or "Content-Encoding" in response.headers:
            return response
        body = response.get_data()
        if len(body) >= MIN_BYTES:
            response.set_data(gzip.compress(body, GZIP_LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response
