"""`marketplace demo`: refused in production and in databases with other data."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, func, inspect, select

from marketplace.accounts.models import User
from marketplace.audit.use_cases import record
from marketplace.core.database import db, session
from marketplace.core.errors import Conflict
from marketplace.database import migrate
from marketplace.demo import use_cases as demo
from tests import factories

Command = Callable[..., Result]
WORDS = [("demo",), ("demo", "--reset")]
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "8f1b2c3d4e5a69788796a5b4c3d2e1f00f1e2d3c",
    "SITE_URL": "https://torget.example",
}


def people() -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


@pytest.mark.parametrize("words", WORDS)
def test_demo_is_refused_in_production(command: Command, words: tuple[str, ...]) -> None:
    said = command(*words, **PRODUCTION)
    assert said.exit_code == 1
    assert "not for production" in said.output
    assert "Run it without PRODUCTION" in said.output
    assert people() == 0


@pytest.mark.parametrize("words", WORDS)
def test_demo_is_refused_in_production_with_demo_data(
    command: Command, demo_app: Flask, words: tuple[str, ...]
) -> None:
    del demo_app
    before = people()
    assert command(*words, **PRODUCTION).exit_code == 1
    assert people() == before


@pytest.mark.parametrize("words", WORDS)
def test_database_with_users_is_not_changed(command: Command, words: tuple[str, ...], tmp_path: Path) -> None:
    factories.member(factories.company())
    session.commit()
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "demo").write_text("a folder that served the demo once", encoding="utf-8")
    said = command(*words)
    assert said.exit_code == 1
    assert "data that is not demo data" in said.output
    assert "Nothing was changed" in said.output
    assert "DATABASE_URL" in said.output
    assert people() == 1


def test_database_with_audit_events_is_not_changed(command: Command) -> None:
    record(None, "directory.learn", "directory_version", 1)
    session.commit()
    assert command("demo", "--reset").exit_code == 1
    with pytest.raises(Conflict):
        demo.reset()


def test_refused_database_is_not_migrated(command: Command, empty_database_url: str) -> None:
    assert command("db", "upgrade", "0001", DATABASE_URL=empty_database_url).exit_code == 0
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_event (at, action, object_type, object_id, details)"
            " VALUES ('2026-01-01 00:00:00', 'user.register', 'user', '1', '{}')"
        )
    before = inspect(engine).get_table_names()
    said = command("demo", DATABASE_URL=empty_database_url)
    assert said.exit_code == 1
    assert "not demo data" in said.output
    assert inspect(engine).get_table_names() == before
    engine.dispose()


def test_database_content_is_nothing_until_first_row(
    make_app: Callable[..., Flask], empty_database_url: str
) -> None:
    with make_app(database_url=empty_database_url).app_context():
        assert demo.database_content() is demo.DatabaseContent.NOTHING
        session.remove()
        migrate.upgrade(db.engine)
        assert demo.database_content() is demo.DatabaseContent.NOTHING
        record(None, demo.FILLED, "database", "demo")
        session.commit()
        assert demo.database_content() is demo.DatabaseContent.DEMO


@pytest.mark.parametrize("was_on", [True, False])
def test_garbage_collection_is_restored_when_loading_fails(was_on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(ValueError, match="stop"), demo._garbage_collection_paused():
            assert not gc.isenabled()
            raise ValueError("stop")
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()


def test_existing_demo_data_is_not_reset(command: Command, demo_app: Flask, tmp_path: Path) -> None:
    del demo_app
    added = factories.user("Ny Person")
    session.commit()
    said = command("demo")
    assert said.exit_code == 0
    assert "in place" in said.output
    assert session.get(User, added.id) is not None
    assert (tmp_path / "instance" / "demo").exists(), "serving it shows the banner"
