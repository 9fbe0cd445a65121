"""One index serves a process: the directory as it stands, ranked by what a base of it has taught.

A supplier that is suspended, or has changed its profile, is out or changed in the next answer of every process. How
rare words are and which words tell of which service is learnt from a base that all processes share, so that they
give the same figures.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from marketplace import matching
from marketplace.core.database import read_transaction, session
from marketplace.core.i18n import use_locale
from marketplace.directory.queries import catalogue, directory_stamp, matchable_suppliers
from marketplace.matching import Document, Settings
from marketplace.sourcing import directory_snapshots, index_cache
from marketplace.sourcing.documents import Listing, document_of, listing_of
from marketplace.sourcing.run_storage import DamagedRunError
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from marketplace.matching import Index

SETTINGS = Settings()
T = TypeVar("T")
MOST_REMEMBERED = 256
MUCH = 0.1
"""From which share of changed suppliers on the index learns anew."""
logger = logging.getLogger(__name__)
_lock = Lock()


@dataclass(frozen=True)
class Base:
    """The directory that the index has learnt from: how rare words are, compounds, needs."""

    digest: str
    index: "Index"

    @property
    def documents(self) -> Sequence[Document]:
        """Return the suppliers it has learnt from."""
        return self.index.documents

    def share_changed(self, documents: Sequence[Document]) -> float:
        """Return how large a share of the suppliers came, left or changed since."""
        then, now = set(self.documents), set(documents)
        return len(then ^ now) / max(len(then | now), 1)


@dataclass(frozen=True)
class Corpus:
    """The directory as it can be ranked, at one stamp."""

    stamp: str
    base: Base
    index: "Index"
    documents: Mapping[str, Document]
    listings: Mapping[str, Listing]
    categories: Mapping[str, frozenset[str]]
    entries: Mapping[int, object]
    """Each supplier as the directory knows it, to see who has changed."""
    _remembered: dict[object, Any] = field(default_factory=dict)

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is made from this directory and the key alone, from memory when it was made before.

        Whoever writes a brief looks at the same page again and again, and most times nothing has changed.
        """
        found: T | None = self._remembered.get(key)  # held on to: another thread may forget it meanwhile
        if found is None:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = make()
        return found

    @property
    def mark(self) -> str:
        """Return a value that changes when any figure could."""
        return f"{self.stamp} {self.base.digest}"


_kept: "WeakKeyDictionary[Engine, Corpus]" = WeakKeyDictionary()
_learning: set[str] = set()
_damaged: set[str] = set()
"""The digests of bases that are being learnt, and of those that this process could not read."""


def corpus() -> Corpus:
    """Return the directory as it stands now, from memory when nothing has changed since last time.

    What changed is taken in at once. What all of it teaches is learnt anew only when there is a new base, and then
    beside the requests that go on with the old one. Within one reading the directory stands still: the parts of a
    page that ask for it get the same one, and the database is asked once.
    """
    now, asked = read_transaction(), session().info.get("corpus")
    if now is not None and asked is not None and asked[0] is now:
        found: Corpus = asked[1]
        return found
    found = _as_it_stands()
    session().info["corpus"] = (read_transaction(), found)
    return found


def _as_it_stands() -> Corpus:
    stamp = directory_stamp()
    engine = cast("Engine", session.get_bind())
    kept = _kept.get(engine)
    if kept is None or kept.stamp != stamp:
        with _lock:
            kept = _kept.get(engine)
            if kept is None or kept.stamp != stamp:
                kept = _kept[engine] = _made(stamp, kept)
    wanted = directory_snapshots.newest_base_digest()
    if wanted and wanted != kept.base.digest:
        _learn_beside(engine, wanted)
    return kept


def _made(stamp: str, former: Corpus | None) -> Corpus:
    entries = catalogue().by_id
    known = former.entries if former else {}
    stale = [number for number, entry in entries.items() if known.get(number) is not entry]
    found = {str(item.supplier.id): item for item in matchable_suppliers(stale if former else None)}
    documents: dict[str, Document] = {}
    listings: dict[str, Listing] = {}
    categories: dict[str, frozenset[str]] = {}
    for number in sorted(entries):
        key = str(number)
        if key in found:
            item = found[key]
            documents[key], listings[key], categories[key] = (
                document_of(item),
                listing_of(item),
                item.categories,
            )
        elif former and number not in stale and key in former.documents:
            documents[key], listings[key] = former.documents[key], former.listings[key]
            categories[key] = former.categories[key]
    listed = list(documents.values())
    base = former.base if former else _first_base(listed)
    if directory_snapshots.newest_base_digest() is None and base.share_changed(listed) > MUCH:
        base = _learnt(listed)
    if former and base is former.base:
        index = former.index.changed(
            [documents[key] for key in found if key in documents], [*former.documents.keys() - documents]
        )
    else:
        index = base.index.updated(listed)
    return Corpus(stamp, base, index, documents, listings, categories, dict(entries))


def _learnt(documents: Sequence[Document], digest: str | None = None) -> Base:
    digest = digest or directory_snapshots.digest_of_all(documents)
    return Base(digest, index_cache.learnt(digest, documents, SETTINGS))


def _first_base(documents: Sequence[Document]) -> Base:
    wanted = directory_snapshots.newest_base()
    if wanted is None:
        return _learnt(documents)
    kept = index_cache.kept(wanted.digest, SETTINGS)
    if kept is not None:
        return Base(wanted.digest, kept)
    try:
        return _learnt(directory_snapshots.documents_of(wanted), wanted.digest)
    except DamagedRunError:
        logger.exception("The base of the index is damaged; it is learnt from the directory as it stands.")
        return _learnt(documents)


def _learn_beside(engine: "Engine", digest: str) -> None:
    """Learn a new base in a thread of its own; until it is ready, the old one answers."""
    with _lock:
        if digest in _learning or digest in _damaged:
            return
        _learning.add(digest)
    wanted = directory_snapshots.newest_base()
    if wanted is None or wanted.digest != digest:
        _learning.discard(digest)  # there is another one by now, which the next answer asks for
        return
    try:
        documents = directory_snapshots.documents_of(wanted)
    except DamagedRunError:
        logger.exception("The new base of the index is damaged; the old one serves until another is chosen.")
        _damaged.add(digest)
        _learning.discard(digest)
        return
    place = index_cache.place_of(digest, SETTINGS)
    threading.Thread(target=_learn, args=(engine, digest, documents, place), daemon=True).start()


def _learn(engine: "Engine", digest: str, documents: Sequence[Document], place: Path | None) -> None:
    try:
        base = Base(digest, index_cache.learnt_at(place, documents, SETTINGS))
        with _lock:
            kept = _kept[engine]
            index = base.index.updated(list(kept.documents.values()))
            _kept[engine] = replace(kept, base=base, index=index)
    finally:
        _learning.discard(digest)


def is_learning() -> bool:
    """Say whether a new base is being learnt beside the requests, after which figures may be others."""
    return bool(_learning)


def read_kept() -> None:
    """Read the index that lies on disk, and bring it up to date; where there is none, do nothing."""
    digest = directory_snapshots.newest_base_digest()
    place = index_cache.place_of(digest, SETTINGS) if digest else None
    if place is not None and place.exists():
        with use_locale("nb"):
            corpus()


def warm() -> None:
    """Build all that the first pages would wait for: the index, the words that explain, the model that reads needs."""
    with use_locale("nb"):
        matching.suggest_needs("nettside med bestilling", glossary())
        corpus().index.prepare()
