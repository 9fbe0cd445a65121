"""Rate limit of list pages: per client, across processes, and not evaded by forged headers."""

import sqlite3

import pytest

from marketplace.core import request_state
from marketplace.core.database import db
from tests import factories


def test_list_pages_over_limit_are_429_across_processes(make_app, monkeypatch):
    monkeypatch.setattr(request_state, "_current_minute", lambda: 42)
    browsers = [make_app(list_pages_per_minute=60).test_client() for _each in range(2)]
    for browser in browsers:
        browser.check_pages = False
    statuses = [browsers[number % 2].get("/gardens").status_code for number in range(62)]
    assert statuses == [200] * 60 + [429] * 2
    refused = browsers[0].get("/suppliers")
    assert refused.headers["Retry-After"] == "60"
    assert "Vent et minutt" in refused.text
    assert browsers[0].get("/gardens", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert browsers[0].get("/how-it-works").status_code == 200


@pytest.mark.once
def test_counting_connection_closes_with_fsync(app, monkeypatch):
    """The last connection that closes writes the WAL of a killed process to the database file, and deletes it."""
    statements = []
    connect = sqlite3.connect

    def traced(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(request_state.sqlite3, "connect", traced)
    assert request_state.count_request(db.engine, "somebody") == 1
    assert statements[0] == "PRAGMA synchronous = OFF"
    assert statements[-1] == "PRAGMA synchronous = FULL"


def test_signed_in_users_at_one_address_are_counted_separately(make_app, monkeypatch):
    monkeypatch.setattr(request_state, "_current_minute", lambda: 44)
    app = make_app(list_pages_per_minute=3)
    people = [app.test_client().sign_in(factories.user(name).id) for name in ("Kari", "Ola")]
    statuses = [person.get("/gardens").status_code for person in people for _each in range(3)]
    assert statuses == [200] * 6
    assert [person.get("/gardens").status_code for person in people] == [429] * 2


def test_forged_forwarded_address_is_ignored_without_trusted_proxy(make_app, monkeypatch):
    monkeypatch.setattr(request_state, "_current_minute", lambda: 43)
    browser = make_app(list_pages_per_minute=3).test_client()
    statuses = [
        browser.get("/gardens", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(5)
    ]
    assert statuses == [200] * 3 + [429] * 2
    trusted = make_app(list_pages_per_minute=3, trusted_proxies=1).test_client()
    statuses = [
        trusted.get("/gardens", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(5)
    ]
    assert statuses == [200] * 5


def test_ipv4_visitors_of_a_server_that_listens_on_ipv6_are_counted_separately(make_app, monkeypatch):
    monkeypatch.setattr(request_state, "_current_minute", lambda: 45)
    browser = make_app(list_pages_per_minute=3).test_client()
    addresses = [f"::ffff:192.0.2.{n}" for n in range(5)]
    statuses = [
        browser.get("/gardens", environ_base={"REMOTE_ADDR": address}).status_code for address in addresses
    ]
    assert statuses == [200] * 5
