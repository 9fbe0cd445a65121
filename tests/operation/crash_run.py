"""Crash test: kill the service under concurrent writers and verify the data.

Eight writers submit briefs and invitations over HTTP. The whole process group is killed and restarted, every
interrupted form is submitted again unchanged, and then each row is looked up.
Usage: `python -m tests.operation.crash_run --help`.
"""

import argparse
import contextlib
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import Engine, create_engine, text

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "8f1b2c3d4e5a69788796a5b4c3d2e1f00f1e2d3c"
WRITERS, PER_COMPANY, MIN_WRITES_BEFORE_KILL = 8, 150, 10


@dataclass
class SubmittedForm:
    """A submitted form: its unique word, and whether it was acknowledged."""

    kind: str
    word: str
    cookie: str
    path: str
    body: bytes
    company: int
    acknowledged: bool = False


@dataclass
class CrashRunResult:
    """Counters and findings of a crash test."""

    kills: int = 0
    acknowledged: int = 0
    cut_off: int = 0
    mails: int = 0
    doubles: int = 0
    slowest_restart: float = 0.0
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return a summary, and each finding on a line of its own."""
        line = (
            f"{self.kills} kills, {self.acknowledged} acknowledged, {self.cut_off} cut off and sent again, "
            f"{self.mails} mails with {self.doubles} doubles, slowest restart {self.slowest_restart:.1f} s, "
            f"{len(self.findings)} findings"
        )
        return "\n".join([line, *self.findings[:20]])


class _NumberedSigner(TimestampSigner):
    """Gives each CSRF token a different timestamp, as for pages opened one after another."""

    number = 0

    def get_timestamp(self) -> int:
        _NumberedSigner.number += 1
        return int(time.time()) - _NumberedSigner.number % 30_000


class CrashRun:
    """A running service, its writers, and the forms they have submitted."""

    def __init__(self, database_url: str, folder: Path, writers: int = WRITERS) -> None:
        self.url, self.folder, self.writers = database_url, folder, writers
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environ = os.environ | {
            "PYTHONPATH": str(ROOT), "INSTANCE_PATH": str(folder), "DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY,
            "PRODUCTION": "0", "LIST_PAGES_PER_MINUTE": "0",
        }  # fmt: skip
        self.sent: list[SubmittedForm] = []
        self.result = CrashRunResult()
        self.process: subprocess.Popen[bytes] | None = None
        self._lock, self._round = threading.Lock(), 0
        self._credentials: dict[int, tuple[str, str, int, int]] = {}

    def begin(self) -> None:
        """Migrate the database and create the application that signs users in."""
        from marketplace.app import create_app
        from marketplace.config import Settings
        from marketplace.database import migrate

        engine = create_engine(self.url)
        migrate.upgrade(engine)
        engine.dispose()
        self.app = create_app(
            Settings.from_environment({name: str(value) for name, value in self.environ.items()})
        )

    def start(self) -> None:
        """Start the service in its own process group and wait until it responds."""
        began = time.monotonic()
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "marketplace.cli", "serve", "--with-worker", "--bind", f"127.0.0.1:{self.port}"],
                env=self.environ, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        while time.monotonic() - began < 60:
            with contextlib.suppress(OSError, http.client.HTTPException), self._connected(5) as connection:
                connection.request("GET", "/livez")
                if connection.getresponse().status == 200:
                    self.result.slowest_restart = max(self.result.slowest_restart, time.monotonic() - began)
                    return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "service.log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill the whole process group."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def credentials(self, writer: int) -> tuple[str, str, int]:
        """Return cookie, CSRF secret and company of a writer; the company changes now and then, to respect limits."""
        cookie, raw, company, used = self._credentials.get(writer, ("", "", 0, PER_COMPANY))
        if used >= PER_COMPANY:
            cookie, raw, company = self._create_company(writer)
            used = 0
        self._credentials[writer] = (cookie, raw, company, used + 1)
        return cookie, raw, company

    def _create_company(self, writer: int) -> tuple[str, str, int]:
        from marketplace.accounts import use_cases as accounts
        from marketplace.core.database import transaction
        from tests import factories

        with self._lock, self.app.app_context(), transaction():
            company = factories.company(f"Firma {writer} {len(self.sent)}")
            person = factories.member(company, email=f"w{writer}-{len(self.sent)}@firma.example")
            token = accounts.open_session(int(person.user_id or 0), "crash test")
            number = company.id
        raw = os.urandom(20).hex()
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]  # because Flask's own interface has it
        return signer.dumps({"_user_id": token, "_fresh": True, "csrf_token": raw}), raw, number

    def form(self, writer: int, chance: random.Random) -> SubmittedForm:
        """Return the next form of a writer."""
        cookie, raw, company = self.credentials(writer)
        token = URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token", signer=_NumberedSigner).dumps(raw)
        word = f"w{writer}r{self._round}n{os.urandom(5).hex()}"
        kind = chance.choice(["brief", "brief", "invitation"])
        values = {
            "brief": {"own_words": word},
            "invitation": {"email": f"{word}@gjest.example", "role": "member"},
        }
        path = {"brief": "/briefs/new", "invitation": "/organisation/colleagues"}[kind]
        body = urllib.parse.urlencode({"csrf_token": token, **values[kind]}).encode()
        return SubmittedForm(kind, word, cookie, path, body, company)

    def post(self, sent: SubmittedForm, connection: http.client.HTTPConnection) -> int:
        """Submit a form and return the status."""
        headers = {"Cookie": f"session={sent.cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", sent.path, sent.body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status == 303 and "/sign-in" not in answer.headers.get("Location", ""):
            sent.acknowledged = True
        return answer.status

    def write(self, writer: int, stop: threading.Event) -> None:
        """Submit forms until stopped or interrupted."""
        chance = random.Random(f"{writer}-{self._round}")
        with contextlib.suppress(OSError, http.client.HTTPException), self._connected(30) as connection:
            while not stop.is_set():
                form = self.form(writer, chance)
                self.sent.append(form)
                status = self.post(form, connection)
                if status != 303 and not stop.is_set():
                    self.result.findings.append(f"{form.kind} {form.word} was answered {status}")

    def _connected(self, seconds: float) -> contextlib.closing[http.client.HTTPConnection]:
        return contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds))

    def round(self, seconds: float) -> None:
        """Let the writers run, kill, restart, resubmit interrupted forms, and verify."""
        self._round += 1
        stop, first = threading.Event(), len(self.sent)
        threads = [threading.Thread(target=self.write, args=(n, stop)) for n in range(self.writers)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 30
        while (
            sum(form.acknowledged for form in self.sent[first:]) < MIN_WRITES_BEFORE_KILL
            and time.monotonic() < until
        ):
            time.sleep(0.02)
        time.sleep(seconds)
        self.kill()
        stop.set()
        for thread in threads:
            thread.join(40)
        self.result.kills += 1
        self.start()
        fresh = self.sent[first:]
        cut_off = [form for form in fresh if not form.acknowledged]
        self.result.acknowledged += len(fresh) - len(cut_off)
        self.result.cut_off += len(cut_off)
        for form in cut_off:
            with self._connected(30) as connection:
                status = self.post(form, connection)
            if not form.acknowledged:
                self.result.findings.append(f"{form.kind} {form.word} sent again was answered {status}")
        self.verify(fresh)

    def verify(self, fresh: list[SubmittedForm]) -> None:
        """Find lost, partial and duplicate rows, and database corruption."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                known = self._count_words(connection)
                for form in fresh:
                    number = known[form.kind][form.word]
                    if number != 1:
                        self.result.findings.append(f"{form.kind} {form.word} is there {number} times")
                for name, query in INCONSISTENCIES.items():
                    if found := connection.scalar(text(query)):
                        self.result.findings.append(f"{name}: {found}")
            self._check_integrity(engine)
        finally:
            engine.dispose()

    def _count_words(self, connection: object) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {"brief": Counter(), "invitation": Counter()}
        for (answers,) in connection.execute(text("SELECT CAST(answers AS TEXT) FROM brief")):  # type: ignore[attr-defined]  # because it is a connection
            found["brief"].update(re.findall(r"w\d+r\d+n[0-9a-f]{10}", answers))
        for (email,) in connection.execute(text("SELECT email FROM colleague_invitation")):  # type: ignore[attr-defined]  # because it is a connection
            found["invitation"][email.split("@")[0]] += 1
        return found

    def _check_integrity(self, engine: Engine) -> None:
        if engine.dialect.name != "sqlite":
            return
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if said != "ok" or loose:
            self.result.findings.append(f"the database is corrupt: {said}, {len(loose)} dangling references")

    def mails(self, patience: float = 120.0) -> None:
        """Wait until all e-mail is sent; report missing messages, and more duplicates than kills.

        Delivery is at least once: a kill between sending a message and recording that it is sent repeats it. The
        worker sends one message at a time, so each kill repeats at most one.
        """
        engine, until = create_engine(self.url), time.monotonic() + patience
        with engine.connect() as connection:
            while connection.scalar(text("SELECT count(*) FROM outbox_mail WHERE state <> 'sent'")) and time.monotonic() < until:  # fmt: skip
                connection.rollback()
                time.sleep(0.5)
            wanted = set(connection.scalars(text("SELECT message_id FROM outbox_mail")))
        engine.dispose()
        found: Counter[str] = Counter()
        for path in (self.folder / "mail").glob("*.eml"):
            identifier = re.search(rb"^Message-ID: *\r?\n? ?(<[^>]+>)", path.read_bytes(), re.MULTILINE)
            found[identifier[1].decode() if identifier else path.name] += 1
        self.result.mails, self.result.doubles = len(found), sum(found.values()) - len(found)
        if missing := wanted - set(found):
            self.result.findings.append(f"{len(missing)} mails were never sent")
        if self.result.doubles > self.result.kills:
            self.result.findings.append(f"{self.result.doubles} mails went out twice")


INCONSISTENCIES = {
    "briefs without their line in the audit log": (
        "SELECT count(*) FROM brief WHERE reference NOT IN "
        "(SELECT object_id FROM audit_event WHERE action = 'brief.create')"
    ),
    "lines in the audit log without their brief": (
        "SELECT count(*) FROM audit_event WHERE action = 'brief.create' AND object_id NOT IN (SELECT reference FROM brief)"
    ),
    "invitations without their mail": (
        "SELECT count(*) FROM colleague_invitation WHERE email NOT IN (SELECT recipient FROM outbox_mail)"
    ),
    "invitations more or fewer than their lines in the audit log": (
        "SELECT (SELECT count(*) FROM colleague_invitation) - "
        "(SELECT count(*) FROM audit_event WHERE action = 'organisation.invite_colleague')"
    ),
}


def run_crashes(
    database_url: str, folder: Path, *, kills: int, min_writes: int = 0, seconds: float = 1.5
) -> CrashRunResult:
    """Kill the service repeatedly, until enough writes have been acknowledged."""
    from tests.support.data_sets import close

    folder.mkdir(parents=True, exist_ok=True)
    run = CrashRun(database_url, folder)
    run.begin()
    run.start()
    try:
        while run.result.kills < kills or run.result.acknowledged < min_writes:
            run.round(seconds * random.uniform(0.4, 1.6))
            if run.result.kills % 10 == 0:
                print(run.result, flush=True)  # noqa: T201 because a long run reports its progress
        run.mails()
    finally:
        run.kill()
        close(run.app)
    return run.result


def main() -> None:
    """Run a long crash test on one or both databases."""
    from tests.support import databases

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--writes", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    failed = False
    for name in options.database or ("sqlite", "postgresql"):
        with (
            tempfile.TemporaryDirectory() as folder,
            getattr(databases, name)() as database,
            database.new() as url,
        ):
            place = f"sqlite:///{folder}/crash_test.sqlite3" if name == "sqlite" else url
            result = run_crashes(
                place, Path(folder), kills=options.kills, min_writes=options.writes, seconds=options.seconds
            )
            print(f"{name}: {result}", flush=True)  # noqa: T201 because it is the output of the command
            failed = failed or bool(result.findings)
    sys.exit(failed)


if __name__ == "__main__":
    main()
