"""Migrations give exactly the tables in the code, in both directions, on the run's database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from marketplace import migrate
from marketplace.tables import METADATA

VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    opened = create_engine(empty_database_url)
    yield opened
    opened.dispose()


def test_migrations_give_the_tables_in_the_code(engine: Engine) -> None:
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_migrations_can_be_taken_back_and_made_again(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.head()


def test_a_difference_is_noticed(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        METADATA.tables["one_time_link"].drop(connection)
    assert any("one_time_link" in str(difference) for difference in migrate.differences(engine))


@pytest.mark.once
def test_migrations_leave_tables_without_rows(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        filled = [
            name
            for name, table in METADATA.tables.items()
            if connection.execute(table.select().limit(1)).first()
        ]
    assert filled == []


@pytest.mark.once
def test_versions_are_numbered_one_after_another() -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert sorted(path.name[:4] for path in VERSIONS.glob("*.py")) == numbers
