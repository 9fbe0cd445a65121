"""Start gunicorn for a benchmark and measure requests over one persistent connection."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

WARM_UP_REQUESTS = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """Response times of one page in milliseconds, and its size."""

    times: Sequence[float]
    bytes: int

    @property
    def p50(self) -> float:
        """Median."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """95th percentile."""
        return statistics.quantiles(self.times, n=20)[-1]

    def __add__(self, other: "Timing") -> "Timing":
        """Join the response times of two blocks of requests."""
        return Timing([*self.times, *other.times], other.bytes)


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@contextmanager
def serve(application: str, environ: Mapping[str, str], workers: int = 1) -> Iterator[int]:
    """Serve an application with processes of four threads each; yield its port."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", str(workers), "--threads", "4",
        "--bind", f"127.0.0.1:{port}", "--log-level", "error",
        *(["--config", "python:marketplace.server.gunicorn_config"] if application.startswith("marketplace") else []), application,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ | dict(environ))  # noqa: S603 because the words are our own
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    for _try in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    message = "The server did not start within a minute."
    raise RuntimeError(message)


def measure(port: int, path: str, requests: int, headers: Mapping[str, str] | None = None) -> Timing:
    """Request a page repeatedly over a new connection, after two requests that are not counted.

    Raises RuntimeError if a response is not 200.
    """
    times: list[float] = []
    size = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(requests + WARM_UP_REQUESTS):
        started = time.perf_counter()
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            message = f"{path} answered {response.status}"
            raise RuntimeError(message)
        if number >= WARM_UP_REQUESTS:
            times.append((time.perf_counter() - started) * 1000)
            size = len(body)
    connection.close()
    return Timing(times, size)
