"""Record a fact for each tracked row that a transaction adds, changes or removes, in the transaction itself.

The session's events see every change that goes through it. Rows that a bulk UPDATE or DELETE touches are read again.
Changes made otherwise (the database's own cascades, other programs) are found by `record_missing_facts`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import event, func, insert, select, tuple_
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from marketplace.core import clock
from marketplace.core.database import Entity, session, transaction
from marketplace.core.grouping import group
from marketplace.reporting.fact_models import ReportFact
from marketplace.reporting.tracked_tables import TRACKED, Tracked

_CHANGED = "changed_facts"
_BATCH_SIZE = 500
_CHECKED = "checked"
"""Kind of the facts that say when all rows were compared with their facts."""
_CHECK_INTERVAL = dt.timedelta(hours=20)
Key = tuple[str, int]
_CLASSES = {tracked.kind: model for model, tracked in TRACKED.items()}


@event.listens_for(session, "after_flush")
def _collect_rows(db_session: Session, _work: UOWTransaction) -> None:
    """Collect the tracked rows that a flush has written."""
    for instance in (*db_session.new, *db_session.dirty, *db_session.deleted):
        tracked = TRACKED.get(type(instance))
        if tracked is not None:
            _changed(db_session)[(tracked.kind, instance.id)] = True


@event.listens_for(session, "do_orm_execute")
def _collect_bulk_changes(state: ORMExecuteState) -> None:
    """Collect the tracked rows that a bulk UPDATE or DELETE is about to touch."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    model = state.bind_mapper.class_
    tracked = TRACKED.get(model)
    if tracked is None:
        return
    query = select(model.id)
    condition = state.statement.whereclause  # type: ignore[attr-defined]  # because every update and delete has one
    if condition is not None:
        query = query.where(condition)
    for row_id in state.session.scalars(query).all():
        _changed(state.session)[(tracked.kind, row_id)] = True


@event.listens_for(session, "before_commit")
def _record_facts(db_session: Session) -> None:
    db_session.flush()
    keys: dict[Key, bool] = db_session.info.pop(_CHANGED, {})
    if keys:
        _write(db_session, sorted(keys), clock.now())
        db_session.info.pop(_CHANGED, None)


@event.listens_for(session, "after_rollback")
def _forget_rows(db_session: Session) -> None:
    db_session.info.pop(_CHANGED, None)


def record_missing_facts() -> int:
    """Add a fact for each row that differs from its newest fact, at most once a day. A scheduled job.

    Returns the number of facts. Rows are compared in batches without a write transaction, which on SQLite would refuse all
    other writes meanwhile. If there are no facts at all, the rows are older than the recording of facts, and each counts from
    the time in its `begun` column; these facts are added in one transaction, so that no row misses its time.
    """
    last = session.scalar(select(func.max(ReportFact.recorded_at)).where(ReportFact.kind == _CHECKED))
    if last is not None and clock.now() - last < _CHECK_INTERVAL:
        session.rollback()
        return 0
    written = _write_first() or sum(_write_missing(keys) for keys in _batches())
    with transaction():
        session.execute(insert(ReportFact), [_fact((_CHECKED, 0), 0, clock.now(), {})])
    return written


def _write_first() -> int:
    """Add the facts of all rows if there are none yet, in one transaction; return their number."""
    if session.scalar(select(ReportFact.id).limit(1)) is not None:
        return 0
    with transaction():
        if session.scalar(select(ReportFact.id).limit(1)) is not None:  # another worker has added them
            return 0
        return sum(_write(session(), keys, clock.now(), is_first=True) for keys in _batches())


def _batches() -> Iterator[list[Key]]:
    """Yield the keys of all rows that exist or have a fact, in batches of one kind."""
    for kind, model in _CLASSES.items():
        known = session.scalars(select(ReportFact.row_id).where(ReportFact.kind == kind).distinct()).all()
        ids = sorted({*known, *session.scalars(select(model.id)).all()})
        for start in range(0, len(ids), _BATCH_SIZE):
            yield [(kind, row_id) for row_id in ids[start : start + _BATCH_SIZE]]


def _write_missing(keys: list[Key]) -> int:
    """Add the missing facts of a batch of rows, in a transaction of their own if there are any."""
    missing = [(fact["kind"], fact["row_id"]) for fact in _missing_facts(session(), keys, clock.now())]
    session.rollback()
    if not missing:
        return 0
    with transaction():
        return _write(session(), missing, clock.now())


def _changed(db_session: Session) -> dict[Key, bool]:
    changed: dict[Key, bool] = db_session.info.setdefault(_CHANGED, {})
    return changed


def _write(db_session: Session, keys: list[Key], now: dt.datetime, *, is_first: bool = False) -> int:
    """Add a fact for each row whose values differ from its newest fact; return the number of facts."""
    added = _missing_facts(db_session, keys, now, is_first=is_first)
    if added:
        db_session.execute(insert(ReportFact), added)
    return len(added)


def _missing_facts(
    db_session: Session, keys: list[Key], now: dt.datetime, *, is_first: bool = False
) -> list[dict[str, Any]]:
    """Return a fact for each row whose values differ from its newest fact."""
    latest = {} if is_first else _latest(db_session, keys)
    rows = _load(db_session, keys)
    added = []
    for kind, row_id in keys:
        tracked, row, old = TRACKED[_CLASSES[kind]], rows.get((kind, row_id)), latest.get((kind, row_id))
        values = None if row is None else tracked.values(row)
        if values is None:
            if old is None or old.removed:
                continue
            new = _fact((kind, row_id), old.owner_id, now, None)
        else:
            owner = tracked.owner(row)
            values = {**old.values, **values} if old is not None else values
            if old is not None and not old.removed and (old.owner_id, old.values) == (owner, values):
                continue
            new = _fact((kind, row_id), owner, _begun(tracked, row, now) if is_first else now, values)
        added.append(new)
    return added


def _fact(key: Key, owner: int, at: dt.datetime, values: dict[str, Any] | None) -> dict[str, Any]:
    """Return the columns of a fact. `values` is None if the row has been removed."""
    return {
        "kind": key[0],
        "row_id": key[1],
        "owner_id": owner,
        "recorded_at": at,
        "removed": values is None,
        "values": values or {},
    }


def _begun(tracked: Tracked, row: Entity | None, now: dt.datetime) -> dt.datetime:
    moment = getattr(row, tracked.begun) if tracked.begun else None
    return min(moment, now) if moment is not None else dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def _latest(db_session: Session, keys: Iterable[Key]) -> dict[Key, ReportFact]:
    """Return the newest fact of each row."""
    newest = (
        select(func.max(ReportFact.id))
        .where(tuple_(ReportFact.kind, ReportFact.row_id).in_(list(keys)))
        .group_by(ReportFact.kind, ReportFact.row_id)
    )
    facts = db_session.scalars(select(ReportFact).where(ReportFact.id.in_(newest)))
    return {(fact.kind, fact.row_id): fact for fact in facts}


def _load(db_session: Session, keys: Iterable[Key]) -> dict[Key, Entity]:
    """Load the rows that still exist, with one statement for each table."""
    by_kind = group(keys)
    found: dict[Key, Entity] = {}
    for kind, ids in by_kind.items():
        model = _CLASSES[kind]
        for row in db_session.scalars(select(model).where(model.id.in_(ids))):
            found[(kind, row.id)] = row
    return found
