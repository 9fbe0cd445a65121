"""An index on disk: a folder that is written once, never changed, and mapped into memory by any number of processes.

It is written under another name and gets its own by one rename, so that it is there whole or not at all: who is stopped
while writing leaves the versions before it as they were. A manifest holds the digest of each file.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marketplace.matching.analysis.decompounding import CompoundSplitter
from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.index.indexing import DocumentEncoder
from marketplace.matching.index.lexical import LexicalIndex
from marketplace.matching.index.needs import NeedModel
from marketplace.matching.index.segment import Segment
from marketplace.matching.index.store import Store
from marketplace.matching.settings import Settings
from marketplace.matching.storage.postings import DamagedPostingsError
from marketplace.matching.storage.string_table import CountedVocabulary
from marketplace.matching.storage.token_cache import TokenCache

FORMAT = 3
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"


class SnapshotError(ValueError):
    """A folder holds no index that can be used here; the message says why, and what to do."""


def write(store: Store, folder: Path, stamp: str) -> None:
    """Write what a store has learnt and learnt from; `stamp` names the words and formulas that it was made with.

    A folder that is already there is left as it is: it holds the same.
    """
    if (folder / MANIFEST).exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.{os.getpid()}{UNFINISHED}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _fill(draft, store, stamp)
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not (folder / MANIFEST).exists():
            raise
    _to_disk(folder.parent)


def _fill(draft: Path, store: Store, stamp: str) -> None:
    for name in ("words", "needs", "lexical", "documents"):
        (draft / name).mkdir(parents=True)
    splitter = store.encoder.analyzer.splitter
    assert isinstance(splitter, CompoundSplitter)
    words = CountedVocabulary.of(splitter.words_)
    words.save(draft / "words", "words")
    TokenCache.of(words.vocabulary, store.encoder.analyzer.read).save(draft / "words")
    store.needs.save(draft / "needs")
    plain = {
        "lexical": store.lexical.save(draft / "lexical"),
        "documents": store.base.save(draft / "documents"),
        "behind": {str(row): first for row, first in store.base_duplicates.items()},
    }
    manifest = {
        "format": FORMAT,
        "stamp": stamp,
        "settings": store.settings.to_dict(),
        "plain": plain,
        "files": {str(path.relative_to(draft)): _digest(path) for path in _files(draft)},
    }
    with (draft / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False)
    for path in (*_files(draft), draft / MANIFEST):
        _to_disk(path)


def read(folder: Path, glossary: Glossary, settings: Settings, stamp: str) -> Store:
    """Map what `write` wrote. Raises SnapshotError for what is damaged or made by another version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["stamp"] != stamp:
            raise _refused(folder, "was made with other words or formulas")
        if manifest["settings"] != settings.to_dict():
            raise _refused(folder, "was made with other settings")
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                raise _refused(folder, f"is damaged in {name}")
        return _opened(folder, manifest["plain"], glossary, settings)
    except (OSError, KeyError, TypeError, json.JSONDecodeError, DamagedPostingsError) as error:
        raise _refused(folder, f"cannot be read ({error.__class__.__name__})") from error


def _opened(folder: Path, plain: dict[str, Any], glossary: Glossary, settings: Settings) -> Store:
    words = CountedVocabulary.open(folder / "words", "words")
    splitter = CompoundSplitter.from_resources(glossary.resources).take(words)
    seen = TokenCache.open(folder / "words", words.vocabulary)
    analyzer = glossary.analyzer.with_splitter(splitter, seen)
    needs = NeedModel.open(folder / "needs", glossary, settings.weight_parts)
    return Store(
        DocumentEncoder(glossary, settings, analyzer, needs),
        LexicalIndex.open(folder / "lexical", plain["lexical"], settings),
        Segment.open(folder / "documents", plain["documents"], settings),
        {int(row): first for row, first in plain["behind"].items()},
    )


def discard(folder: Path) -> None:
    """Delete a snapshot, at once for all who come to open it."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}{UNFINISHED}")
    with contextlib.suppress(OSError):
        folder.rename(draft)
    shutil.rmtree(draft, ignore_errors=True)


def prune(parent: Path, keep: int) -> None:
    """Delete all snapshots in a folder but the newest few, and what processes that were stopped left unfinished.

    Who has a deleted one mapped goes on with it.
    """
    finished, unfinished = [], []
    for path in parent.iterdir() if parent.exists() else ():
        if path.name.endswith(UNFINISHED):
            unfinished.append(path)
        elif (path / MANIFEST).exists():
            finished.append(((path / MANIFEST).stat().st_mtime, path))
    old = [path for _, path in sorted(finished, reverse=True)[keep:]]
    for path in (*old, *(path for path in unfinished if not _is_running(path))):
        shutil.rmtree(path, ignore_errors=True)


def _is_running(draft: Path) -> bool:
    """Say whether the process that writes a draft still runs."""
    try:
        os.kill(int(draft.name.removesuffix(UNFINISHED).rpartition(".")[2]), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _refused(folder: Path, why: str) -> SnapshotError:
    return SnapshotError(f"the index in {folder.name} {why}; it has to be built anew")


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.npy") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
