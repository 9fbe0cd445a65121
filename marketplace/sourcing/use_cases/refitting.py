"""Choosing the directory that the index learns from, and forgetting versions that nothing leans on."""

import datetime as dt

from sqlalchemy import delete, or_, select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.matching import Document
from marketplace.matching.documents import document_digest
from marketplace.sourcing import directory_snapshots, index_cache
from marketplace.sourcing.corpus import MUCH, SETTINGS, corpus
from marketplace.sourcing.models import DirectoryVersion, RankedDocument, RankingRun

KEPT_FOR = dt.timedelta(days=1)
"""A version that no run leans on is kept so long, for the processes that still learn from it."""


def renew_base() -> bool:
    """Let every process learn from the directory as it stands, when much of it has changed; say whether it was so."""
    documents = list(corpus().documents.values())
    if not documents:
        return False
    newest = directory_snapshots.newest_base()
    if newest is not None and _share_changed(newest, documents) <= MUCH:
        return False
    # Learnt and kept before anybody hears of it, so that no process has to learn while people wait.
    index_cache.learnt(directory_snapshots.digest_of_all(documents), documents, SETTINGS)
    with transaction():
        version = directory_snapshots.keep(documents)
        session.refresh(version, with_for_update=True)  # of two workers that come at once, one waits
        newest = directory_snapshots.newest_base()
        if newest is not None and _share_changed(newest, documents) <= MUCH:
            return False
        version.base_since = clock.now()
        session.flush()
        _forget(version)
        record(None, "directory.learn", "directory_version", str(version.id), suppliers=len(documents))
        return True


def _share_changed(version: DirectoryVersion, documents: list[Document]) -> float:
    then, now = (
        set(directory_snapshots.members_of(version)),
        {document_digest(document) for document in documents},
    )
    return len(then ^ now) / max(len(then | now), 1)


def _forget(newest: DirectoryVersion) -> None:
    """Delete versions that no run leans on, and the documents that only they held."""
    leaning = or_(
        DirectoryVersion.id.in_(select(RankingRun.base_id)),
        DirectoryVersion.id.in_(select(RankingRun.directory_id)),
    )
    session.execute(
        delete(DirectoryVersion).where(
            ~leaning, DirectoryVersion.id != newest.id, DirectoryVersion.made_at < clock.now() - KEPT_FOR
        )
    )
    held: set[str] = set()
    for version in session.scalars(select(DirectoryVersion)):
        held.update(directory_snapshots.members_of(version))
    for digest in set(session.scalars(select(RankedDocument.digest))) - held:
        session.execute(delete(RankedDocument).where(RankedDocument.digest == digest))
