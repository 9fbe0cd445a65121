"""Migrations of data: an existing outcome answer is moved, and back again; drafts with a token are deleted."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    create_engine,
    select,
)
from sqlalchemy.types import JSON

from marketplace.database import migrate

AT = dt.datetime(2026, 10, 5, 12, 0, tzinfo=dt.UTC)
ANSWER = {
    "on_time": "yes", "within_price": "no", "goal_met": "partly", "order_again": "maybe",
    "measured": "140 bestillinger", "text": "Vi burde spurt om opplæring.",
}  # fmt: skip


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    opened = create_engine(empty_database_url)
    yield opened
    opened.dispose()


def insert_row(connection: Connection, metadata: MetaData, name: str, **values: Any) -> int:
    """Insert a row with placeholder values and rows of the tables it refers to if there are none, and return its primary key."""
    for column in metadata.tables[name].columns:
        if column.name in values or column.nullable:
            continue
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            existing = connection.scalar(select(target).limit(1))
            values[column.name] = existing or insert_row(connection, metadata, target.table.name)
        elif not column.primary_key:
            values[column.name] = _placeholder(column)
    key = connection.execute(metadata.tables[name].insert().values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _placeholder(column: Column[Any]) -> Any:
    for kind, value in ((JSON, {}), (Boolean, False), (DateTime, AT), (Date, AT.date()), (Integer, 1)):
        if isinstance(column.type, kind):
            return value
    return "x"


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    metadata = MetaData()
    metadata.reflect(engine, only=[name])
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(metadata.tables[name])).mappings()]


def test_outcome_answer_survives_migration_up_and_down(engine: Engine) -> None:
    migrate.upgrade(engine, "0024")
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        person = insert_row(connection, metadata, "user_account")
        answered = insert_row(
            connection, metadata, "outcome", answered_at=AT, answered_by_id=person, **ANSWER
        )
        brief = connection.scalar(select(metadata.tables["outcome"].c.brief_id))
        unanswered = insert_row(connection, metadata, "outcome", brief_id=brief, round="day_90")
    migrate.upgrade(engine, "0025")
    (moved,) = rows(engine, "outcome_answer")
    assert {name: moved[name] for name in ANSWER} == ANSWER
    assert (moved["outcome_id"], moved["answered_by_id"]) == (answered, person)
    with engine.begin() as connection:
        metadata = MetaData()
        metadata.reflect(engine)
        later = ANSWER | {
            "outcome_id": answered,
            "answered_by_id": person,
            "answered_at": AT,
            "goal_met": "yes",
        }
        connection.execute(metadata.tables["outcome_answer"].insert().values(later))
    migrate.upgrade(engine)
    assert [row["goal_met"] for row in rows(engine, "outcome_answer")] == ["partly", "yes"]
    migrate.downgrade(engine, "0024")
    by_id = {row["id"]: row for row in rows(engine, "outcome")}
    assert {name: by_id[answered][name] for name in ANSWER} == ANSWER | {"goal_met": "yes"}
    assert (by_id[unanswered]["answered_at"], by_id[unanswered]["text"]) == (None, "")


def test_drafts_with_the_token_of_a_secret_link_are_deleted(engine: Engine) -> None:
    migrate.upgrade(engine, "0052")
    metadata = MetaData()
    metadata.reflect(engine)
    kept, secret = (
        "/briefs/2026-0001/questions",
        "/confirmations/Zr8tY0kq-uW3n5vB7xC9mA1sD4fG6hJ8kL0pO2iU4yT/decline",
    )
    with engine.begin() as connection:
        for path in (kept, secret):
            insert_row(connection, metadata, "form_draft", path=path)
    migrate.upgrade(engine)
    assert [row["path"] for row in rows(engine, "form_draft")] == [kept]
