"""When the database is not writable, pages can be read, writes fail with 503 and keep the text, nothing is partial."""

import contextlib
import datetime as dt
import sqlite3
import time
from contextvars import ContextVar

import pytest
from sqlalchemy import event, func, make_url, select, update

from marketplace.accounts.models import SignInSession
from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief
from marketplace.core import clock, database
from marketplace.core.database import BEST_EFFORT_TIMEOUT_MS, db, session
from marketplace.organisations.models import Company
from marketplace.outbox.models import OutboxMail
from tests import factories
from tests.support.page_rules import HtmlPage
from tests.support.sql_capture import captured_sql

pytestmark = pytest.mark.both_databases

LONG = (
    "Vi selger 40 slags ost og tar nesten alle bestillinger på telefon, og rekker ikke å svare om sommeren."
)
COUNTED = (Brief, AuditEvent, OutboxMail, Company)


@pytest.fixture
def file(app):
    """The path of the SQLite database; skips on PostgreSQL."""
    url = make_url(app.config["SETTINGS"].database_url)
    if url.get_backend_name() != "sqlite":
        pytest.skip("a file is locked, full or read-only with SQLite")
    return url.database


@pytest.fixture
def person(app):
    person = factories.member(factories.company(of=factories.garden()))
    session.commit()
    return person


def counts():
    session.rollback()
    return [session.scalar(select(func.count()).select_from(model)) for model in COUNTED]


def assert_writes_fail(browser, before):
    """Check that reading works and that a write fails with its text kept; return the form to submit again."""
    for path in ("/home", "/suppliers", "/briefs", "/organisation"):
        assert browser.get(path).status_code == 200, path
    form = {"csrf_token": browser.csrf_token(), "own_words": LONG}
    answer = browser.post("/briefs/new", data=form, csrf=False)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert LONG in answer.text
    page = HtmlPage(answer.text)
    assert "Ingenting ble endret" in page.text
    assert counts() == before
    return {"csrf_token": page.all("input", name="csrf_token")[-1].get("value"), "own_words": LONG}


def test_full_disk_rejects_writes_and_keeps_the_text(file, make_app, person):
    full = make_app()
    browser = full.test_client().sign_in(person.user_id)
    before = counts()
    with full.app_context():
        engine = db.engine
        engine.dispose()

        @event.listens_for(engine, "connect")
        def limit_size(connection, _record):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
            free = connection.execute("PRAGMA freelist_count").fetchone()[0]
            assert free < 3

    for name in range(12):  # use up the free space in allocated pages
        browser.post("/briefs/new", data={"own_words": f"{name} {LONG * 15}"})
    left = counts()
    assert left[0] < before[0] + 12
    form = assert_long_write_fails(browser)
    with full.app_context():
        event.remove(engine, "connect", limit_size)
        engine.dispose()
    assert browser.post("/briefs/new", data=form, csrf=False).status_code == 303
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def assert_long_write_fails(browser):
    before = counts()
    text = LONG * 15
    assert browser.get("/home").status_code == 200
    answer = browser.post("/briefs/new", data={"own_words": text})
    assert answer.status_code == 503
    assert text in answer.text
    assert counts() == before
    page = HtmlPage(answer.text)
    return {"csrf_token": page.all("input", name="csrf_token")[-1].get("value"), "own_words": text}


def test_read_only_file_rejects_writes_and_keeps_the_text(file, app, make_app, person):
    browser = app.test_client().sign_in(person.user_id)
    browser.csrf_token()
    cookie = browser.get_cookie("session").value
    readonly = make_app(database_url=f"sqlite:///file:{file}?mode=ro&uri=true").test_client()
    readonly.set_cookie("session", cookie)
    form = assert_writes_fail(readonly, counts())
    assert browser.post("/briefs/new", data=form, csrf=False).status_code == 303


def test_locked_database_rejects_writes_after_the_timeout(file, app, person, monkeypatch):
    assert database._lock_timeout_ms.get() == database.BUSY_TIMEOUT_MS
    monkeypatch.setattr(database, "_lock_timeout_ms", ContextVar("shorter", default=500))
    browser = app.test_client().sign_in(person.user_id)
    before = counts()
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        began = time.monotonic()
        form = assert_writes_fail(browser, before)
        assert time.monotonic() - began > 0.5
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert browser.post("/briefs/new", data=form, csrf=False).status_code == 303
    assert counts()[0] == before[0] + 1


def test_locked_database_does_not_fail_session_updates(file, app, person):
    browser = app.test_client().sign_in(person.user_id)
    long_ago = clock.now() - dt.timedelta(minutes=5)
    session.execute(update(SignInSession).values(last_seen_at=long_ago))
    session.commit()
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        with captured_sql() as said:
            assert browser.get("/home").status_code == 200
        waits = {one for one in said if "busy_timeout" in one}
        assert waits == {f"PRAGMA busy_timeout = {BEST_EFFORT_TIMEOUT_MS}"}, (
            "a best-effort write waits only briefly"
        )
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert session.scalar(select(SignInSession.last_seen_at)) == long_ago
    assert browser.get("/home").status_code == 200
    session.rollback()
    assert session.scalar(select(SignInSession.last_seen_at)) > long_ago
