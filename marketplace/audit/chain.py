"""The chain: how a row's hash comes about, and the moment at which rows are chained and written."""

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
_WAITING, _CHANGES = "audit_waiting", "audit_changes"
_LONGEST_CODE = 20
_SECRET_PARTS = ("secret", "token", "hash", "password", "recovery", "code")
_UNTOLD = {"updated_at", "last_seen_at", "revision"}


def hash_of(previous: str, at: dt.datetime, told: Sequence[Any]) -> str:
    """Return the hash of a row: who, for whom, action, object type, object id, details and changes in `told`."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical([previous, moment, *told]).encode()).hexdigest()


def hash_of_row(row: AuditEvent) -> str:
    """Return the hash that a row should have, from what it says and the hash that it names as the one before."""
    who = (row.actor_id, row.organisation_id)
    what = (row.action, row.object_type, row.object_id, row.details, row.changes)
    return hash_of(row.previous_hash, row.at, (*who, *what))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def add(row: AuditEvent) -> None:
    """Let a row wait for the end of the transaction, with what has changed so far.

    Chaining takes a lock that all writers want, so it is taken last, when no other lock is waited for.
    """
    here = session()
    here.connection()  # a transaction must have begun, or nobody would tell us that it was rolled back
    row.details = json.loads(_canonical(row.details))
    row.changes = here.info.pop(_CHANGES, {})
    here.info.setdefault(_WAITING, []).append(row)


def write_waiting(here: Session) -> None:
    """Chain and write the rows that wait."""
    if not here.info.get(_WAITING):
        here.info.pop(_CHANGES, None)
        return
    here.flush()
    rows: list[AuditEvent] = here.info.pop(_WAITING)
    rows[-1].changes = _merged(rows[-1].changes, here.info.pop(_CHANGES, {}))
    if here.get_bind().dialect.name == "postgresql":
        here.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    with here.no_autoflush:
        previous = here.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or START
        for row in rows:
            row.previous_hash = previous
            previous = row.hash = hash_of_row(row)
            here.add(row)
        here.flush()


def _merged(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: dict(values) for name, values in earlier.items()}
    for name, values in later.items():
        for column, (before, after) in values.items():
            first = found.setdefault(name, {}).get(column, (before, after))[0]
            found[name][column] = [first, after]
    return found


@event.listens_for(session, "before_commit")
def _at_commit(here: Session) -> None:
    write_waiting(here)


@event.listens_for(session, "after_rollback")
def _at_rollback(here: Session) -> None:
    here.info.pop(_WAITING, None)
    here.info.pop(_CHANGES, None)


@event.listens_for(session, "do_orm_execute")
def _before_reading(state: ORMExecuteState) -> None:
    """Write first what waits, when the record itself is read in the transaction that adds to it."""
    waiting = state.session.info.get(_WAITING)
    if waiting and state.is_select and any(mapper.class_ is AuditEvent for mapper in state.all_mappers):
        write_waiting(state.session)


@event.listens_for(session, "after_flush")
def _note_changes(here: Session, _work: UOWTransaction) -> None:
    """Note what was before and after in the rows that a flush has changed: codes, numbers, moments, yes and no.

    Longer texts are left out: they can hold names, or what is under seal.
    """
    for thing in here.dirty:
        state = inspect(thing)
        if isinstance(thing, AuditEvent) or getattr(thing, "is_under_seal", False) or not state.identity:
            continue
        table = state.mapper.local_table.name
        changed = {}
        for attribute in state.mapper.column_attrs:
            column = attribute.columns[0]
            history = state.attrs[attribute.key].history
            if history.has_changes() and history.deleted and _is_told(column.name, column.type):
                changed[column.name] = [
                    _plain(history.deleted[0]),
                    _plain(history.added[0] if history.added else None),
                ]
        if changed:
            name = f"{table}:{'/'.join(str(part) for part in state.identity)}"
            here.info[_CHANGES] = _merged(here.info.get(_CHANGES, {}), {name: changed})


def _is_told(name: str, kind: object) -> bool:
    if name in _UNTOLD or (any(part in name for part in _SECRET_PARTS) and name != "outcome_code"):
        return False
    if isinstance(kind, String):
        return kind.length is not None and kind.length <= _LONGEST_CODE
    inner = getattr(kind, "impl", kind)
    return isinstance(inner, Boolean | Integer | DateTime | Date)


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date) else value
