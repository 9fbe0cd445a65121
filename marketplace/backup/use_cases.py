"""Making a backup, and bringing one back."""

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect

from marketplace.backup import archive, postgresql_copy, sqlite_copy
from marketplace.backup.archive import BackupError, Manifest
from marketplace.config import Settings
from marketplace.database import migrate

KEY_FILES = ("secret_key", "seal_keys")


@dataclass(frozen=True, slots=True)
class BackupResult:
    """What was backed up or brought back: the manifest, and the files with keys among it."""

    manifest: Manifest
    keys: tuple[str, ...]
    previous_database: Path | None = None


def create_backup(
    engine: Engine, settings: Settings, target: Path, *, force: bool = False, with_keys: bool = False
) -> BackupResult:
    """Write all tables, and the keys when asked for, to a file, while people go on. Raises BackupError."""
    if target.exists() and not force:
        message = f"{target} is there already. Choose another name, or say --force to replace it."
        raise BackupError(message)
    version = migrate.current(engine)
    if version is None:
        message = "The database is empty: there is nothing to back up."
        raise BackupError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        if engine.dialect.name == "sqlite":
            copy = sqlite_copy.dump(Path(str(engine.url.database)), folder)
            counted = sqlite_copy.count_rows(copy)
        else:
            copy, counted = postgresql_copy.dump(engine, folder)
        parts = {copy.name: copy}
        if with_keys:
            found = (settings.instance_path / key for key in KEY_FILES)
            parts |= {path.name: path for path in found if path.exists()}
        checksums = {name: archive.checksum(path) for name, path in parts.items()}
        manifest = Manifest(engine.dialect.name, copy.name, version, now, counted, checksums)
        archive.write(target, manifest, parts)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        archive.unpack(target, Path(name))  # what was written can be read
    return BackupResult(manifest, tuple(key for key in KEY_FILES if key in checksums))


def restore_backup(engine: Engine, settings: Settings, source: Path, *, force: bool = False) -> BackupResult:
    """Bring a backup back into the database of the settings. Raises BackupError.

    A database that holds something is only replaced with `force`; SQLite's is kept beside it then. Keys in the
    backup are put where there are none.
    """
    with tempfile.TemporaryDirectory(dir=settings.instance_path, prefix=".restore-") as name:
        folder = Path(name)
        manifest = archive.unpack(source, folder)
        if manifest.engine != engine.dialect.name:
            message = (
                f"This backup is of {manifest.engine}, the database of the settings is {engine.dialect.name}."
            )
            raise BackupError(message)
        if int(manifest.version) > int(migrate.head() or 0):
            message = (
                f"This backup is of version {manifest.version}, newer than this program. Install that first."
            )
            raise BackupError(message)
        if inspect(engine).get_table_names() and not force:
            message = "The database is not empty. Stop the service, and say --force to replace what is in it."
            raise BackupError(message)
        engine.dispose()
        kept = _replace_database(engine, folder / manifest.kind)
        keys = _restore_keys(settings, folder)
    _verify_row_counts(engine, manifest)
    return BackupResult(manifest, keys, kept)


def _replace_database(engine: Engine, copy: Path) -> Path | None:
    if engine.dialect.name != "sqlite":
        postgresql_copy.restore(engine, copy)
        return None
    sqlite_copy.check(copy)
    target, kept = Path(str(engine.url.database)), None
    if target.exists() and target.stat().st_size:
        stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
        with tempfile.TemporaryDirectory(dir=target.parent) as name:
            kept = target.with_name(f"{target.name}.before-{stamp}")
            sqlite_copy.dump(target, Path(name)).replace(kept)
    sqlite_copy.restore(copy, target)
    return kept


def _restore_keys(settings: Settings, folder: Path) -> tuple[str, ...]:
    """Put the keys of a backup into the instance folder; one that stands there already is kept aside."""
    put = []
    for name in KEY_FILES:
        found, place = folder / name, settings.instance_path / name
        if found.exists():
            if place.exists() and place.read_bytes() != found.read_bytes():
                shutil.copy2(place, place.with_name(f"{name}.before-restore"))
            shutil.copyfile(found, place)
            place.chmod(0o600)
            put.append(name)
    return tuple(put)


def _verify_row_counts(engine: Engine, manifest: Manifest) -> None:
    """Raise BackupError when what was brought back is not what the manifest counts."""
    if engine.dialect.name == "sqlite":
        now = sqlite_copy.count_rows(Path(str(engine.url.database)))
    else:
        with engine.connect() as connection:
            now = postgresql_copy.count_rows(connection)
    wrong = {name: (count, now.get(name)) for name, count in manifest.rows.items() if now.get(name) != count}
    if wrong:
        message = f"Not all rows came back: {wrong}"
        raise BackupError(message)
