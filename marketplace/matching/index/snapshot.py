"""Snapshots of an index on disk: an immutable folder that any number of processes memory-map.

A snapshot is written to a temporary folder and renamed into place, so that it either exists completely or not at all.
Interrupted writes leave other snapshots intact. A manifest contains the checksum of each file.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..analysis.decompounding import CompoundSplitter
from ..analysis.glossary import Glossary
from ..needs.need_model import NeedModel
from ..settings import MatchingSettings
from ..storage.postings import DamagedPostingsError
from ..storage.string_table import CountedVocabulary
from ..storage.token_cache import TokenCache
from .indexing import DocumentEncoder
from .lexical import LexicalIndex
from .segment import Segment
from .store import Store

FORMAT = 9
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"


class SnapshotError(ValueError):
    """A folder contains no index that can be used here; the message states the reason and the remedy."""


def write(store: Store, folder: Path, stamp: str) -> None:
    """Write a store to a folder; `stamp` identifies the glossary and formulas that it was fitted with.

    An existing snapshot is left as it is: folders are named by content.
    """
    if (folder / MANIFEST).exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.{os.getpid()}{UNFINISHED}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _write_files(draft, store, stamp)
        draft.rename(folder)
    except (OSError, MemoryError):
        shutil.rmtree(draft, ignore_errors=True)
        if not (folder / MANIFEST).exists():
            raise
    _fsync(folder.parent)


def _write_files(draft: Path, store: Store, stamp: str) -> None:
    for name in ("words", "needs", "lexical", "documents"):
        (draft / name).mkdir(parents=True)
    splitter = store.encoder.analyzer.splitter
    assert isinstance(splitter, CompoundSplitter)
    words = CountedVocabulary.of(splitter.words_)
    words.save(draft / "words", "words")
    TokenCache.of(words.vocabulary, store.encoder.analyzer.stem_and_parts).save(draft / "words")
    store.needs.save(draft / "needs")
    metadata = {
        "lexical": store.lexical.save(draft / "lexical"),
        "documents": store.base.save(draft / "documents"),
        "duplicates": {str(row): first for row, first in store.base_duplicates.items()},
    }
    manifest = {
        "format": FORMAT,
        "stamp": stamp,
        "settings": store.settings.to_dict(),
        "metadata": metadata,
        "files": {str(path.relative_to(draft)): _digest(path) for path in _files(draft)},
    }
    with (draft / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False)
    for path in (*_files(draft), draft / MANIFEST):
        _fsync(path)


def read(folder: Path, glossary: Glossary, settings: MatchingSettings, stamp: str) -> Store:
    """Memory-map what `write` wrote. Raises SnapshotError if it is damaged or was written by another version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["stamp"] != stamp:
            raise _snapshot_error(folder, "was made with other words or formulas")
        if manifest["settings"] != settings.to_dict():
            raise _snapshot_error(folder, "was made with other settings")
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                raise _snapshot_error(folder, f"is damaged in {name}")
        return _load_store(folder, manifest["metadata"], glossary, settings)
    except (OSError, KeyError, TypeError, json.JSONDecodeError, DamagedPostingsError) as error:
        raise _snapshot_error(folder, f"cannot be read ({error.__class__.__name__})") from error


def _load_store(
    folder: Path, metadata: dict[str, Any], glossary: Glossary, settings: MatchingSettings
) -> Store:
    words = CountedVocabulary.open(folder / "words", "words")
    splitter = CompoundSplitter.from_resources(glossary.resources).restore(words)
    token_cache = TokenCache.open(folder / "words", words.vocabulary)
    analyzer = glossary.analyzer.with_splitter(splitter, token_cache)
    needs = NeedModel.open(folder / "needs", glossary, settings.weight_parts)
    return Store(
        DocumentEncoder(glossary, settings, analyzer, needs),
        LexicalIndex.open(folder / "lexical", metadata["lexical"], settings),
        Segment.open(folder / "documents", metadata["documents"], settings),
        {int(row): first for row, first in metadata["duplicates"].items()},
    )


def discard(folder: Path) -> None:
    """Delete a snapshot; a rename first makes it unavailable atomically."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}{UNFINISHED}")
    with contextlib.suppress(OSError):
        folder.rename(draft)
    shutil.rmtree(draft, ignore_errors=True)


def prune(parent: Path, keep: int) -> None:
    """Delete all but the newest few snapshots, and unfinished ones whose process has ended.

    Processes that have a deleted snapshot mapped can continue to use it.
    """
    finished, unfinished = [], []
    for path in parent.iterdir() if parent.exists() else ():
        if path.name.endswith(UNFINISHED):
            unfinished.append(path)
        elif (path / MANIFEST).exists():
            finished.append(((path / MANIFEST).stat().st_mtime, path))
    outdated = [path for _, path in sorted(finished, reverse=True)[keep:]]
    for path in (*outdated, *(path for path in unfinished if not _is_running(path))):
        shutil.rmtree(path, ignore_errors=True)


def _is_running(draft: Path) -> bool:
    """Return True if the process that writes an unfinished snapshot is still running."""
    try:
        os.kill(int(draft.name.removesuffix(UNFINISHED).rpartition(".")[2]), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _snapshot_error(folder: Path, problem: str) -> SnapshotError:
    return SnapshotError(f"the index in {folder.name} {problem}; it has to be rebuilt")


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.npy") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
