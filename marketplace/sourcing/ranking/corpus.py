"""The current directory as a searchable index, one per process.

Every call sees suspensions and profile changes at once. Word rarities and service models come from a fitted index
that all processes share, so that they compute the same scores.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import select

from marketplace import matching
from marketplace.core.cache import BoundedCache
from marketplace.core.database import prepared, read_transaction, session
from marketplace.core.i18n import use_locale
from marketplace.directory.queries import REVISION, catalogue, fingerprint_of, matchable_suppliers
from marketplace.matching import Document, MatchingSettings
from marketplace.sourcing.ranking import directory_snapshots, index_cache
from marketplace.sourcing.ranking.documents import Listing, effective_document, listing_of
from marketplace.sourcing.ranking.run_storage import DamagedRunError
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from marketplace.matching import Index

SETTINGS = MatchingSettings()
T = TypeVar("T")
MAX_CACHED = 256
REFIT_THRESHOLD = 0.1
"""Share of added, removed and changed suppliers above which the index is fitted again."""
logger = logging.getLogger(__name__)
_lock = Lock()


@dataclass(frozen=True)
class FittedIndex:
    """An index and the digest of the directory version that its IDF weights and service models were fitted on."""

    digest: str
    index: "Index"

    @property
    def documents(self) -> Sequence[Document]:
        """Return the suppliers that the index was fitted on."""
        return self.index.documents

    def changed_share(self, documents: Sequence[Document]) -> float:
        """Return the share of suppliers that were added, removed or changed since the fit."""
        fitted, current = set(self.documents), set(documents)
        return len(fitted ^ current) / max(len(fitted | current), 1)


@dataclass(frozen=True)
class Corpus:
    """The directory at one stamp, ready to be ranked."""

    stamp: str
    fitted: FittedIndex
    index: "Index"
    documents: Mapping[str, Document]
    listings: Mapping[str, Listing]
    categories: Mapping[str, frozenset[str]]
    entries: Mapping[int, object]
    """Catalogue entry of each supplier. A supplier has changed when its entry is another object."""
    _cache: BoundedCache[Hashable, Any] = field(default_factory=lambda: BoundedCache(MAX_CACHED))

    def cached(self, key: Hashable, create: Callable[[], T]) -> T:
        """Return a result that depends on this directory and the key alone, computed on the first call."""
        result: T = self._cache.get_or_create(key, create)
        return result

    @property
    def cache_key(self) -> str:
        """Return a value that changes whenever a score could change."""
        return f"{self.stamp} {self.fitted.digest}"


_REVISION_AND_BASE = prepared(select(REVISION, directory_snapshots.NEWEST_BASE_DIGEST))
_corpora: "WeakKeyDictionary[Engine, Corpus]" = WeakKeyDictionary()
_refitting: set[str] = set()
"""Digests of the directory versions that background threads are fitting an index on."""
_unusable: set[str] = set()
"""Digests of the directory versions that this process could not read, or for which it had too little memory."""


def corpus() -> Corpus:
    """Return the current directory, from the process's cache when nothing has changed.

    Changed suppliers are indexed at once. A new directory version to fit on is fitted in a background thread while
    requests use the old fit. All calls within one read transaction return the same object.
    """
    current, cached = read_transaction(), session().info.get("corpus")
    if current is not None and cached is not None and cached[0] is current:
        result: Corpus = cached[1]
        return result
    result = _current()
    session().info["corpus"] = (read_transaction(), result)
    return result


def _current() -> Corpus:
    revision, wanted = session.execute(_REVISION_AND_BASE).one()
    stamp, engine = fingerprint_of(revision), cast("Engine", session.get_bind())
    current = _corpora.get(engine)
    if current is None or current.stamp != stamp:
        with _lock:
            current = _corpora.get(engine)
            if current is None or current.stamp != stamp:
                current = _corpora[engine] = _build(stamp, current)
    if wanted and wanted != current.fitted.digest:
        _refit_in_background(engine, wanted)
    return current


def _build(stamp: str, former: Corpus | None) -> Corpus:
    entries = catalogue().by_id
    known = former.entries if former else {}
    stale = [supplier_id for supplier_id, entry in entries.items() if known.get(supplier_id) is not entry]
    loaded = {str(item.supplier.id): item for item in matchable_suppliers(stale if former else None)}
    documents: dict[str, Document] = {}
    listings: dict[str, Listing] = {}
    categories: dict[str, frozenset[str]] = {}
    for supplier_id in sorted(entries):
        key = str(supplier_id)
        if key in loaded:
            item = loaded[key]
            documents[key], listings[key] = effective_document(item), listing_of(item)
            categories[key] = item.categories
        elif former and supplier_id not in stale and key in former.documents:
            documents[key], listings[key] = former.documents[key], former.listings[key]
            categories[key] = former.categories[key]
    current = list(documents.values())
    fitted = former.fitted if former else _initial_fit(current)
    if directory_snapshots.newest_base_digest() is None and fitted.changed_share(current) > REFIT_THRESHOLD:
        fitted = _fit(current)
    if former and fitted is former.fitted:
        index = former.index.changed(
            [documents[key] for key in loaded if key in documents], [*former.documents.keys() - documents]
        )
    else:
        index = fitted.index.updated(current)
    return Corpus(stamp, fitted, index, documents, listings, categories, dict(entries))


def _fit(documents: Sequence[Document], digest: str | None = None) -> FittedIndex:
    digest = digest or directory_snapshots.directory_digest(documents)
    return FittedIndex(digest, index_cache.fit_or_load(digest, documents, SETTINGS))


def _initial_fit(documents: Sequence[Document]) -> FittedIndex:
    """Return the fit that the other processes use, or a fit on the current directory where there is none."""
    version = directory_snapshots.newest_base_version()
    if version is None:
        return _fit(documents)
    cached = index_cache.load(version.digest, SETTINGS)
    if cached is not None:
        return FittedIndex(version.digest, cached)
    try:
        return _fit(directory_snapshots.load_documents(version), version.digest)
    except DamagedRunError:
        logger.exception("The directory version to fit on is damaged; fitting on the current directory.")
        return _fit(documents)


def _refit_in_background(engine: "Engine", digest: str) -> None:
    """Start a thread that fits a new index. Requests use the old one until it is ready."""
    with _lock:
        if digest in _refitting or digest in _unusable:
            return
        _refitting.add(digest)
    version = directory_snapshots.newest_base_version()
    if version is None or version.digest != digest:
        _refitting.discard(digest)  # superseded meanwhile; the next call fits the newer version
        return
    try:
        documents = directory_snapshots.load_documents(version)
    except DamagedRunError:
        logger.exception("The new directory version to fit on is damaged; the old fit stays in use.")
        _unusable.add(digest)
        _refitting.discard(digest)
        return
    path = index_cache.path_for(digest, SETTINGS)
    threading.Thread(target=_refit, args=(engine, digest, documents, path), daemon=True).start()


def _refit(engine: "Engine", digest: str, documents: Sequence[Document], path: Path | None) -> None:
    try:
        fitted = FittedIndex(digest, index_cache.fit_or_load_at(path, documents, SETTINGS))
        with _lock:
            current = _corpora[engine]
            index = fitted.index.updated(list(current.documents.values()))
            _corpora[engine] = replace(current, fitted=fitted, index=index)
    except MemoryError:
        # Requests do not try this version again; the next version is tried.
        _unusable.add(digest)
        logger.exception(
            "Not enough memory to fit an index on the new directory version; the old fit stays in use."
        )
    finally:
        _refitting.discard(digest)


def is_refitting() -> bool:
    """Return True while a background thread fits a new index, after which scores may differ."""
    return bool(_refitting)


def load_cached_index() -> None:
    """Load the fitted index from disk and bring it up to date. Does nothing when there is no file."""
    digest = directory_snapshots.newest_base_digest()
    path = index_cache.path_for(digest, SETTINGS) if digest else None
    if path is not None and path.exists():
        with use_locale("nb"):
            corpus()


def warm() -> None:
    """Build everything that the first requests would wait for: index, glossary and service model."""
    with use_locale("nb"):
        matching.suggest_needs("nettside med bestilling", glossary())
        corpus().index.prepare()
