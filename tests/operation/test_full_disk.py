"""A full file system: the server reads on, refuses writes with the text kept, and recovers without a restart."""

import contextlib
import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, make_url, select

from marketplace.core.database import session
from marketplace.files.models import StoredFile
from marketplace.operation import metric_files
from tests.operation.crash_run import ROOT
from tests.support.upload_forms import CONTENT_TYPE, WORDS, body, texts_in, upload_pages
from tests.support.web_servers import free_port

IMAGE_MEGABYTES = 160
READ_PATHS = ("/", "/home", "/suppliers", "/briefs", "/gardens", "/livez", "/metrics")
TOKEN = "read-the-metrics-here"
OWN_WORDS = "Vi vil selge ost på nett, og rekker ikke å svare på alle bestillingene om sommeren."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small ext4 image. Skips where mounting is not permitted."""
    image, folder = tmp_path / "image", tmp_path / "disk"
    image.touch()
    folder.mkdir()
    os.truncate(image, IMAGE_MEGABYTES << 20)
    for words in (["mkfs.ext4", "-q", "-m", "0", image], ["mount", "-o", "loop", image, folder]):
        if shutil.which(str(words[0])) is None:
            pytest.skip(f"{words[0]} is not installed")
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{words[0]} is not permitted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path) -> None:
    """Write to a disk until nothing is left, not even part of a page."""
    for size in (1 << 20, 4096, 512):
        with contextlib.suppress(OSError), (disk / f"filler-{size}").open("wb", buffering=0) as file:
            while file.write(b"x" * size) == size:
                pass
    assert os.statvfs(disk).f_bavail == 0


class Server:
    """A server with two processes on a database on a disk, and a person who uses it in a browser."""

    def __init__(self, app: Flask, disk: Path) -> None:
        settings, self.port, self.cookies = app.config["SETTINGS"], free_port(), dict[str, str]()
        instance = disk / "instance"
        instance.mkdir()
        with contextlib.closing(sqlite3.connect(str(make_url(settings.database_url).database))) as source:
            source.execute("VACUUM INTO ?", (str(instance / "marketplace.sqlite3"),))
        environ = os.environ | {
            "PYTHONPATH": str(ROOT), "INSTANCE_PATH": str(instance), "DATABASE_URL": "", "DEMO": "1",
            "SECRET_KEY": settings.secret_key, "SEAL_KEYS": settings.seal_keys, "LIST_PAGES_PER_MINUTE": "0",
            "TMPDIR": str(disk), "METRICS_TOKEN": TOKEN,
        }  # fmt: skip
        self.log = (disk.parent / "server.log").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marketplace.cli", "serve", "--bind", f"127.0.0.1:{self.port}"],
            env=environ, stdout=subprocess.DEVNULL, stderr=self.log, cwd=instance,
        )  # fmt: skip
        for _attempt in range(300):
            with contextlib.suppress(OSError):
                assert self.ask("/livez")[0] == 200
                return
            time.sleep(0.2)
        pytest.fail("the server did not start")

    def ask(
        self,
        path: str,
        form: dict[str, str] | bytes | None = None,
        content_type: str = "application/x-www-form-urlencoded",
        referrer: str = "",
    ) -> tuple[int, str, Message]:
        """Return status, text and headers, without following a redirect."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            headers = {
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Authorization": f"Bearer {TOKEN}",
                "Referer": f"http://127.0.0.1:{self.port}{referrer}",
            }
            body = urllib.parse.urlencode(form) if isinstance(form, dict) else form
            if body is not None:
                headers["Content-Type"] = content_type
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _sign, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode(), answer.headers

    def token(self, path: str) -> str:
        """Return the CSRF token on a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask(path)[1])
        assert found
        return found[1]

    def sign_in(self, person: str) -> dict[str, str]:
        """Sign a demo user in, and return the cookies."""
        self.cookies = {}
        form = {"csrf_token": self.token("/sign-in"), "person": person}
        assert self.ask("/sign-in/demo", form)[0] == 303
        return self.cookies

    def stop(self) -> str:
        """Stop the server and return its log."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.seek(0)
        with self.log:
            return self.log.read().decode()


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.exhaustive
def test_full_disk_refuses_writes_only_and_kills_no_process(demo_app: Flask, small_disk: Path) -> None:
    server = Server(demo_app, small_disk)
    try:
        server.sign_in("company")
        token = server.token("/briefs/new")
        fill(small_disk)
        statuses = Counter((path, server.ask(path)[0]) for _round in range(8) for path in READ_PATHS)
        assert statuses == dict.fromkeys(((path, 200) for path in READ_PATHS), 8)
        assert server.ask("/healthz")[0] == 503
        form = {"csrf_token": token, "own_words": OWN_WORDS, "shown": "yes", "then": "begin"}
        for _attempt in range(4):
            status, html, headers = server.ask("/briefs/new", form)
            assert (status, OWN_WORDS in html, headers["Retry-After"]) == (503, True, "5")
        for filler in small_disk.glob("filler-*"):
            filler.unlink()
        assert server.ask("/briefs/new", form)[0] == 303
        assert server.ask("/healthz")[0] == 200
    finally:
        log = server.stop()
    assert "SIGBUS" not in log
    assert "Traceback" not in log


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.exhaustive
def test_full_disk_refuses_uploads_with_the_text_and_stores_nothing(
    demo_app: Flask, small_disk: Path
) -> None:
    """An import refuses the file before it would store anything: it is not a table."""
    pages = upload_pages()
    before = session.scalar(select(func.count()).select_from(StoredFile))
    server = Server(demo_app, small_disk)
    try:
        people = {"curator": "garden"}
        people = {page.role: "garden" if page.role == "curator" else page.role for page in pages}
        cookies = {role: server.sign_in(person) for role, person in people.items()}
        forms = []
        for page in pages:
            server.cookies = cookies[page.role]
            forms.append(page.form_on(server.ask(page.path)[1]))
        fill(small_disk)
        for page, form in zip(pages, forms, strict=True):
            server.cookies = cookies[page.role]
            for size in (400_000, 5_000_000):
                status, html, _headers = server.ask(form.action, body(form, size), CONTENT_TYPE, page.path)
                assert status == (422 if page.path.endswith("/import") else 503), page
                assert set(texts_in(page.form_on(html))) <= {WORDS, ""}, page
        for filler in small_disk.glob("filler-*"):
            filler.unlink()
        assert server.ask("/healthz")[0] == 200
        with contextlib.closing(sqlite3.connect(small_disk / "instance" / "marketplace.sqlite3")) as stored:
            assert stored.execute("SELECT count(*) FROM stored_file").fetchone()[0] == before
    finally:
        log = server.stop()
    assert "Traceback" not in log


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.exhaustive
def test_metric_files_on_a_full_disk_leave_nothing_behind(small_disk: Path) -> None:
    """prometheus_client fails on an empty file, and a sparse one kills the process that writes to it."""
    fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        metric_files.reserve_files(small_disk)
    assert list(small_disk.glob("*.db")) + list(small_disk.glob("*.unfinished")) == []
