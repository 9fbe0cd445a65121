"""Each transaction that changes rows leaves a row in the audit log, or under seal; what need not is listed with why."""

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
from marketplace.demo import timeline
from marketplace.demo import use_cases as demo
from marketplace.demo.people import demo_people
from tests.support.browser import Browser

RECORDS = {"audit_event", "sealed_event"}
NEED_NONE = {
    "sign_in_session": "that a session was used, for whom it acts now, and that it ended",
    "throttle": "counts of tries, forgotten after a day",
    "notice": "that a message was read",
    "outbox_mail": "that a mail was sent",
    "visit_count": "counts of pages, about nobody",
    "proposal.outcome_seen_at": "that a supplier has read its letter",
    "invitation.seen_at": "that a supplier has read an invitation",
    "invitation.state": "that a supplier has read an invitation",
    "taken_form": "a form's own mark against being taken twice",
}
PUT_IN_PLACE = frozenset({"user_account"})
"""Some of the demo's people are put in place without registering; whoever registers leaves a record with the organisation."""
CHANGING = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def parts(table: str, statement: str) -> set[str]:
    """Return what a statement changes: a table's column for each that an UPDATE sets, else the table."""
    if not statement.lstrip().upper().startswith("UPDATE"):
        return {table}
    assigned = re.split(r"\bWHERE\b", statement.split(" SET ", 1)[1])[0]
    return {f"{table}.{column}" for column in re.findall(r"(\w+)\s*=", assigned)}


@contextlib.contextmanager
def transactions(engine: Engine) -> Iterator[list[frozenset[str]]]:
    """Collect, for each committed transaction, the tables it has changed."""
    done: list[frozenset[str]] = []

    def changed(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        found = CHANGING.match(statement)
        is_new = statement.lstrip().upper().startswith("INSERT")  # its count is known only when it is read
        if found and (is_new or cursor.rowcount):
            connection.info.setdefault("changed", set()).update(parts(found[1], statement))

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
        and not all(part in NEED_NONE or part.split(".")[0] in NEED_NONE for part in changed)
    }


def one_by_one(events: Iterator[timeline.TimelineEvent]) -> Iterator[timeline.TimelineEvent]:
    """Live through acts as people do, each with its own commit."""
    for one in events:
        with clock.as_of(one.at), transaction():
            one.action()
        yield one


@pytest.mark.exhaustive
@pytest.mark.once
def test_every_change_in_the_demo_data_is_audited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each act in a transaction of its own, as in life; the demo itself takes many together to be quick.
    monkeypatch.setattr(timeline.Timeline, "_run_actions", staticmethod(one_by_one))
    monkeypatch.setattr(demo, "_settle", session.commit)
    with transactions(db.engine) as done:
        demo.fill(Progress(disable=True))
        worker.run_jobs()
    assert len(done) > 300
    assert unrecorded(done) <= {PUT_IN_PLACE}
    count, fault = audit.verify()
    assert fault is None
    assert count > 500


@pytest.mark.once
@pytest.mark.usefixtures("demo_world")
def test_every_change_by_demo_users_is_audited(app: Flask) -> None:
    with transactions(db.engine) as done:
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


def test_audit_log_holds_no_names_addresses_or_hashes(demo_world: Flask) -> None:
    from sqlalchemy import select

    from marketplace.accounts.models import User
    from marketplace.audit.models import AuditEvent

    words = [
        word for user in session.scalars(select(User)) for word in (user.name, user.email, user.password_hash)
    ]
    for row in session.scalars(select(AuditEvent)):
        told = f"{row.details} {row.changes}"
        assert [word for word in words if word in told] == [], row.id
