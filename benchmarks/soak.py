"""Soak test: an hour of requests without errors, and without growth of memory or open files. Run by `make soak`.

The service is first killed and restarted with 1,000 suppliers and 5,000 briefs, to measure the time until a ranking page
responds. Then all roles send ten requests a second, one in twenty of which edits a draft. Memory and open files are read
from /proc every minute.
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

from benchmarks.seeded_site import LIMITS, SeededSite, form_fields, seed_site
from benchmarks.servers import free_port

WARM_MINUTES = 5
MAX_GROWTH = 1.10
MAX_RESTART_S = 3.0
SEARCH = "/suppliers?q=nettbutikk"


@dataclass
class SoakReport:
    """Results of a run. `minutes` has, for each minute, the megabytes and the open files of all processes together."""

    restart_s: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    minutes: list[tuple[float, int]] = field(default_factory=list)
    slowest_s: float = 0.0
    late: int = 0

    def findings(self) -> list[str]:
        """Return the violations of the limits."""
        found = [f"{what}: {count}" for what, count in self.asked.items() if what not in {"200", "303"}]
        warm = self.minutes[WARM_MINUTES:] or self.minutes
        if warm and warm[-1][0] > MAX_GROWTH * warm[0][0]:
            found.append(f"memory went from {warm[0][0]:.0f} to {warm[-1][0]:.0f} MB")
        if (
            warm
            and max(files for _size, files in warm) > max(files for _size, files in warm[:WARM_MINUTES]) + 10
        ):
            found.append("open files grow")
        if self.restart_s > MAX_RESTART_S:
            found.append(f"the first page after a kill took {self.restart_s:.1f} s")
        return found


class Service:
    """The service as in production, with its worker, in a process group of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start the service and return the seconds until a search page responds."""
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
        """Kill the process group."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def size(self) -> tuple[float, int]:
        """Return the proportional set size of the processes in megabytes, and the number of their open files."""
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
def running(folder: str, suppliers: int, briefs: int) -> Iterator[tuple[SeededSite, Service]]:
    """Seed and start the service, and kill it at the end."""
    site, service = seed_site(folder, suppliers, briefs), Service()
    try:
        service.start()
        yield site, service
    finally:
        service.kill()


class SimulatedUsers:
    """All simulated users over one persistent connection, which is reopened when it ends."""

    def __init__(self, site: SeededSite, port: int, report: SoakReport) -> None:
        self.site, self.report, self.port = site, report, port
        self.chance = random.Random(11)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.draft = next(path for role, path in site.pages if role == "company" and path.endswith("/need"))

    def send_request(self) -> None:
        """Request a random page, or edit a draft."""
        if self.chance.random() < 0.05:
            self._write()
        else:
            role, path = self.chance.choice(self.site.pages)
            self._ask("GET", path, self.site.headers(role))

    def _write(self) -> None:
        headers = self.site.headers("company")
        page = self._ask("GET", self.draft, headers)
        fields = [(name, value) for name, value in form_fields(page, self.draft) if name != "own_words"]
        words = f"Vi vil selge mer ost på nett, {self.chance.random()}"
        body = urllib.parse.urlencode([*fields, ("own_words", words), ("then", "later")])
        self._ask("POST", self.draft, headers | {"Content-Type": "application/x-www-form-urlencoded"}, body)

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> str:
        began = time.monotonic()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            if said := answer.headers.get("Set-Cookie"):  # the session cookie carries the CSRF secret
                headers["Cookie"] = said.split(";", 1)[0]
            self.report.asked[str(answer.status)] += 1
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.report.asked[type(error).__name__] += 1
            text = ""
        self.report.slowest_s = max(self.report.slowest_s, time.monotonic() - began)
        return text


def run(minutes: float, rate: float, suppliers: int, briefs: int) -> SoakReport:
    """Run the test and print a line per minute."""
    report = SoakReport()
    with tempfile.TemporaryDirectory() as folder, running(folder, suppliers, briefs) as (site, service):
        service.kill()
        report.restart_s = service.start()
        users = SimulatedUsers(site, service.port, report)
        began = time.monotonic()
        for number in range(round(minutes * 60 * rate)):
            wait = began + number / rate - time.monotonic()
            report.late += wait < -1
            time.sleep(max(wait, 0.0))
            users.send_request()
            if number % round(60 * rate) == 0:
                report.minutes.append(service.size())
                size, files = report.minutes[-1]
                sys.stdout.write(
                    f"minute {len(report.minutes) - 1}: {size:.0f} MB, {files} files, {dict(report.asked)}\n"
                )
                sys.stdout.flush()
        report.minutes.append(service.size())
    return report


def main() -> int:
    """Run the test and report. Return 1 if a limit is violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--suppliers", type=int, default=1000)
    parser.add_argument("--briefs", type=int, default=5000)
    asked = parser.parse_args()
    report = run(asked.minutes, asked.rate, asked.suppliers, asked.briefs)
    findings = report.findings()
    sys.stdout.write(
        f"First page {report.restart_s:.1f} s after a start that follows a kill. {sum(report.asked.values())} requests: "
        f"{dict(report.asked)}, the slowest {report.slowest_s:.2f} s, {report.late} more than a second late. "
        f"{report.minutes[0][0]:.0f} MB and {report.minutes[0][1]} files at first, {report.minutes[-1][0]:.0f} MB and "
        f"{report.minutes[-1][1]} files at last. {len(findings)} findings.\n"
    )
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
