"""Security headers on every response: a strict content policy, no framing, no caching of private pages."""

from flask import Flask, Response, request

from marketplace.config import Settings
from marketplace.web.viewer import current_token

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
COMMON_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def headers_for(settings: Settings) -> dict[str, str]:
    """Return the headers of every response, including static files."""
    secure = (
        {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if settings.production else {}
    )
    return COMMON_HEADERS | secure


def register(app: Flask) -> None:
    """Set Cache-Control on pages. The other headers are added by a WSGI wrapper in app.py."""

    @app.after_request
    def set_cache_control(response: Response) -> Response:
        if request.endpoint != "static":
            has_secret = bool({"token", "code"} & set(request.view_args or ()))
            if has_secret:
                response.headers["X-Robots-Tag"] = "noindex"
            private = has_secret or current_token() is not None or request.method != "GET"
            response.headers.setdefault("Cache-Control", "no-store" if private else "private, no-cache")
        return response
