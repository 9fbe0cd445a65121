"""The backup file: a zip archive with a manifest, the data and optionally the keys, each with a checksum."""

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


class BackupError(Exception):
    """A backup could not be created, read or restored. The message gives the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Description of a backup: row counts of its tables and SHA-256 checksums of its files."""

    engine: str
    kind: str
    version: str
    made_at: str
    rows: Mapping[str, int]
    sums: Mapping[str, str]
    format: int = FORMAT


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def write(target: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Write a backup to a temporary file, sync it to disk, then rename it."""
    unfinished = target.with_name(f".{target.name}.part")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            with zipfile.ZipFile(
                opened, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1
            ) as packed:
                packed.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
                for name, path in parts.items():
                    packed.write(path, name)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into a folder and return its manifest. Raises BackupError if a checksum is wrong."""
    try:
        with zipfile.ZipFile(source) as packed:
            manifest = Manifest(**json.loads(packed.read(MANIFEST)))
            if manifest.format != FORMAT:
                message = f"{source} is a backup of another format ({manifest.format})."
                raise BackupError(message)
            for name in manifest.sums:
                with packed.open(name) as part, Path(folder, Path(name).name).open("wb") as out:
                    while block := part.read(CHUNK):
                        out.write(block)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
        message = f"{source} is not a complete backup: {error}"
        raise BackupError(message) from error
    for name, expected in manifest.sums.items():
        if checksum(folder / name) != expected:
            message = f"{source} is damaged: the checksum of {name} does not match."
            raise BackupError(message)
    return manifest
