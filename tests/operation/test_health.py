"""Health endpoints, metrics and logs."""

import datetime as dt
import json
import logging
import socket
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from marketplace.core import clock, i18n, request_state
from marketplace.core.database import db, session
from marketplace.database import migrate
from marketplace.operation import health, logs, metric_files, metrics
from marketplace.outbox.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.both_databases

TOKEN = "et langt ord med tall 47"
PRODUCTION = {
    "PRODUCTION": "1", "SITE_URL": "https://torget.example", "SECRET_KEY": "8f1b2c3d4e5a69788796a5b4c3d2e1f00f1e2d3c"
}  # fmt: skip
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def parts(client, path="/readyz"):
    answer = client.get(path)
    return answer.status_code, {name for name, said in answer.json["parts"].items() if said != "ok"}


def waiting_mail(minutes, **values):
    since = clock.now() - dt.timedelta(minutes=minutes)
    session.add(
        OutboxMail(message_id=f"<{minutes}@x>", recipient="a@b.example", subject="s", body="b", locale="nb",
                   created_at=since, next_attempt_at=since, **values)
    )  # fmt: skip
    session.commit()


def test_readyz_is_ok_when_the_worker_is_alive(client):
    assert parts(client) == (503, {"worker"})
    request_state.record_heartbeat("worker")
    assert parts(client) == (200, set())
    assert client.get("/livez").status_code == 200


def test_readyz_reports_a_silent_worker(client):
    with clock.as_of(clock.now() - dt.timedelta(minutes=4)):
        request_state.record_heartbeat("worker")
    assert parts(client) == (503, {"worker"})
    assert parts(client, "/healthz") == (200, set())


def test_healthz_reports_overdue_mail(client):
    request_state.record_heartbeat("worker")
    waiting_mail(9)
    assert parts(client) == (200, set())
    waiting_mail(11)
    assert parts(client) == (503, {"mail"})
    assert parts(client, "/healthz") == (503, {"mail"})


def test_healthz_ignores_refused_addresses(client):
    waiting_mail(60, last_error="SMTPRecipientsRefused: {}", attempts=3)
    assert parts(client, "/healthz") == (200, set())


def test_readyz_reports_an_old_schema(app, client):
    request_state.record_heartbeat("worker")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert parts(client) == (503, {"schema"})
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": migrate.head()})


def test_healthz_reports_an_unreachable_database(make_app):
    away = make_app(database_url="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1").test_client()
    status, wrong = parts(away, "/healthz")
    assert status == 503
    assert "database" in wrong
    assert away.get("/livez").status_code == 200


def test_error_page_is_not_in_the_language_of_an_earlier_request(app, client, monkeypatch):
    cookie = client.sign_in(factories.user().id).get_cookie("session")

    def fail(*_arguments):
        raise OperationalError("SELECT 1", {}, Exception("down"))

    monkeypatch.setattr("marketplace.app.load_signed_in_person", fail)
    with app.test_request_context("/home", headers={"Cookie": f"session={cookie.value}"}):
        i18n.set_locale("en")  # left by an earlier request in the same thread
        assert "Det er stor pågang akkurat nå" in app.full_dispatch_request().get_data(as_text=True)


def test_healthz_reports_a_full_or_read_only_disk(client, monkeypatch):
    monkeypatch.setattr(health, "MIN_FREE_MEGABYTES", 10**9)
    assert parts(client, "/healthz") == (503, {"disk"})
    monkeypatch.setattr(health.tempfile, "NamedTemporaryFile", _refuse)
    assert client.get("/healthz").json["parts"]["disk"] == "cannot be written to"


def _refuse(*_arguments, **_options):
    raise OSError(30, "Read-only file system")


def test_metrics_require_a_token_from_everybody(make_app):
    """A proxy on the same machine may pass on requests without X-Forwarded-For."""
    closed = make_app().test_client()
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        assert closed.get("/metrics", headers=header).status_code == 404
    asked = make_app(metrics_token=TOKEN).test_client()
    assert asked.get("/metrics").status_code == 404
    assert asked.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert asked.get("/metrics", headers=BEARER).status_code == 200


def test_check_command_lists_doubtful_settings_and_faults(command):
    result = command("check")
    assert (result.exit_code, result.output) == (1, "Error: The worker has never reported.\n")
    request_state.record_heartbeat("worker")
    assert command("check").exit_code == 0
    result = command("check", **PRODUCTION)
    assert result.exit_code == 1
    assert "MAIL_HOST is empty" in result.output
    result = command("check", SECOND_FACTOR="0", **PRODUCTION)
    assert "SECOND_FACTOR cannot be turned off in production" in result.output


def test_check_command_names_the_settings_of_a_mail_server_that_does_not_answer(command):
    request_state.record_heartbeat("worker")
    result = command("check", MAIL_HOST="127.0.0.1", MAIL_PORT="1")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The mail server 127.0.0.1:1 cannot be used: ")
    assert "Check MAIL_HOST, MAIL_PORT" in result.output


def test_server_names_the_remedy_if_it_cannot_listen(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = command("serve", "--bind", address)
    assert result.exit_code == 1
    assert f"cannot listen on {address}" in result.output
    assert "--bind" in result.output
    assert command("serve", "--bind", "127.0.0.1:80000").exit_code == 1


@pytest.mark.parametrize("name", ["LISTEN_FDS", "GUNICORN_FD"])
def test_server_that_takes_over_sockets_needs_no_free_address(command, tmp_path, monkeypatch, name):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # the command sets it
    database = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = command("serve", "--bind", address, DATABASE_URL=database, **{name: "1"})
    assert "run `marketplace db upgrade`" in result.output


@pytest.mark.once
def test_worker_refuses_a_database_that_is_not_upgraded(command, tmp_path):
    result = command("worker", "--once", DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert result.exit_code == 1
    assert "run `marketplace db upgrade`" in result.output


def test_metrics_are_summed_over_processes(tmp_path):
    script = """
import os, sys
from pathlib import Path
from marketplace.operation import metric_files
metric_files.share_between_processes(Path(sys.argv[1]) / "metrics")
from marketplace.operation.metrics import HttpMetrics
http_metrics = HttpMetrics()
def count():
    for _ in range(50):
        http_metrics.observe("GET", "/", 200, 0.02)
count()
children = []
for _ in range(3):
    child = os.fork()
    if not child:
        count()
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
    metric_files.mark_process_dead(child)
print(http_metrics.exposition({"mails_waiting": 3}).decode())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    lines = done.stdout.splitlines()
    assert 'http_requests_total{method="GET",route="/",status="200"} 200.0' in lines
    assert 'http_request_duration_seconds_bucket{le="0.01"} 0.0' in lines
    assert 'http_request_duration_seconds_bucket{le="0.025"} 200.0' in lines
    assert "http_request_duration_seconds_count 200.0" in lines
    assert "mails_waiting 3.0" in lines


def test_metrics_on_a_full_disk_do_not_fail_the_request(make_app, monkeypatch, tmp_path):
    app = make_app(metrics_token=TOKEN)
    monkeypatch.setenv(metric_files.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(metrics, "reserve_files", _refuse)
    app.extensions["http_metrics"]._pid = -1  # as in a process that has just been forked
    client = app.test_client()
    assert [client.get("/suppliers").status_code for _each in range(2)] == [200, 200]
    monkeypatch.delenv(metric_files.FOLDER_VARIABLE)
    assert 'route="/suppliers"' not in client.get("/metrics", headers=BEARER).text


def test_metrics_count_responses_by_route_not_by_path(make_app):
    client = make_app(metrics_token=TOKEN).test_client()
    client.get("/suppliers?q=hemmelig")
    client.get("/suppliers/finnes-ikke")
    text_ = client.get("/metrics", headers=BEARER).text
    assert 'http_requests_total{method="GET",route="/suppliers",status="200"} 1' in text_
    assert 'route="/suppliers/<slug>",status="404"} 1' in text_
    assert "http_request_duration_seconds_count" in text_
    assert "hemmelig" not in text_
    assert "finnes-ikke" not in text_


@pytest.fixture
def lines():
    """The log records as JSON, in a list."""
    kept = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(json.loads(self.format(record)))

    handler, root = Keep(), logging.getLogger("marketplace")
    handler.setFormatter(logs.JsonLines())
    before = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


def test_request_log_holds_ids_and_nothing_private(app, lines):
    person = factories.member(factories.company(), name="Kari Lyngstad")
    browser = app.test_client().sign_in(person.user_id)
    browser.get("/suppliers?q=planlagt-ord", headers={"User-Agent": "planlagt-nettleser"})
    browser.get("/reset/planlagt-hemmelighet")
    browser.post("/briefs/new", data={"own_words": "planlagt tekst"})
    told = [line for line in lines if line["message"] == "answered"]
    assert [line["route"] for line in told] == ["/suppliers", "/reset/<token>", "/briefs/new"]
    assert {line["user"] for line in told} == {person.user_id}
    assert {line["organisation"] for line in told} == {person.organisation_id}
    assert all({"time", "level", "request", "status", "ms", "method"} <= set(line) for line in told)
    assert len({line["request"] for line in told}) == 3
    assert "planlagt" not in json.dumps(lines, ensure_ascii=False)
    assert "Lyngstad" not in json.dumps(lines, ensure_ascii=False)


def test_exception_log_holds_type_and_location_only(app, lines, monkeypatch):
    before = app.view_functions["pages.how_it_works"]

    def broken():
        raise ValueError("planlagt innhold i et tilbud")

    broken.access_level = before.access_level
    monkeypatch.setitem(app.view_functions, "pages.how_it_works", broken)
    answer = app.test_client().get("/how-it-works")
    assert answer.status_code == 500
    failed = next(line for line in lines if line["level"] == "error")
    assert failed["error"] == "ValueError"
    assert any("broken" in place for place in failed["at"])
    assert failed["request"] == answer.headers["X-Request-ID"]
    assert "planlagt" not in json.dumps(lines, ensure_ascii=False)
