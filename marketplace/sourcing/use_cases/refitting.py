"""Choose the directory version that the index is fitted on, and delete versions that are no longer used."""

import datetime as dt

from sqlalchemy import delete, or_, select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.matching import Document
from marketplace.matching.documents import document_digest
from marketplace.sourcing.models import DirectoryVersion, RankedDocument, RankingRun
from marketplace.sourcing.ranking import directory_snapshots, index_cache
from marketplace.sourcing.ranking.corpus import REFIT_THRESHOLD, SETTINGS, corpus

UNUSED_VERSION_LIFETIME = dt.timedelta(hours=24)
"""Minimum age before an unused version is deleted, because other processes may still be fitting on it."""


def refit() -> bool:
    """Make all processes fit on the current directory if it has changed enough. Return True if so."""
    documents = list(corpus().documents.values())
    if not documents:
        return False
    newest = directory_snapshots.newest_base_version()
    if newest is not None and _changed_share(newest, documents) <= REFIT_THRESHOLD:
        return False
    # Fit and cache before the version becomes visible, so that no process fits while a request waits.
    index_cache.fit_or_load(directory_snapshots.directory_digest(documents), documents, SETTINGS)
    with transaction():
        version = directory_snapshots.save_version(documents)
        session.refresh(
            version, with_for_update=True
        )  # of two workers that refit at the same time, one waits
        newest = directory_snapshots.newest_base_version()
        if newest is not None and _changed_share(newest, documents) <= REFIT_THRESHOLD:
            return False
        version.base_since = clock.now()
        session.flush()
        _delete_unused_versions(version)
        record(None, "directory.learn", "directory_version", str(version.id), suppliers=len(documents))
        return True


def _changed_share(version: DirectoryVersion, documents: list[Document]) -> float:
    fitted = set(directory_snapshots.load_digests(version))
    current = {document_digest(document) for document in documents}
    return len(fitted ^ current) / max(len(fitted | current), 1)


def _delete_unused_versions(newest: DirectoryVersion) -> None:
    """Delete versions that no run refers to, and documents that only they contained."""
    is_used = or_(
        DirectoryVersion.id.in_(select(RankingRun.base_id)),
        DirectoryVersion.id.in_(select(RankingRun.directory_id)),
    )
    session.execute(
        delete(DirectoryVersion).where(
            ~is_used,
            DirectoryVersion.id != newest.id,
            DirectoryVersion.made_at < clock.now() - UNUSED_VERSION_LIFETIME,
        )
    )
    used: set[str] = set()
    for version in session.scalars(select(DirectoryVersion)):
        used.update(directory_snapshots.load_digests(version))
    for digest in set(session.scalars(select(RankedDocument.digest))) - used:
        session.execute(delete(RankedDocument).where(RankedDocument.digest == digest))
