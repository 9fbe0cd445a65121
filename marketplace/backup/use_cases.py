"""Creating and restoring backups."""

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, inspect

from marketplace.backup import archive, key_check, postgresql_copy, sqlite_copy
from marketplace.backup.archive import BackupError, Manifest
from marketplace.config import Settings
from marketplace.core.atomic_files import write_atomically
from marketplace.database import migrate

SECRET_KEY_FILE, SEAL_KEY_FILE = KEY_FILES = ("secret_key", "seal_keys")
REGION_FILE = "region.yaml"


@dataclass(frozen=True, slots=True)
class BackupResult:
    """Result of a backup or a restore: its manifest, and the key files it includes."""

    manifest: Manifest
    keys: tuple[str, ...]
    previous_database: Path | None = None
    missing_keys: tuple[str, ...] = ()
    """Messages about data that cannot be decrypted with the available keys."""


def create_backup(
    engine: Engine, settings: Settings, target: Path, *, force: bool = False, with_keys: bool = False
) -> BackupResult:
    """Write all tables, and optionally the keys, to a file while the service is running. Raises BackupError."""
    if target.exists() and not force:
        message = f"{target} exists already. Choose another name, or use --force to overwrite it."
        raise BackupError(message)
    version = migrate.current(engine)
    if version is None:
        message = "The database is empty: there is nothing to back up."
        raise BackupError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    created_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        if engine.dialect.name == "sqlite":
            copy = sqlite_copy.dump(Path(str(engine.url.database)), folder)
            row_counts = sqlite_copy.count_rows(copy)
        else:
            copy, row_counts = postgresql_copy.dump(engine, folder)
        names = (REGION_FILE, *KEY_FILES) if with_keys else (REGION_FILE,)
        paths = (settings.instance_path / name for name in names)
        parts = {copy.name: copy, **{path.name: path for path in paths if path.exists()}}
        checksums = {name: archive.checksum(path) for name, path in parts.items()}
        manifest = Manifest(engine.dialect.name, copy.name, version, created_at, row_counts, checksums)
        archive.write(target, manifest, parts)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        archive.unpack(target, Path(name))  # verify that the file can be read
    return BackupResult(manifest, tuple(key for key in KEY_FILES if key in checksums))


class MissingKeysError(BackupError):
    """Raised if this installation lacks keys that the backup needs. Nothing has been changed."""


def restore_backup(
    engine: Engine, settings: Settings, source: Path, *, force: bool = False, without_keys: bool = False
) -> BackupResult:
    """Restore a backup into the configured database. Raises BackupError.

    A database that is not empty is replaced only with `force`. The previous SQLite file, key files and region file are
    kept under names that end in `.before-` and the time. Raises MissingKeysError, before anything is replaced, if there are no keys for some
    of the data, unless `without_keys`.
    """
    with tempfile.TemporaryDirectory(dir=settings.instance_path, prefix=".restore-") as name:
        folder = Path(name)
        manifest = archive.unpack(source, folder)
        if manifest.engine != engine.dialect.name:
            message = f"This is a backup of {manifest.engine}, but the configured database is {engine.dialect.name}."
            raise BackupError(message)
        if int(manifest.version) > int(migrate.head() or 0):
            message = f"This backup has schema version {manifest.version}, newer than this program. Upgrade the program first."
            raise BackupError(message)
        is_new = not inspect(engine).get_table_names()
        if not (is_new or force):
            message = "The database is not empty. Stop the service, and use --force to replace the data."
            raise BackupError(message)
        missing = tuple(_find_unreadable(engine, settings, folder, manifest))
        if missing and not without_keys:
            raise MissingKeysError("\n".join(missing))
        engine.dispose()
        suffix = f".before-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}"
        previous = _replace_database(engine, folder / manifest.kind, "" if is_new else suffix)
        restored = _restore_files(settings, folder, suffix)
    _verify_row_counts(engine, manifest)
    return BackupResult(manifest, tuple(name for name in restored if name in KEY_FILES), previous, missing)


def _find_unreadable(engine: Engine, settings: Settings, folder: Path, manifest: Manifest) -> list[str]:
    """Describe the data of an unpacked backup that no key could decrypt after restoring it.

    The keys in a backup replace those in the instance folder, but not those set in the environment.
    """
    key_file, secret_file = folder / SEAL_KEY_FILE, folder / SECRET_KEY_FILE
    if key_file.exists() and not settings.seal_keys:
        settings = replace(settings, seal_keys=",".join(key_file.read_text(encoding="ascii").split()))
    current = settings.instance_path / SECRET_KEY_FILE
    is_from_file = current.exists() and current.read_text(encoding="ascii").strip() == settings.secret_key
    if secret_file.exists() and is_from_file:
        settings = replace(settings, secret_key=secret_file.read_text(encoding="ascii").strip())
    copy = folder / manifest.kind
    if manifest.engine == "sqlite":
        return key_check.find_unreadable(partial(sqlite_copy.read_column, copy), settings)
    return key_check.find_unreadable(partial(postgresql_copy.read_column, engine, copy), settings)


def _replace_database(engine: Engine, copy: Path, suffix: str) -> Path | None:
    """Replace the database. Return the path of the previous SQLite file, which is kept if `suffix` is not empty."""
    if engine.dialect.name != "sqlite":
        postgresql_copy.restore(engine, copy)
        return None
    sqlite_copy.check(copy)
    target, previous = Path(str(engine.url.database)), None
    if suffix and target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent) as name:
            previous = target.with_name(target.name + suffix)
            sqlite_copy.dump(target, Path(name)).replace(previous)
    sqlite_copy.restore(copy, target)
    return previous


def _restore_files(settings: Settings, folder: Path, suffix: str) -> tuple[str, ...]:
    """Copy region file and keys of a backup into the instance folder; keep different existing ones under another name."""
    restored = []
    for name in (REGION_FILE, *KEY_FILES):
        source, target = folder / name, settings.instance_path / name
        if source.exists():
            if target.exists() and target.read_bytes() != source.read_bytes():
                shutil.copy2(target, target.with_name(name + suffix))
            write_atomically(target, source.read_bytes(), private=name != REGION_FILE)
            restored.append(name)
    return tuple(restored)


def _verify_row_counts(engine: Engine, manifest: Manifest) -> None:
    """Raise BackupError if the row counts differ from the manifest."""
    if engine.dialect.name == "sqlite":
        restored = sqlite_copy.count_rows(Path(str(engine.url.database)))
    else:
        with engine.connect() as connection:
            restored = postgresql_copy.count_rows(connection)
    differences = {
        name: (count, restored.get(name))
        for name, count in manifest.rows.items()
        if restored.get(name) != count
    }
    if differences:
        message = f"The restored row counts differ: {differences}"
        raise BackupError(message)
