"""Counters of all processes together, in the words that Prometheus reads.

Each process keeps its counters in a file of its own in shared memory of the kernel's (a mapped file in the instance
folder); whoever is asked adds all files up. So the numbers are right with several gunicorn processes, also after
one of them is replaced. `marketplace serve` begins with an empty folder.
"""

import mmap
import os
import shutil
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask, Response, g, request

from marketplace.operation.logs import route

SLOT, NAME = 256, 248
MOST_SLOTS = 4096
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counters:
    """Named numbers that only grow, kept where all processes of the installation can read them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._pid = 0
        self._slots: dict[str, int] = {}
        self._map: mmap.mmap | None = None

    def add(self, name: str, amount: float = 1.0) -> None:
        """Add to a number. With very many names the newest are left out rather than the request."""
        with self._lock:
            mapped = self._mine()
            place = self._slots.get(name)
            if place is None:
                label = name.encode("utf-8")
                if len(self._slots) >= MOST_SLOTS or len(label) > NAME:
                    return
                place = self._slots[name] = len(self._slots) * SLOT
                mapped[place + 8 : place + 8 + len(label)] = label
            (old,) = struct.unpack_from("d", mapped, place)
            struct.pack_into("d", mapped, place, old + amount)

    def _mine(self) -> mmap.mmap:
        """Return this process's file, opened after the fork that made the process."""
        if self._map is None or self._pid != os.getpid():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._pid, self._slots = os.getpid(), {}
            path = self._folder / f"{self._pid}-{time.monotonic_ns()}.counters"
            with path.open("w+b") as file:
                file.truncate(SLOT * MOST_SLOTS)
                self._map = mmap.mmap(file.fileno(), SLOT * MOST_SLOTS)
        return self._map

    def total(self) -> Mapping[str, float]:
        """Return each number summed over all processes."""
        found: dict[str, float] = defaultdict(float)
        for path in sorted(self._folder.glob("*.counters")):
            for name, value in _read(path.read_bytes()):
                found[name] += value
        return found

    def forget(self) -> None:
        """Begin from nothing; for the moment before the processes start."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _read(data: bytes) -> Iterator[tuple[str, float]]:
    for place in range(0, len(data), SLOT):
        label = data[place + 8 : place + SLOT].rstrip(b"\0")
        if not label:
            return
        yield label.decode("utf-8"), struct.unpack_from("d", data, place)[0]


def folder_of(instance_path: Path) -> Path:
    """Return where an installation's counters lie."""
    return instance_path / "metrics"


def register(app: Flask, counters: Counters) -> None:
    """Count each answer: how many by route and status, and how long they took."""

    @app.after_request
    def count(response: Response) -> Response:
        took = time.perf_counter() - g.get("request_began", time.perf_counter())
        try:
            labels = f'method="{request.method if request.url_rule else "-"}",route="{route()}"'
            counters.add(f'http_requests_total{{{labels},status="{response.status_code}"}}')
            bound = next((str(bucket) for bucket in BUCKETS if took <= bucket), "+Inf")
            counters.add(f'le="{bound}"')
            counters.add("http_request_duration_seconds_sum", took)
        except OSError:  # a full disk must not cost anybody a page
            app.logger.warning("An answer could not be counted.")
        return response


def exposition(counters: Mapping[str, float], gauges: Mapping[str, float]) -> str:
    """Return counters and gauges as Prometheus' text format 0.0.4."""
    lines = ["# HELP http_requests_total Answers by route and status.", "# TYPE http_requests_total counter"]
    lines += [
        f"{name} {value:g}"
        for name, value in sorted(counters.items())
        if name.startswith("http_requests_total")
    ]
    lines += [
        "# HELP http_request_duration_seconds Time to answer.",
        "# TYPE http_request_duration_seconds histogram",
    ]
    total = 0.0
    for bound in (*map(str, BUCKETS), "+Inf"):
        total += counters.get(f'le="{bound}"', 0.0)
        lines.append(f'http_request_duration_seconds_bucket{{le="{bound}"}} {total:g}')
    lines.append(
        f"http_request_duration_seconds_sum {counters.get('http_request_duration_seconds_sum', 0.0):.6f}"
    )
    lines.append(f"http_request_duration_seconds_count {total:g}")
    for name, value in gauges.items():
        lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
    return "\n".join(lines) + "\n"
