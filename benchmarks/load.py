"""Load test: throughput of each kind of page with concurrent clients, writes included. Run by `make bench-load`.

Two server processes of four threads, 1,000 suppliers, and eight clients that send the next request as soon as they get
a response; a bare Flask page is measured before and after. Then two hundred clients, and eight again. The clients share
the two cores with the server, so ratios to the bare page are slightly too low.
"""

import http.client
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.seeded_site import LIMITS, SeededSite, form_fields, seed_site
from benchmarks.servers import serve

CLIENTS, PEAK_CLIENTS, SECONDS, WARM_UP_SECONDS = 8, 200, 4.0, 10.0
MAX_COST_RATIOS = {"list": 6.0, "profile": 6.0, "brief": 6.0, "ranking": 15.0}
MAX_RANKING_MS, MAX_WRITE_MS = 300.0, 1500.0
NEW = "/briefs/new"


@dataclass
class Run:
    """Responses to a group of clients in a period."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    missing_retry_after: int = 0

    @property
    def rate(self) -> float:
        """Return the number of responses per second."""
        return len(self.times) / self.seconds

    def at(self, percent: int) -> float:
        """Return a percentile of the response times in milliseconds."""
        return statistics.quantiles(self.times, n=100)[percent - 1]

    @property
    def errors(self) -> int:
        """Count responses other than 200 and 303."""
        return sum(count for status, count in self.statuses.items() if status not in {200, 303})


def clients(
    port: int, count: int, seconds: float, ask: Callable[[http.client.HTTPConnection, int], int]
) -> Run:
    """Run clients until the time is up. `ask` takes a connection and a client number, and returns a status."""
    run, lock = Run(), threading.Lock()
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            began = time.perf_counter()
            status = ask(connection, number)
            took = (time.perf_counter() - began) * 1000
            with lock:
                run.statuses[status] += 1
                run.times.append(took)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(count)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.monotonic() - began
    return run


def page_request(path: str, headers: Mapping[str, str]) -> Callable[[http.client.HTTPConnection, int], int]:
    """Return a function that requests one page. A 503 response without Retry-After gives the status -1."""

    def ask(connection: http.client.HTTPConnection, number: int) -> int:
        del number
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0
        missing_retry_after = (
            answer.status == http.client.SERVICE_UNAVAILABLE and "Retry-After" not in answer.headers
        )
        return -1 if missing_retry_after else answer.status

    return ask


class Writers:
    """Company owners who each create one draft after another."""

    def __init__(self, site: SeededSite, port: int) -> None:
        self.cookies: list[str] = []
        self.fields: list[list[tuple[str, str]]] = []
        for cookie in site.owners[:CLIENTS]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", NEW, headers={"Cookie": cookie})
            answer = connection.getresponse()
            page = answer.read().decode()
            self.cookies.append((answer.headers.get("Set-Cookie") or cookie).split(";", 1)[0])
            self.fields.append(
                [(name, value) for name, value in form_fields(page, NEW) if name != "own_words"]
            )
            connection.close()
        self.count = 0

    def write(self, connection: http.client.HTTPConnection, number: int) -> int:
        """Create a draft with a unique text."""
        self.count += 1
        body = urllib.parse.urlencode(
            [*self.fields[number], ("own_words", f"Vi vil selge mer ost, {self.count}")]
        )
        headers = {"Cookie": self.cookies[number], "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", NEW, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def pages_to_measure(site: SeededSite) -> dict[str, tuple[str, str]]:
    """Return role and path of a list, a profile, a brief and a ranking."""
    paths = [*site.pages]
    brief = next(path for role, path in paths if role == "company" and path.endswith("/ranking"))
    return {
        "list": ("anyone", "/suppliers?page=2"),
        "profile": next(one for one in paths if one[0] == "anyone" and one[1].startswith("/suppliers/")),
        "brief": ("company", brief.removesuffix("/ranking")),
        "ranking": ("company", brief),
    }


def main() -> int:
    """Seed, measure and report. Return 1 if a limit is exceeded."""
    violations: list[str] = []
    write = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder:
        site = seed_site(folder)
        with (
            serve("benchmarks.baseline_app:app", {}, workers=2) as bare,
            serve("marketplace.app:create_app()", LIMITS, workers=2) as port,
        ):
            write(f"{'page':10} {'a second':>9} {'p50 ms':>8} {'p95 ms':>8} {'x bare':>7} {'errors':>7}\n")
            clients(
                port, CLIENTS, WARM_UP_SECONDS, page_request("/suppliers", {})
            )  # meanwhile the server loads the index in the background
            for name, (role, path) in pages_to_measure(site).items():
                ask = page_request(path, site.headers(role))
                clients(port, CLIENTS, 1.0, ask)
                before = clients(bare, CLIENTS, 1.5, page_request("/", {}))
                run = clients(port, CLIENTS, SECONDS, ask)
                after = clients(bare, CLIENTS, 1.5, page_request("/", {}))
                cost = (before.rate + after.rate) / 2 / run.rate
                write(
                    f"{name:10} {run.rate:9.0f} {run.at(50):8.1f} {run.at(95):8.1f} {cost:7.1f} {run.errors:7}\n"
                )
                if cost > MAX_COST_RATIOS[name] or run.errors:
                    violations.append(
                        f"{name}: {cost:.1f} x a bare page (limit {MAX_COST_RATIOS[name]:.0f}), {run.errors} errors"
                    )
                if name == "ranking" and run.at(95) > MAX_RANKING_MS:
                    violations.append(f"ranking: p95 {run.at(95):.0f} ms")
            writers = Writers(site, port)
            run = clients(port, CLIENTS, SECONDS, writers.write)
            write(
                f"{'write':10} {run.rate:9.0f} {run.at(50):8.1f} {run.at(95):8.1f} {'':7} {run.errors:7}, p99 {run.at(99):.0f} ms\n"
            )
            if run.at(99) > MAX_WRITE_MS or run.errors:
                violations.append(f"write: p99 {run.at(99):.0f} ms, {run.errors} errors")
            ask = page_request("/suppliers", {})
            usual = clients(port, CLIENTS, SECONDS, ask)
            peak = clients(port, PEAK_CLIENTS, SECONDS, ask)
            again = clients(port, CLIENTS, SECONDS, ask)
            write(
                f"{PEAK_CLIENTS} clients: {dict(peak.statuses)}, p95 {peak.at(95):.0f} ms; with {CLIENTS} p95 "
                f"{usual.at(95):.1f} ms before and {again.at(95):.1f} ms in the {SECONDS:.0f} s after.\n"
            )
            if set(peak.statuses) - {200, 503}:
                violations.append(f"{PEAK_CLIENTS} clients got {dict(peak.statuses)}")
            if again.at(95) > 2 * usual.at(95):
                violations.append("response times stay high after the peak")
    write("".join(f"{one}\n" for one in violations) or "All measurements are within their limits.\n")
    return int(bool(violations))


if __name__ == "__main__":
    sys.exit(main())
