"""Many people at once: what each kind of page costs in throughput, writes included. Run by `make bench-load`.

Two processes of four threads, 1,000 suppliers, eight clients that each ask for the next page as soon as they have one;
a bare Flask page is asked before and after. Then two hundred clients at once, and eight again. The clients run on the
same two cores and in Python: they cost what a client costs, and make what they measure look a little cheaper.
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

from benchmarks.servers import serve
from benchmarks.world import LIMITS, World, form_on, seeded

CLIENTS, CROWD, SECONDS, READY_SECONDS = 8, 200, 4.0, 10.0
LIMITS_OF = {"list": 6.0, "profile": 6.0, "brief": 6.0, "ranking": 15.0}
MOST_RANKING_MS, MOST_WRITE_MS = 300.0, 1500.0
NEW = "/briefs/new"


@dataclass
class Run:
    """What some clients got in some seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    lacking: int = 0

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.times) / self.seconds

    def at(self, percent: int) -> float:
        """Return a percentile in milliseconds."""
        return statistics.quantiles(self.times, n=100)[percent - 1]

    @property
    def errors(self) -> int:
        """Count answers that are neither a page nor a way on."""
        return sum(count for status, count in self.statuses.items() if status not in {200, 303})


def clients(
    port: int, count: int, seconds: float, ask: Callable[[http.client.HTTPConnection, int], int]
) -> Run:
    """Let clients ask until the time is up. `ask` gets a connection and the client's number, and returns a status."""
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


def asking(path: str, headers: Mapping[str, str]) -> Callable[[http.client.HTTPConnection, int], int]:
    """Return what asks for one page. A refusal for being too many must say when to come again."""

    def ask(connection: http.client.HTTPConnection, number: int) -> int:
        del number
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0
        lacking = answer.status == http.client.SERVICE_UNAVAILABLE and "Retry-After" not in answer.headers
        return -1 if lacking else answer.status

    return ask


class Writers:
    """Owners of companies who each write new drafts, one after another."""

    def __init__(self, world: World, port: int) -> None:
        self.cookies: list[str] = []
        self.fields: list[list[tuple[str, str]]] = []
        for cookie in world.owners[:CLIENTS]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", NEW, headers={"Cookie": cookie})
            answer = connection.getresponse()
            page = answer.read().decode()
            self.cookies.append((answer.headers.get("Set-Cookie") or cookie).split(";", 1)[0])
            self.fields.append([(name, value) for name, value in form_on(page, NEW) if name != "own_words"])
            connection.close()
        self.count = 0

    def write(self, connection: http.client.HTTPConnection, number: int) -> int:
        """Send a draft that nobody has sent before."""
        self.count += 1
        body = urllib.parse.urlencode(
            [*self.fields[number], ("own_words", f"Vi vil selge mer ost, {self.count}")]
        )
        headers = {"Cookie": self.cookies[number], "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", NEW, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def chosen(world: World) -> dict[str, tuple[str, str]]:
    """Return (role, address) of a list, a profile, a brief and a ranking."""
    paths = [*world.pages]
    brief = next(path for role, path in paths if role == "company" and path.endswith("/ranking"))
    return {
        "list": ("anyone", "/suppliers?page=2"),
        "profile": next(one for one in paths if one[0] == "anyone" and one[1].startswith("/suppliers/")),
        "brief": ("company", brief.removesuffix("/ranking")),
        "ranking": ("company", brief),
    }


def main() -> int:
    """Seed, measure, tell; return 1 when something costs more than it may."""
    wrong: list[str] = []
    tell = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder:
        world = seeded(folder)
        with (
            serve("benchmarks.bare:app", {}, workers=2) as bare,
            serve("marketplace.app:create_app()", LIMITS, workers=2) as port,
        ):
            tell(f"{'page':10} {'a second':>9} {'p50 ms':>8} {'p95 ms':>8} {'x bare':>7} {'errors':>7}\n")
            clients(port, CLIENTS, READY_SECONDS, asking("/suppliers", {}))  # the index is read beside them
            for name, (role, path) in chosen(world).items():
                ask = asking(path, world.headers(role))
                clients(port, CLIENTS, 1.0, ask)
                before = clients(bare, CLIENTS, 1.5, asking("/", {}))
                run = clients(port, CLIENTS, SECONDS, ask)
                after = clients(bare, CLIENTS, 1.5, asking("/", {}))
                cost = (before.rate + after.rate) / 2 / run.rate
                tell(
                    f"{name:10} {run.rate:9.0f} {run.at(50):8.1f} {run.at(95):8.1f} {cost:7.1f} {run.errors:7}\n"
                )
                if cost > LIMITS_OF[name] or run.errors:
                    wrong.append(
                        f"{name}: {cost:.1f} x a bare page (limit {LIMITS_OF[name]:.0f}), {run.errors} errors"
                    )
                if name == "ranking" and run.at(95) > MOST_RANKING_MS:
                    wrong.append(f"ranking: p95 {run.at(95):.0f} ms")
            writers = Writers(world, port)
            run = clients(port, CLIENTS, SECONDS, writers.write)
            tell(
                f"{'write':10} {run.rate:9.0f} {run.at(50):8.1f} {run.at(95):8.1f} {'':7} {run.errors:7}, p99 {run.at(99):.0f} ms\n"
            )
            if run.at(99) > MOST_WRITE_MS or run.errors:
                wrong.append(f"write: p99 {run.at(99):.0f} ms, {run.errors} errors")
            ask = asking("/suppliers", {})
            usual = clients(port, CLIENTS, SECONDS, ask)
            crowd = clients(port, CROWD, SECONDS, ask)
            again = clients(port, CLIENTS, SECONDS, ask)
            tell(
                f"{CROWD} clients: {dict(crowd.statuses)}, p95 {crowd.at(95):.0f} ms; with {CLIENTS} p95 "
                f"{usual.at(95):.1f} ms before and {again.at(95):.1f} ms in the {SECONDS:.0f} s after.\n"
            )
            if set(crowd.statuses) - {200, 503}:
                wrong.append(f"{CROWD} clients got {dict(crowd.statuses)}")
            if again.at(95) > 2 * usual.at(95):
                wrong.append("pages stay slow after a crowd")
    tell("".join(f"{one}\n" for one in wrong) or "Nothing costs more than it may.\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
