"""Cache of fitted indexes: one process writes, others map the files; damaged or partial files are not used."""

import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core.database import db, session
from marketplace.matching import Index, Query
from marketplace.sourcing.ranking import corpus, directory_snapshots, index_cache
from marketplace.sourcing.ranking.corpus import SETTINGS
from marketplace.sourcing.use_cases import refit
from marketplace.suppliers.glossary import glossary
from tests.support.sampling import Sampling

pytestmark = pytest.mark.usefixtures("own_indexes")
BRIEF = Query(id="b", title="Nettbutikk", text="Vi vil selge ost på nett med Vipps")


def cache_dir_of(app: Flask) -> Path:
    return Path(app.instance_path) / "index"


def drop_corpus(app: Flask) -> None:
    """Drop the process's corpus, as in a new process."""
    del app
    session.rollback()
    corpus._corpora.pop(db.engine, None)


@pytest.fixture
def cached_index(demo_app: Flask) -> Path:
    drop_corpus(demo_app)
    shutil.rmtree(cache_dir_of(demo_app), ignore_errors=True)
    corpus.corpus()
    (path,) = cache_dir_of(demo_app).iterdir()
    return path


def test_new_process_loads_cached_index(
    demo_app: Flask, cached_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = corpus.corpus().index.rank(BRIEF)
    drop_corpus(demo_app)
    monkeypatch.setattr(Index, "build", None)
    assert corpus.corpus().index.rank(BRIEF) == before
    assert [path.name for path in cache_dir_of(demo_app).iterdir()] == [cached_index.name]


def test_damaged_file_is_logged_and_fitted_again(
    demo_app: Flask, cached_index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = corpus.corpus().index.rank(BRIEF)
    file = cached_index / "lexical" / "postings" / "weights.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    drop_corpus(demo_app)
    with caplog.at_level(logging.WARNING):
        assert corpus.corpus().index.rank(BRIEF) == before
    assert "is damaged in lexical/postings/weights.npy; it has to be rebuilt" in caplog.text
    Index.open(cached_index, glossary(), SETTINGS, directory_snapshots.matcher_digest())


def test_process_survives_deleted_or_unwritable_cache(
    demo_app: Flask, cached_index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = corpus.corpus().index.rank(BRIEF)
    for path in sorted(cached_index.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    cached_index.parent.rmdir()
    assert corpus.corpus().index.rank(BRIEF) == before
    cached_index.parent.write_text("in the way", encoding="utf-8")
    drop_corpus(demo_app)
    assert corpus.corpus().index.rank(BRIEF) == before
    assert "stays in this process's memory" in caplog.text


def test_refit_writes_cache_before_version_is_visible(demo_app: Flask) -> None:
    for version in session.query(directory_snapshots.DirectoryVersion):
        version.base_since = None
    session.commit()
    drop_corpus(demo_app)
    assert refit()
    newest = directory_snapshots.newest_base_digest()
    assert newest
    assert index_cache.load(newest, SETTINGS) is not None
    assert not refit()


def test_load_cached_index_does_nothing_without_file(demo_app: Flask, cached_index: Path) -> None:
    drop_corpus(demo_app)
    corpus.load_cached_index()
    assert corpus._corpora[db.engine].fitted.digest == directory_snapshots.newest_base_digest()
    drop_corpus(demo_app)
    shutil.rmtree(cached_index.parent)
    corpus.load_cached_index()
    assert db.engine not in corpus._corpora
    for version in session.query(directory_snapshots.DirectoryVersion):
        version.base_since = None
    session.commit()
    corpus.load_cached_index()
    assert db.engine not in corpus._corpora


def test_without_cache_each_process_fits_its_own_index(
    demo_app: Flask, cached_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, fitted = corpus.corpus().index.rank(BRIEF), corpus.corpus().fitted
    shutil.rmtree(cached_index.parent)
    drop_corpus(demo_app)
    monkeypatch.delitem(index_cache._cache_dirs, db.engine.url)
    assert corpus.corpus().index.rank(BRIEF) == before
    assert corpus.corpus().fitted is not fitted
    assert not cached_index.parent.exists()
    assert index_cache.load(fitted.digest, SETTINGS) is None
    corpus.load_cached_index()


WRITER = """
import sys
from pathlib import Path
from marketplace.matching import Document, Index
from marketplace.suppliers.glossary import glossary
from tests.support.sampling import Sampling
index = Index.build([Document(str(n), f"Byrå {n}", "Vi lager nettbutikk for gården. " * 20) for n in range(40)], glossary())
print("ready", flush=True)
number = 0
while True:
    index.save(Path(sys.argv[1]) / f"v{number}")
    number += 1
"""


@pytest.mark.once
def test_killed_writer_leaves_only_complete_indexes(tmp_path: Path, sampling: Sampling) -> None:
    chance = random.Random(sampling.seed)
    for round_number in sampling.choose(range(3), 1, "killed writers"):
        folder = tmp_path / str(round_number)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, env=os.environ.copy()
        )
        assert writer.stdout
        with writer.stdout:
            assert writer.stdout.readline() == b"ready\n"
            deadline = time.monotonic() + 30
            while not (folder / "v0").exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.05, 0.4))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        complete = [path for path in folder.iterdir() if not path.name.endswith(".unfinished")]
        assert complete
        for path in complete:
            assert len(Index.open(path, glossary())) == 40
