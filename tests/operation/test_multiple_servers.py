"""Two web servers on one database share sign-ins, rate limits, forms, time and list order."""

import re
import socket
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from sqlalchemy import func, select

from marketplace.briefs.models import Brief
from marketplace.config import Settings
from marketplace.core.database import session
from marketplace.server.gunicorn_worker import Worker
from marketplace.web.security import headers_for
from tests import factories
from tests.support import web_servers
from tests.support.web_servers import ask


@pytest.fixture
def ports(app, demo_app):
    """Two servers with one process each, on the test database."""
    settings = app.config["SETTINGS"]
    session.commit()
    environ = {
        "INSTANCE_PATH": str(settings.instance_path), "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key, "SEAL_KEYS": settings.seal_keys, "LIST_PAGES_PER_MINUTE": "40",
        "SECOND_FACTOR": "0",
    }  # fmt: skip
    with web_servers.running([environ, environ]) as found:
        yield found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /suppliers?q=" + b"9" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"no request at all\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"9" * 9000 + b"\r\n\r\n", 431),
    ],
)
def test_gunicorn_errors_have_the_security_headers(sent, status):
    """Error responses that gunicorn generates itself, through the worker's own handler."""
    ours, visitor = socket.socketpair()
    with ours, visitor:
        visitor.sendall(sent)
        visitor.shutdown(socket.SHUT_WR)
        worker = object.__new__(Worker)
        worker.cfg = Config()
        worker.log = Logger(worker.cfg)
        worker.wsgi = SimpleNamespace(config={"SETTINGS": Settings(production=True)})
        with pytest.raises(ParseException) as refused:
            next(RequestParser(worker.cfg, ours, ("192.0.2.1", 1)))
        worker.handle_error(None, ours, ("192.0.2.1", 1), refused.value)
        ours.close()
        answer = b"".join(iter(lambda: visitor.recv(65536), b"")).decode()
    head, _blank, body = answer.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    wanted = headers_for(Settings(production=True)) | {"Cache-Control": "no-store"}
    assert [name for name, value in wanted.items() if f"\r\n{name}: {value}" not in head] == []
    assert "<h1>" in body


@pytest.mark.slow
def test_two_servers_share_their_state(app, ports):
    one, other = ports
    person = factories.member(factories.company(of=factories.garden()))
    session.commit()
    browser = app.test_client().sign_in(person.user_id)
    token = browser.csrf_token()
    cookie = browser.get_cookie("session").value
    # sign-in
    assert ask(one, "/home", cookie)[0] == 200
    assert ask(other, "/home", cookie)[0] == 200
    # duplicate form
    form = {"csrf_token": token, "own_words": "Vi vil selge ost på nett."}
    before = session.scalar(select(func.count()).select_from(Brief))
    answers = [ask(port, "/briefs/new", cookie, form) for port in ports]
    assert [status for status, _text, _headers in answers] == [303, 303]
    assert len({headers["Location"] for _status, _text, headers in answers}) == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Brief)) == before + 1
    # a write is visible at the other server at once
    reference = re.search(r"/briefs/([\w-]+)/", answers[0][2]["Location"])[1]
    assert ask(other, f"/briefs/{reference}/guide/need", cookie)[0] == 200
    # list order
    lists = [
        re.findall(r'href="(/suppliers/[\w-]+)"', ask(port, "/suppliers?q=nettbutikk")[1]) for port in ports
    ]
    assert lists[0]
    assert lists[0] == lists[1]
    # rate limit
    statuses = [ask(ports[number % 2], "/gardens")[0] for number in range(80)]
    assert 429 in statuses
    assert statuses.count(200) <= 2 * 40
    # sign-out
    assert ask(one, "/sign-out", cookie, {"csrf_token": token})[0] == 303
    assert ask(other, "/home", cookie)[0] == 303
