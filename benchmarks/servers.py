"""Start gunicorn for a benchmark and measure requests over one persistent connection."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Response times of one page in milliseconds, and its size."""

    p50: float
    p95: float
    bytes: int


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


def measure(port: int, path: str, *, headers: Mapping[str, str] | None = None, rounds: int = 100) -> Timing:
    """Request a page repeatedly. Raises RuntimeError if a response is not 200."""
    times: list[float] = []
    size = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(rounds + 5):
        started = time.perf_counter()
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            message = f"{path} answered {response.status}"
            raise RuntimeError(message)
        if number >= 5:
            times.append((time.perf_counter() - started) * 1000)
            size = len(body)
    connection.close()
    return Timing(statistics.median(times), statistics.quantiles(times, n=20)[-1], size)
