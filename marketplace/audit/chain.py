"""The hash chain of the audit log, and the session events that write its rows."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Integer, String, event, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session

START = "0" * 64
_LOCK = 7_264_311
_PENDING, _CHANGES = "audit_pending", "audit_changes"
_MAX_CODE_LENGTH = 20
_SECRET_PARTS = ("secret", "token", "hash", "password", "recovery", "code")
_UNRECORDED_COLUMNS = {"updated_at", "last_seen_at", "revision"}


def event_hash(previous: str, at: dt.datetime, fields: Sequence[Any]) -> str:
    """Return the hash of a row; `fields` are actor, organisation, action, object type and id, details, changes."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical([previous, moment, *fields]).encode()).hexdigest()


def expected_hash(row: AuditEvent) -> str:
    """Return the hash that a row should have, given its content and the previous hash that it names."""
    who = (row.actor_id, row.organisation_id)
    what = (row.action, row.object_type, row.object_id, row.details, row.changes)
    return event_hash(row.previous_hash, row.at, (*who, *what))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def enqueue(row: AuditEvent) -> None:
    """Queue a row until the end of the transaction, with the changes made so far.

    Chaining takes a lock that all writers need, so it is taken last, when no other lock is waited for.
    """
    db_session = session()
    db_session.connection()  # begin a transaction, or `after_rollback` would not fire
    row.details = json.loads(_canonical(row.details))
    row.changes = db_session.info.pop(_CHANGES, {})
    db_session.info.setdefault(_PENDING, []).append(row)


def write_pending(db_session: Session) -> None:
    """Chain and write the queued rows."""
    if not db_session.info.get(_PENDING):
        db_session.info.pop(_CHANGES, None)
        return
    db_session.flush()
    rows: list[AuditEvent] = db_session.info.pop(_PENDING)
    rows[-1].changes = _merge_changes(rows[-1].changes, db_session.info.pop(_CHANGES, {}))
    if db_session.get_bind().dialect.name == "postgresql":
        db_session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    with db_session.no_autoflush:
        previous = db_session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or START
        for row in rows:
            row.previous_hash = previous
            previous = row.hash = expected_hash(row)
            db_session.add(row)
        db_session.flush()


def _merge_changes(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    merged = {name: dict(values) for name, values in earlier.items()}
    for name, values in later.items():
        for column, (before, after) in values.items():
            first = merged.setdefault(name, {}).get(column, (before, after))[0]
            merged[name][column] = [first, after]
    return merged


@event.listens_for(session, "before_commit")
def _before_commit(db_session: Session) -> None:
    write_pending(db_session)


@event.listens_for(session, "after_rollback")
def _after_rollback(db_session: Session) -> None:
    db_session.info.pop(_PENDING, None)
    db_session.info.pop(_CHANGES, None)


@event.listens_for(session, "do_orm_execute")
def _write_before_read(state: ORMExecuteState) -> None:
    """Write the queued rows before the audit log is read in the same transaction."""
    waiting = state.session.info.get(_PENDING)
    if waiting and state.is_select and any(mapper.class_ is AuditEvent for mapper in state.all_mappers):
        write_pending(state.session)


@event.listens_for(session, "after_flush")
def _collect_changes(db_session: Session, _work: UOWTransaction) -> None:
    """Collect old and new values of the rows changed by a flush: codes, numbers, times and booleans.

    Longer texts are left out: they may hold names or sealed content.
    """
    for instance in db_session.dirty:
        state = inspect(instance)
        if (
            isinstance(instance, AuditEvent)
            or getattr(instance, "is_under_seal", False)
            or not state.identity
        ):
            continue
        table = state.mapper.local_table.name
        changed = {}
        for attribute in state.mapper.column_attrs:
            column = attribute.columns[0]
            history = state.attrs[attribute.key].history
            if history.has_changes() and history.deleted and _is_recorded(column.name, column.type):
                changed[column.name] = [
                    _to_json(history.deleted[0]),
                    _to_json(history.added[0] if history.added else None),
                ]
        if changed:
            name = f"{table}:{'/'.join(str(part) for part in state.identity)}"
            db_session.info[_CHANGES] = _merge_changes(db_session.info.get(_CHANGES, {}), {name: changed})


def _is_recorded(name: str, kind: object) -> bool:
    if name in _UNRECORDED_COLUMNS or (
        any(part in name for part in _SECRET_PARTS) and name != "outcome_code"
    ):
        return False
    if isinstance(kind, String):
        return kind.length is not None and kind.length <= _MAX_CODE_LENGTH
    inner = getattr(kind, "impl", kind)
    return isinstance(inner, Boolean | Integer | DateTime | Date)


def _to_json(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date) else value
