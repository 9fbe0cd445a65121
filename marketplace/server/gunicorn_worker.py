"""Gunicorn worker: security headers on the error responses gunicorn generates itself, closing of connections."""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from marketplace.web.security import headers_for


class Worker(ThreadWorker):
    """Adds our response headers to gunicorn's own errors, such as an overlong URL or an unreadable request line.

    Connections close after a body that was not read to its end.
    """

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Let the application close a connection on which it has not read the whole body (`web.request_body`)."""
        req.body.close_connection = req.force_close
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Respond as gunicorn does, through a socket that adds the headers."""
        headers = headers_for(self.wsgi.config["SETTINGS"]) | {"Cache-Control": "no-store"}
        super().handle_error(req, HeaderSocket(client, headers), addr, exc)


class HeaderSocket:
    """Wraps a client socket to which one whole response is written; inserts headers after the status line."""

    def __init__(self, client: Any, headers: dict[str, str]) -> None:
        self._client = client
        self._added = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, answer: bytes) -> None:
        """Send the response with the headers."""
        first, end, rest = answer.partition(b"\r\n")
        self._client.sendall(first + end + self._added + rest)
