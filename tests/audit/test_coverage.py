"""Each transaction that changes rows adds an audit event or a sealed event; exceptions are listed with a reason."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from rich.progress import Progress
from sqlalchemy import Engine, event

from marketplace import worker
from marketplace.accounts import queries as people
from marketplace.audit import queries as audit
from marketplace.core import clock
from marketplace.core.database import db, session, transaction
from marketplace.demo import timeline, use_cases as demo
from marketplace.demo.people import demo_people
from tests.support.browser import Browser

RECORDS = {"audit_event", "sealed_event"}
EXEMPT = {
    "sign_in_session": "use, chosen organisation and end of a session",
    "throttle": "attempt counters, purged after a day",
    "notice": "a notice was read",
    "outbox_mail": "an e-mail was sent",
    "visit_count": "anonymous page counts",
    "proposal.outcome_seen_at": "a supplier has read its letter",
    "invitation.seen_at": "a supplier has read an invitation",
    "invitation.state": "a supplier has read an invitation",
    "form_draft": "unsent text, private to its author",
    "taken_form": "idempotency keys of processed forms",
}
INSERTED_DIRECTLY = frozenset({"user_account"})
FACTS = frozenset({"report_fact"})
"""Rows that the worker adds about earlier changes, which were audited then."""
"""Demo users are inserted directly; real registrations are recorded with the organisation."""
CHANGING = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def changed_parts(table: str, statement: str) -> set[str]:
    """Return the changed columns of an UPDATE as table.column, or else the table."""
    if not statement.lstrip().upper().startswith("UPDATE"):
        return {table}
    assigned = re.split(r"\bWHERE\b", statement.split(" SET ", 1)[1])[0]
    return {f"{table}.{column}" for column in re.findall(r"(\w+)\s*=", assigned)}


@contextlib.contextmanager
def recorded_transactions(engine: Engine) -> Iterator[list[frozenset[str]]]:
    """Collect the changed tables of each committed transaction."""
    done: list[frozenset[str]] = []

    def changed(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        match = CHANGING.match(statement)
        is_new = (
            statement.lstrip().upper().startswith("INSERT")
        )  # the row count of INSERT ... RETURNING is not yet known
        if match and (is_new or cursor.rowcount):
            connection.info.setdefault("changed", set()).update(changed_parts(match[1], statement))

    def committed(connection: Any) -> None:
        tables = connection.info.pop("changed", None)
        if tables:
            done.append(frozenset(tables))

    def rolled_back(connection: Any) -> None:
        connection.info.pop("changed", None)

    listeners = (("after_cursor_execute", changed), ("commit", committed), ("rollback", rolled_back))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield done
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def unrecorded(done: list[frozenset[str]]) -> set[frozenset[str]]:
    return {
        changed
        for changed in done
        if not changed & RECORDS
        and not all(part in EXEMPT or part.split(".")[0] in EXEMPT for part in changed)
    }


def commit_each(events: Iterator[timeline.TimelineEvent]) -> Iterator[timeline.TimelineEvent]:
    """Run the events of the demo with one commit each, as in production."""
    for demo_event in events:
        with clock.as_of(demo_event.at), transaction():
            demo_event.action()
        yield demo_event


@pytest.mark.exhaustive
@pytest.mark.once
def test_every_change_in_the_demo_data_is_audited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # One transaction for each act, as in production; the demo commits many together to be fast.
    monkeypatch.setattr(timeline.Timeline, "_run_actions", staticmethod(commit_each))
    monkeypatch.setattr(demo, "_process_old_messages", session.commit)
    with recorded_transactions(db.engine) as done:
        demo.fill(Progress(disable=True))
        worker.run_jobs()
    assert len(done) > 300
    assert unrecorded(done) <= {INSERTED_DIRECTLY, FACTS}
    count, fault = audit.verify()
    assert fault is None
    assert count > 500


@pytest.mark.usefixtures("demo_app")
def test_every_change_by_demo_users_is_audited(app: Flask) -> None:
    with recorded_transactions(db.engine) as done:
        for person in demo_people():
            user = people.find_user_by_email(person["email"])
            assert user is not None
            browser: Any = app.test_client().sign_in(user.id)
            assert isinstance(browser, Browser)
            browser.check_pages = False
            for page in (
                "/home",
                "/messages",
                "/account",
                "/account/data/export",
                "/proposals",
                "/opportunities",
            ):
                browser.get(page)
            browser.post("/messages/read")
            browser.post("/account", data={"name": person["name"], "locale": "nn"})
            browser.post("/sign-out")
    assert len(done) >= 3 * len(demo_people())
    assert unrecorded(done) == set()


def test_audit_log_holds_no_names_addresses_or_hashes(demo_app: Flask) -> None:
    from sqlalchemy import select

    from marketplace.accounts.models import User
    from marketplace.audit.models import AuditEvent

    words = [
        word for user in session.scalars(select(User)) for word in (user.name, user.email, user.password_hash)
    ]
    for row in session.scalars(select(AuditEvent)):
        recorded = f"{row.details} {row.changes}"
        assert [word for word in words if word in recorded] == [], row.id
