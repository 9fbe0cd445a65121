"""The process that serves: gunicorn's own, but for what it answers to requests that never reach the application."""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from marketplace.web.security import headers_for


class Worker(ThreadWorker):
    """Puts the headers of all our answers also on gunicorn's own: an address too long, a line that cannot be read."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer as gunicorn does, through a socket that adds the headers."""
        headers = headers_for(self.wsgi.config["SETTINGS"]) | {"Cache-Control": "no-store"}
        super().handle_error(req, HeaderSocket(client, headers), addr, exc)


class HeaderSocket:
    """A visitor's socket that one whole answer is written to; its headers go in after the first line."""

    def __init__(self, client: Any, headers: dict[str, str]) -> None:
        self._client = client
        self._added = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, answer: bytes) -> None:
        """Send the answer with the headers."""
        first, end, rest = answer.partition(b"\r\n")
        self._client.sendall(first + end + self._added + rest)
