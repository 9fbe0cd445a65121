"""The audit log: one event for each act, with old and new values, in a tamper-evident chain."""

import threading
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import User
from marketplace.audit import queries
from marketplace.audit.chain import START
from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import db, session, transaction
from marketplace.core.viewer import Viewer
from marketplace.database import migrate, triggers
from tests import factories

pytestmark = pytest.mark.both_databases

WRITERS, ACTS = 8, 25


def record_events(count: int = 1) -> None:
    for number in range(count):
        with transaction():
            record(
                Viewer(user_id=1, organisation_id=2), "test.act", "thing", number, word="ærlig", list=(1, 2)
            )


def rows() -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def execute_without_triggers(statement: str) -> None:
    """Execute a statement without the triggers, as an owner of the database file could."""
    session.commit()
    with db.engine.begin() as connection:
        triggers.remove(connection)
        connection.execute(text(statement))
        triggers.install(connection)
    session.expire_all()


def test_event_holds_actor_action_and_previous_hash(app: Any) -> None:
    record_events(2)
    first, second = rows()
    assert (second.actor_id, second.organisation_id, second.action, second.object_type, second.object_id) == (
        1, 2, "test.act", "thing", "1",
    )  # fmt: skip
    assert abs((second.at - clock.now()).total_seconds()) < 60
    assert first.previous_hash == START
    assert second.previous_hash == first.hash
    assert queries.verify() == (2, None)


def test_changes_are_recorded_without_secrets(app: Any) -> None:
    user_id = factories.user(locale="nb").id
    with transaction():
        user = session.get_one(User, user_id)
        user.locale, user.is_active, user.password_hash, user.name = "nn", False, "another", "Nytt Navn"
        record(Viewer(user_id=user.id), "account.change_profile", "user", user.id)
    changed = rows()[-1].changes
    assert changed == {f"user_account:{user.id}": {"locale": ["nb", "nn"], "is_active": [True, False]}}


@pytest.mark.parametrize("detail", ["Ane Kvist svarte ikke", ["ok", "to ord"], {"why": "x" * 65}])
def test_prose_in_details_is_refused(app: Any, detail: object) -> None:
    with pytest.raises(ValueError, match="could never be erased"), transaction():
        record(Viewer(user_id=1), "test.act", "thing", 1, reason=detail)
    assert rows() == []


def test_event_is_rolled_back_with_its_change(app: Any) -> None:
    record_events()
    with pytest.raises(ZeroDivisionError), transaction():
        record(None, "test.act", "thing", 1)
        _ = 1 / 0
    record_events()
    assert queries.verify() == (2, None)


def test_event_can_be_read_in_the_same_transaction(app: Any) -> None:
    with transaction():
        record(None, "test.act", "thing", 1)
        assert session.scalar(select(AuditEvent.action)) == "test.act"
        record(None, "test.other", "thing", 1)
    assert [row.action for row in rows()] == ["test.act", "test.other"]
    assert queries.verify() == (2, None)


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_triggers_reject_updates_and_deletions(app: Any, statement: str) -> None:
    record_events(2)
    with pytest.raises(DBAPIError, match="cannot be changed or deleted"):
        session.execute(text(statement))
    session.rollback()
    assert len(rows()) == 2


def test_postgresql_trigger_rejects_truncate(app: Any) -> None:
    record_events()
    if db.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="cannot be changed or deleted"):
            session.execute(text("TRUNCATE audit_event"))
        session.rollback()
    assert len(rows()) == 1


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_event SET action = 'test.acu' WHERE id = 2", 2),
        ("UPDATE audit_event SET actor_id = 7 WHERE id = 3", 3),
        ("UPDATE audit_event SET details = '{}' WHERE id = 4", 4),
        ("DELETE FROM audit_event WHERE id = 2", 3),
        ("DELETE FROM audit_event WHERE id = 1", 2),
        ("UPDATE audit_event SET at = '2020-01-01 00:00:00+00:00' WHERE id = 5", 5),
    ],
)
def test_verify_reports_the_first_tampered_row(command: Any, statement: str, broken: int) -> None:
    record_events(5)
    first = rows()[0].id
    execute_without_triggers(statement if first == 1 else statement.replace("id = ", f"id = {first - 1} + "))
    count, fault = queries.verify()
    assert fault is not None
    assert fault.event_id == broken + first - 1
    assert count < 5
    done = command("audit", "verify")
    assert done.exit_code == 1
    assert f"row {fault.event_id}" in done.output


def test_verify_with_head_detects_a_truncated_log(command: Any) -> None:
    record_events(3)
    earlier_head = command("audit", "head").output.strip()
    assert earlier_head == rows()[-1].hash
    record_events()
    assert command("audit", "verify", "--head", earlier_head).exit_code == 0
    execute_without_triggers("DELETE FROM audit_event WHERE id >= (SELECT max(id) - 1 FROM audit_event)")
    assert command("audit", "verify").exit_code == 0
    assert command("audit", "verify", "--head", earlier_head).exit_code == 1


def test_chain_is_valid_with_concurrent_writers(app: Any) -> None:
    done: list[bool] = []

    def write() -> None:
        with app.app_context():
            record_events(ACTS)
        done.append(True)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == WRITERS
    assert queries.verify() == (WRITERS * ACTS, None)


def test_migration_chains_existing_rows(app: Any) -> None:
    record_events(4)
    session.remove()
    migrate.downgrade(db.engine, "0006")
    migrate.upgrade(db.engine)
    assert queries.verify() == (4, None)
