"""An hour of people, one after another: nothing fails, memory and open files stay as they were. Run by `make steady`.

First the service is killed and started again over 1,000 suppliers and 5,000 briefs, to see how soon a page that ranks
answers; then ten requests a second come, by all roles, one in twenty of which changes a draft. Each minute the
processes' own memory and open files are read from /proc.
"""

import argparse
import http.client
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.servers import free_port
from benchmarks.world import LIMITS, World, form_on, seeded

WARM_MINUTES = 5
MOST_GROWTH = 1.10
MOST_RESTART_S = 3.0
SEARCH = "/suppliers?q=nettbutikk"


@dataclass
class RunReport:
    """What a run came to. `minutes` are (megabytes, open files) of all processes together."""

    restart_s: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    minutes: list[tuple[float, int]] = field(default_factory=list)
    slowest_s: float = 0.0
    late: int = 0

    def findings(self) -> list[str]:
        """Return what is not as it should be."""
        found = [f"{what}: {count}" for what, count in self.asked.items() if what not in {"200", "303"}]
        warm = self.minutes[WARM_MINUTES:] or self.minutes
        if warm and warm[-1][0] > MOST_GROWTH * warm[0][0]:
            found.append(f"memory went from {warm[0][0]:.0f} to {warm[-1][0]:.0f} MB")
        if (
            warm
            and max(files for _size, files in warm) > max(files for _size, files in warm[:WARM_MINUTES]) + 10
        ):
            found.append("open files grow")
        if self.restart_s > MOST_RESTART_S:
            found.append(f"the first page after a kill took {self.restart_s:.1f} s")
        return found


class Service:
    """The service as it is run for real, with its worker, in a process group of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; return the seconds until a page that searches the directory answers."""
        command = ["-m", "marketplace.cli", "serve", "--with-worker", "--bind", f"127.0.0.1:{self.port}"]
        began = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 because the words are our own
            [sys.executable, *command], env=os.environ | LIMITS, start_new_session=True
        )
        while time.monotonic() - began < 120:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                connection.request("GET", SEARCH)
                if connection.getresponse().status == http.client.OK:
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.05)
        message = "The service did not start."
        raise RuntimeError(message)

    def kill(self) -> None:
        """End the whole group at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def size(self) -> tuple[float, int]:
        """Return the megabytes that the processes hold (each its share of what they share), and their open files."""
        kilobytes = files = 0
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and self._is_ours(int(folder.name)):
                rollup = (folder / "smaps_rollup").read_text()
                kilobytes += int(rollup.split("Pss:", 1)[1].split()[0])
                files += len(list((folder / "fd").iterdir()))
        return kilobytes / 1000, files

    def _is_ours(self, number: int) -> bool:
        try:
            return self.process is not None and os.getpgid(number) == self.process.pid
        except ProcessLookupError:
            return False


@contextmanager
def running(folder: str, suppliers: int, briefs: int) -> Iterator[tuple[World, Service]]:
    """Seed, start, and kill at the end."""
    world, service = seeded(folder, suppliers, briefs), Service()
    try:
        service.start()
        yield world, service
    finally:
        service.kill()


class Visitors:
    """All who come, over one kept connection; a connection that ends is opened again."""

    def __init__(self, world: World, port: int, told: RunReport) -> None:
        self.world, self.told, self.port = world, told, port
        self.chance = random.Random(11)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.draft = next(path for role, path in world.pages if role == "company" and path.endswith("/need"))

    def come(self) -> None:
        """Let one of them ask for a page, or change a draft."""
        if self.chance.random() < 0.05:
            self._write()
        else:
            role, path = self.chance.choice(self.world.pages)
            self._ask("GET", path, self.world.headers(role))

    def _write(self) -> None:
        headers = self.world.headers("company")
        page = self._ask("GET", self.draft, headers)
        fields = [(name, value) for name, value in form_on(page, self.draft) if name != "own_words"]
        words = f"Vi vil selge mer ost på nett, {self.chance.random()}"
        body = urllib.parse.urlencode([*fields, ("own_words", words), ("then", "later")])
        self._ask("POST", self.draft, headers | {"Content-Type": "application/x-www-form-urlencoded"}, body)

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> str:
        began = time.monotonic()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            if said := answer.headers.get("Set-Cookie"):  # the secret that forms are signed with
                headers["Cookie"] = said.split(";", 1)[0]
            self.told.asked[str(answer.status)] += 1
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.told.asked[type(error).__name__] += 1
            text = ""
        self.told.slowest_s = max(self.told.slowest_s, time.monotonic() - began)
        return text


def run(minutes: float, rate: float, suppliers: int, briefs: int) -> RunReport:
    """Run it all; prints a line a minute."""
    told = RunReport()
    with tempfile.TemporaryDirectory() as folder, running(folder, suppliers, briefs) as (world, service):
        service.kill()
        told.restart_s = service.start()
        visitors = Visitors(world, service.port, told)
        began = time.monotonic()
        for number in range(round(minutes * 60 * rate)):
            wait = began + number / rate - time.monotonic()
            told.late += wait < -1
            time.sleep(max(wait, 0.0))
            visitors.come()
            if number % round(60 * rate) == 0:
                told.minutes.append(service.size())
                size, files = told.minutes[-1]
                sys.stdout.write(
                    f"minute {len(told.minutes) - 1}: {size:.0f} MB, {files} files, {dict(told.asked)}\n"
                )
                sys.stdout.flush()
        told.minutes.append(service.size())
    return told


def main() -> int:
    """Run it and tell; return 1 when something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--suppliers", type=int, default=1000)
    parser.add_argument("--briefs", type=int, default=5000)
    asked = parser.parse_args()
    told = run(asked.minutes, asked.rate, asked.suppliers, asked.briefs)
    findings = told.findings()
    sys.stdout.write(
        f"First page {told.restart_s:.1f} s after a start that follows a kill. {sum(told.asked.values())} requests: "
        f"{dict(told.asked)}, the slowest {told.slowest_s:.2f} s, {told.late} more than a second late. "
        f"{told.minutes[0][0]:.0f} MB and {told.minutes[0][1]} files at first, {told.minutes[-1][0]:.0f} MB and "
        f"{told.minutes[-1][1]} files at last. {len(findings)} findings.\n"
    )
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
