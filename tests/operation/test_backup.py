"""Backup and restore: under concurrent writes, with damaged files, and from the command line."""

import datetime as dt
import json
import os
import threading
import zipfile
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, make_url, select, text

from marketplace import cli
from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.backup import archive, key_check, postgresql_copy, sqlite_copy, use_cases
from marketplace.backup.archive import BackupError
from marketplace.config import Settings
from marketplace.core.database import Base, session
from marketplace.core.i18n import use_locale
from marketplace.database import migrate
from marketplace.organisations import use_cases as organisations
from marketplace.organisations.models import Company
from marketplace.outbox.models import OutboxMail
from tests import factories

pytestmark = [pytest.mark.usefixtures("postgresql_programs_on_path"), pytest.mark.both_databases]


@pytest.fixture
def elsewhere(empty_database_url, tmp_path):
    """Another installation: an empty database and an instance folder."""
    return Settings.for_tests(database_url=empty_database_url, instance_path=tmp_path / "elsewhere")


@pytest.fixture
def postgresql_engine(app):
    """The engine of the test database; skips on SQLite."""
    engine = create_engine(app.config["SETTINGS"].database_url)
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite needs no client programs")
    yield engine
    engine.dispose()


def write_companies(app, stop, acknowledged, writer_id):
    """Create companies until stopped; record each name once the write is acknowledged."""
    with app.app_context(), use_locale("nb"):
        person = factories.user()
        viewer = factories.viewer_for(person, None)
        session.commit()
        count = 0
        while not stop.is_set():
            name = f"Firma {writer_id}-{count}"
            details = organisations.CompanyDetails(name, None, "5021", "food-drink")
            organisations.create_own_company(viewer, details)
            acknowledged.append(name)
            count += 1
        session.remove()


def test_backup_and_restore_under_concurrent_writes(app, elsewhere, tmp_path):
    factories.garden()
    session.commit()
    settings, stop, acknowledged = app.config["SETTINGS"], threading.Event(), []
    writers = [threading.Thread(target=write_companies, args=(app, stop, acknowledged, n)) for n in range(4)]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 20:
        stop.wait(0.01)
    engine = create_engine(settings.database_url)
    before = list(acknowledged)
    done = use_cases.create_backup(engine, settings, tmp_path / "drill.backup")
    during = len(acknowledged) - len(before)
    stop.set()
    for writer in writers:
        writer.join(30)
    assert during > 0, "nothing was written during the backup"
    other = create_engine(elsewhere.database_url)
    use_cases.restore_backup(other, elsewhere, tmp_path / "drill.backup")
    with other.connect() as connection:
        restored = set(connection.scalars(select(Company.__table__.metadata.tables["organisation"].c.name)))
        orphans = connection.scalar(
            text("SELECT count(*) FROM company WHERE id NOT IN (SELECT id FROM organisation)")
        )
        audited = connection.scalar(
            text("SELECT count(*) FROM audit_event WHERE action = 'company.register'")
        )
        founded = connection.scalar(text("SELECT count(*) FROM company"))
    assert set(before) <= restored
    assert orphans == 0
    assert audited == founded
    assert migrate.current(other) == migrate.head()
    assert migrate.differences(other) == []
    assert done.manifest.rows["company"] == founded
    with other.begin() as connection:  # sequences continue after the restored ids
        row = {"name": "Ny", "slug": "ny", "kind": "company", "municipality_number": "5021"}
        columns = Company.__table__.metadata.tables["organisation"].insert().values(**row)
        assert connection.execute(columns).inserted_primary_key[0] > founded
    engine.dispose()
    other.dispose()


def test_backup_includes_the_region_file(app, elsewhere, tmp_path):
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    region = settings.instance_path / use_cases.REGION_FILE
    region.write_text("of this installation", encoding="utf-8")
    target = elsewhere.instance_path / use_cases.REGION_FILE
    target.write_text("of another", encoding="utf-8")
    engine, other = create_engine(settings.database_url), create_engine(elsewhere.database_url)
    assert use_cases.create_backup(engine, settings, file).keys == ()
    assert use_cases.restore_backup(other, elsewhere, file).keys == ()
    assert target.read_text(encoding="utf-8") == "of this installation"
    (before,) = target.parent.glob("region.yaml.before-*")
    assert before.read_text(encoding="utf-8") == "of another"
    engine.dispose()
    other.dispose()


def test_existing_file_and_database_need_force(app, elsewhere, tmp_path):
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    engine, other = create_engine(settings.database_url), create_engine(elsewhere.database_url)
    use_cases.create_backup(engine, settings, file)
    with pytest.raises(BackupError, match="--force"):
        use_cases.create_backup(engine, settings, file)
    use_cases.create_backup(engine, settings, file, force=True)
    use_cases.restore_backup(other, elsewhere, file)
    with pytest.raises(BackupError, match="--force"):
        use_cases.restore_backup(other, elsewhere, file)
    use_cases.restore_backup(other, elsewhere, file, force=True)
    assert file.stat().st_mode & 0o777 == 0o600
    for opened in (engine, other):
        opened.dispose()


def test_damaged_backup_is_refused(app, elsewhere, tmp_path):
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    engine, other = create_engine(settings.database_url), create_engine(elsewhere.database_url)
    done = use_cases.create_backup(engine, settings, file)
    broken = tmp_path / "broken.backup"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[:-1] + b"x" if name == done.manifest.kind else data)
    half = tmp_path / "half.backup"
    half.write_bytes(file.read_bytes()[:-200])
    for bad in (broken, half):
        with pytest.raises(BackupError):
            use_cases.restore_backup(other, elsewhere, bad)
    assert migrate.current(other) is None
    newer = tmp_path / "newer.backup"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(newer, "w") as target:
        for name in source.namelist():
            found = json.loads(source.read(name)) | {"version": "9999"} if name == archive.MANIFEST else None
            target.writestr(name, json.dumps(found) if found else source.read(name))
    with pytest.raises(BackupError, match="newer"):
        use_cases.restore_backup(other, elsewhere, newer)
    for opened in (engine, other):
        opened.dispose()


def test_backup_commands_include_keys_on_request(app, elsewhere, tmp_path, monkeypatch):
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    Path(settings.instance_path, "seal_keys").write_text("5ea1" * 16)
    monkeypatch.setenv("INSTANCE_PATH", str(settings.instance_path))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    Path(tmp_path, "no folder").touch()
    refused = CliRunner().invoke(cli.main, ["backup", str(tmp_path / "no folder" / "a.backup")])
    assert (refused.exit_code, "Error:" in refused.output) == (1, True), "a message, no traceback"
    plain = CliRunner().invoke(cli.main, ["backup", str(file)])
    assert plain.exit_code == 0, plain.output
    assert "Without SEAL_KEYS the offers in it cannot be decrypted" in plain.output
    assert zipfile.ZipFile(file).namelist()[1:] != []
    assert "seal_keys" not in zipfile.ZipFile(file).namelist()
    full = CliRunner().invoke(cli.main, ["backup", "--with-keys", "--force", str(file)])
    assert "Included: the keys" in full.output
    monkeypatch.setenv("INSTANCE_PATH", str(elsewhere.instance_path))
    monkeypatch.setenv("DATABASE_URL", elsewhere.database_url)
    back = CliRunner().invoke(cli.main, ["restore", str(file)])
    assert back.exit_code == 0, back.output
    assert "previous database" not in back.output, "there was none"
    assert Path(elsewhere.instance_path, "seal_keys").read_text() == "5ea1" * 16
    assert CliRunner().invoke(cli.main, ["restore", str(file)]).exit_code == 1


def test_every_replaced_key_is_kept(app, elsewhere, tmp_path):
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    engine, other = create_engine(settings.database_url), create_engine(elsewhere.database_url)
    keys = [f"{number}" * 64 for number in (1, 2, 3)]
    target = elsewhere.instance_path / "seal_keys"
    target.write_text(keys[0])
    for number, key in enumerate(keys[1:]):
        (settings.instance_path / "seal_keys").write_text(key)
        use_cases.create_backup(engine, settings, file, force=True, with_keys=True)
        with time_machine.travel(dt.datetime(2026, 11, 23, 8, number, tzinfo=dt.UTC)):
            previous = use_cases.restore_backup(other, elsewhere, file, force=True).previous_database
        assert previous is None or previous.stat().st_mode & 0o777 == 0o600
    before = sorted(target.parent.glob("seal_keys.before-*"))
    assert [path.read_text() for path in (*before, target)] == keys
    for opened in (engine, other):
        opened.dispose()


def test_restore_without_the_keys_names_what_cannot_be_decrypted(app, elsewhere, tmp_path, monkeypatch):
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    person = factories.user()
    person.second_factor_secret = SecretCipher(settings.secret_key).encrypt("A" * 32)
    mail = OutboxMail(message_id="<1@x>", recipient="a@b.example", subject="s", body="b", locale="nb")
    mail.link_path = "/confirm/secret"
    session.add(mail)
    session.commit()
    for name, value in {
        "INSTANCE_PATH": settings.instance_path, "DATABASE_URL": settings.database_url,
        "SEAL_KEYS": settings.seal_keys, "SECRET_KEY": settings.secret_key,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    assert CliRunner().invoke(cli.main, ["backup", str(file)]).exit_code == 0
    monkeypatch.setenv("INSTANCE_PATH", str(elsewhere.instance_path))
    monkeypatch.setenv("DATABASE_URL", elsewhere.database_url)
    same = CliRunner().invoke(cli.main, ["restore", str(file)])
    assert (same.exit_code, "not" in same.output) == (0, False)
    monkeypatch.setenv("SEAL_KEYS", "0f1e2d3c" * 8)
    monkeypatch.setenv("SECRET_KEY", "another-" * 8)
    engine = create_engine(elsewhere.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE user_account SET name = 'Ny'"))
    other = CliRunner().invoke(cli.main, ["restore", "--force", str(file)])
    assert other.exit_code == 1
    assert "Nothing was restored or replaced" in other.output
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM user_account")) == "Ny", "the data is as before"
    engine.dispose()
    key = settings.keyring().names[0]
    assert f"1 links of queued e-mail need the key {key}. Add it to SEAL_KEYS." in other.output
    assert "1 people's two-factor secrets need the SECRET_KEY" in other.output
    told = CliRunner().invoke(cli.main, ["restore", "--force", "--without-keys", str(file)])
    assert (told.exit_code, key in told.output) == (0, True)


def test_every_wrapped_column_is_checked_after_a_restore():
    """A column of values encrypted with the seal keys themselves; others are encrypted with a data key."""
    found = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name == "data_key"
        or (column.name.startswith("sealed_") and "data_key" not in table.columns)
    }
    wrapped = {(table, column) for table, column, _contents in key_check.WRAPPED_COLUMNS}
    under_an_offer = {("sealed_event", "sealed_content"), ("proposal_revision", "sealed_content")}
    assert found - under_an_offer == wrapped


@pytest.mark.once
def test_check_detects_dangling_foreign_keys(tmp_path):
    import sqlite3

    path = tmp_path / "loose.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE b (a_id INTEGER REFERENCES a(id))")
        connection.execute("INSERT INTO b VALUES (7)")
    connection.close()
    with pytest.raises(BackupError, match="dangling"):
        sqlite_copy.check(path)


@pytest.mark.once
def test_client_programs_get_all_hosts_and_no_password_on_the_command_line(tmp_path):
    program, seen = tmp_path / "pg_dump", tmp_path / "seen"
    program.write_text(f'#!/bin/sh\necho "$@" "password:$PGPASSWORD" > {seen}\n')
    program.chmod(0o700)
    url = make_url(
        "postgresql+psycopg://market:s3cret@/market?host=db1&host=db2&target_session_attrs=read-write"
    )
    postgresql_copy._run(str(program), url, ["--file=x"])
    command, password = seen.read_text().split("password:")
    assert "s3cret" not in command
    assert "host=db1,db2" in command
    assert "target_session_attrs=read-write" in command
    assert password.strip() == "s3cret"


def test_backup_without_pg_dump_names_the_package_to_install(app, postgresql_engine, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"pg_dump is not on PATH.*postgresql-client-\d+"):
        use_cases.create_backup(postgresql_engine, app.config["SETTINGS"], tmp_path / "a.backup")
    assert not (tmp_path / "a.backup").exists()


def test_backup_with_an_old_pg_dump_names_the_version_needed(app, postgresql_engine, tmp_path, monkeypatch):
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(BackupError, match=r"9\.6\.24\) is older than the server.*postgresql-client-\d+"):
        use_cases.create_backup(postgresql_engine, app.config["SETTINGS"], tmp_path / "a.backup")


def test_restore_without_pg_restore_changes_nothing(app, postgresql_engine, elsewhere, tmp_path, monkeypatch):
    factories.company()
    session.commit()
    settings, file = app.config["SETTINGS"], tmp_path / "a.backup"
    use_cases.create_backup(postgresql_engine, settings, file)
    other = create_engine(elsewhere.database_url)
    use_cases.restore_backup(other, elsewhere, file)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_restore is not on PATH"):
        use_cases.restore_backup(other, elsewhere, file, force=True)
    with other.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM company")) == 1
    other.dispose()


def test_failed_restore_keeps_the_current_data(app, postgresql_engine, elsewhere, tmp_path):
    factories.company()
    session.commit()
    use_cases.create_backup(postgresql_engine, app.config["SETTINGS"], tmp_path / "a.backup")
    other = create_engine(elsewhere.database_url)
    use_cases.restore_backup(other, elsewhere, tmp_path / "a.backup")
    unreadable = tmp_path / "database.dump"
    unreadable.write_bytes(b"PK not a dump")
    with pytest.raises(BackupError, match="pg_restore failed"):
        postgresql_copy.restore(other, unreadable)
    with other.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM company")) == 1
        assert inspect(connection).get_schema_names() == ["information_schema", "public"]
    other.dispose()
