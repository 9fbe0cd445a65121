"""Web servers in processes of their own, and plain HTTP requests to them."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPMessage
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(
    port: int, path: str, cookie: str = "", form: Mapping[str, str] | None = None
) -> tuple[int, str, HTTPMessage]:
    """Return status, text and headers of a server's response."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        headers = {"Cookie": f"session={cookie}"} if cookie else {}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
        connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


@contextlib.contextmanager
def running(environs: Sequence[Mapping[str, str]]) -> Iterator[list[int]]:
    """Run a server of one process for each environment; yields their ports. They must stop without an error."""
    started, ports = [], []
    try:
        for environ in environs:
            ports.append(free_port())
            command = ["serve", "--workers", "1", "--bind", f"127.0.0.1:{ports[-1]}"]
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "marketplace.cli", *command],
                    env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
                    start_new_session=True,
                    stdout=subprocess.DEVNULL,
                )
            )
        for port in ports:
            _wait_until_live(port)
        yield ports
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        statuses = [process.wait(30) for process in started]
    assert statuses == [0] * len(started)


def _wait_until_live(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(port, "/livez")[0] == http.client.OK:
                return
        time.sleep(0.1)
