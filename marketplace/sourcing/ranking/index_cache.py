"""On-disk cache of fitted indexes. One process fits and writes; the others memory-map the result.

A file's name is a digest of the documents, the matcher and the settings, so a file never changes. Files can be deleted
at any time; the index is then fitted again.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from marketplace import matching
from marketplace.core.database import session
from marketplace.matching import Document, MatchingSettings
from marketplace.sourcing.ranking.directory_snapshots import matcher_digest
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

    from marketplace.matching import Index

MAX_FILES = 3
"""The file in use, one that other processes may still switch from, and one to roll back to."""
logger = logging.getLogger(__name__)
_cache_dirs: "dict[URL, Path]" = {}


def use_cache_dir(database: "URL", directory: Path) -> None:
    """Cache the indexes that are fitted on a database's suppliers in a directory."""
    _cache_dirs[database] = directory


def fit_or_load(digest: str, documents: Sequence[Document], settings: MatchingSettings) -> "Index":
    """Return the index fitted on these documents, from the cache if possible. `digest` is the documents' digest."""
    return fit_or_load_at(path_for(digest, settings), documents, settings)


def fit_or_load_at(path: Path | None, documents: Sequence[Document], settings: MatchingSettings) -> "Index":
    """Return the index stored at a path, or fit it on these documents and store it there.

    A damaged file is deleted and written again. When the directory is not writable, the index stays in this process's
    memory. Does not use the database.
    """
    cached = _open(path, settings) if path else None
    if cached is not None:
        return cached
    index = matching.Index.build(documents, glossary(), settings)
    if path is None:
        return index
    try:
        index.save(path, matcher_digest())
        matching.prune(path.parent, MAX_FILES)
    except OSError as error:
        logger.error(  # noqa: TRY400 because a full disk needs no traceback
            "The fitted index could not be written to the cache; it stays in this process's memory: %s", error
        )
        return index
    return _open(path, settings) or index


def load(digest: str, settings: MatchingSettings) -> "Index | None":
    """Return the cached index fitted on the documents with this digest, or None."""
    path = path_for(digest, settings)
    return _open(path, settings) if path else None


def path_for(digest: str, settings: MatchingSettings) -> Path | None:
    """Return the cache path of the index fitted on the documents with this digest, or None without a cache."""
    directory = _cache_dirs.get(cast("Engine", session.get_bind()).url)
    if directory is None:
        return None
    key = json.dumps([digest, matcher_digest(), settings.to_dict()], sort_keys=True)
    return directory / hashlib.sha256(key.encode()).hexdigest()[:32]


def _open(path: Path, settings: MatchingSettings) -> "Index | None":
    if not path.exists():
        return None
    try:
        return matching.Index.open(path, glossary(), settings, matcher_digest())
    except matching.SnapshotError as error:
        logger.warning("%s", error)
        matching.discard(path)
        return None
