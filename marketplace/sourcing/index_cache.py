"""Learnt indexes, kept as files beside the database, so that one process learns and all others map what it wrote.

A file's name says what was learnt from, by which words, formulas and settings; so none is ever changed, and what is kept
can always be thrown away and learnt again.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from marketplace import matching
from marketplace.core.database import session
from marketplace.matching import Document, Settings
from marketplace.sourcing.directory_snapshots import matcher
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

    from marketplace.matching import Index

KEPT = 3
"""How many are kept: the one in use, those that other processes are about to leave, and room to go back."""
logger = logging.getLogger(__name__)
_folders: "dict[URL, Path]" = {}


def use_folder(database: "URL", folder: Path) -> None:
    """Let what is learnt from a database be kept in a folder."""
    _folders[database] = folder


def learnt(digest: str, documents: Sequence[Document], settings: Settings) -> "Index":
    """Return the index that has learnt from these documents, whose digest it is: see `learnt_at`."""
    return learnt_at(place_of(digest, settings), documents, settings)


def learnt_at(place: Path | None, documents: Sequence[Document], settings: Settings) -> "Index":
    """Return the index that has learnt from documents: mapped when it is kept in its place, else learnt and kept.

    A kept one that is damaged is thrown away and learnt again. Where nothing can be written, the process goes on with
    its own. Asks nothing of the database.
    """
    found = _opened(place, settings) if place else None
    if found is not None:
        return found
    index = matching.Index.build(documents, glossary(), settings)
    if place is None:
        return index
    try:
        index.save(place, matcher())
        matching.prune(place.parent, KEPT)
    except OSError:
        logger.exception("The index could not be kept; this process goes on with its own.")
        return index
    return _opened(place, settings) or index


def kept(digest: str, settings: Settings) -> "Index | None":
    """Return the index that has learnt from the documents with this digest, or None when it is not kept."""
    place = place_of(digest, settings)
    return _opened(place, settings) if place else None


def place_of(digest: str, settings: Settings) -> Path | None:
    """Return where what is learnt from the documents with this digest is kept, or None when nothing is kept."""
    folder = _folders.get(cast("Engine", session.get_bind()).url)
    if folder is None:
        return None
    made_with = json.dumps([digest, matcher(), settings.to_dict()], sort_keys=True)
    return folder / hashlib.sha256(made_with.encode()).hexdigest()[:32]


def _opened(place: Path, settings: Settings) -> "Index | None":
    if not place.exists():
        return None
    try:
        return matching.Index.open(place, glossary(), settings, matcher())
    except matching.SnapshotError as error:
        logger.warning("%s", error)
        matching.discard(place)
        return None
