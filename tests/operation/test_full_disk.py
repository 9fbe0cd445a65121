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
from sqlalchemy import make_url

from marketplace.operation import metric_files
from tests.operation.crash_run import ROOT
from tests.support.web_servers import free_port

IMAGE_MEGABYTES = 160
READ_PATHS = ("/", "/home", "/suppliers", "/briefs", "/gardens", "/livez", "/metrics")
TOKEN = "read-the-metrics-here"
WORDS = "Vi vil selge ost på nett, og rekker ikke å svare på alle bestillingene om sommeren."


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

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, Message]:
        """Return status, text and headers, without following a redirect."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            headers = {
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Authorization": f"Bearer {TOKEN}",
            }
            body = None if form is None else urllib.parse.urlencode(form)
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
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
        person = re.search(r'name="person" value="([^"]+)"', server.ask("/sign-in")[1])
        assert person
        form = {"csrf_token": server.token("/sign-in"), "person": "company"}
        assert server.ask("/sign-in/demo", form)[0] == 303
        token = server.token("/briefs/new")
        fill(small_disk)
        statuses = Counter((path, server.ask(path)[0]) for _round in range(8) for path in READ_PATHS)
        assert statuses == dict.fromkeys(((path, 200) for path in READ_PATHS), 8)
        assert server.ask("/healthz")[0] == 503
        form = {"csrf_token": token, "own_words": WORDS, "shown": "yes", "then": "begin"}
        for _attempt in range(4):
            status, html, headers = server.ask("/briefs/new", form)
            assert (status, WORDS in html, headers["Retry-After"]) == (503, True, "5")
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
def test_metric_files_on_a_full_disk_leave_nothing_behind(small_disk: Path) -> None:
    """prometheus_client fails on an empty file, and a sparse one kills the process that writes to it."""
    fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        metric_files.reserve_files(small_disk)
    assert list(small_disk.glob("*.db")) + list(small_disk.glob("*.unfinished")) == []
