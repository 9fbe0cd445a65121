"""Cache of fitted matching indexes, shared by all tests of a run: most tests rank one of a few small directories.

Fitting and writing an index takes 0.3 s even for four suppliers, because the glossary is analysed each time.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.run import Run

if TYPE_CHECKING:
    from marketplace.matching import Document, Index, MatchingSettings


@contextlib.contextmanager
def shared_indexes(run: Run) -> Iterator[None]:
    """Store fitted indexes in the folder of the run, and reuse them, inside the block.

    The name of an index is a digest of its inputs. An instance folder contains a symbolic link to a shared index, which
    each worker opens once.
    """
    from marketplace.sourcing.ranking import index_cache

    fit_at, opened = index_cache.fit_or_load_at, index_cache._open
    folder = run.folder / "indexes"
    folder.mkdir(exist_ok=True)
    known: dict[str, Index | None] = {}

    @functools.wraps(opened)
    def shared_opened(place: Path, settings: "MatchingSettings") -> "Index | None":
        if not place.is_symlink():
            return opened(place, settings)
        if place.name not in known:
            known[place.name] = opened(place, settings)
        return known[place.name]

    @functools.wraps(fit_at)
    def shared_fit_at(
        place: Path | None, documents: "Sequence[Document]", settings: "MatchingSettings"
    ) -> "Index":
        if place is None:
            return fit_at(place, documents, settings)
        shared = folder / place.name
        with contextlib.suppress(OSError):
            if shared.exists() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(shared)
        index = fit_at(place, documents, settings)
        with contextlib.suppress(OSError):
            if place.exists() and not shared.exists():
                place.rename(shared)
                place.symlink_to(shared)
        return index

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_cache, "fit_or_load_at", shared_fit_at)
        patch.setattr(index_cache, "_open", shared_opened)
        yield
