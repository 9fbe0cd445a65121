"""One process learns, the others map what it wrote; what is damaged or half written is never used."""

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
from marketplace.sourcing import corpus, directory_snapshots, index_cache
from marketplace.sourcing.corpus import SETTINGS
from marketplace.sourcing.use_cases import renew_base
from marketplace.suppliers.glossary import glossary

BRIEF = Query(id="b", title="Nettbutikk", text="Vi vil selge ost på nett med Vipps")


def folder_of(app: Flask) -> Path:
    return Path(app.instance_path) / "index"


def forget(app: Flask) -> None:
    """Be a process that has just begun."""
    del app
    session.rollback()
    corpus._kept.pop(db.engine, None)


@pytest.fixture
def kept(demo_world: Flask) -> Path:
    forget(demo_world)
    shutil.rmtree(folder_of(demo_world), ignore_errors=True)
    corpus.corpus()
    (found,) = folder_of(demo_world).iterdir()
    return found


def test_a_process_that_begins_maps_what_another_learnt(
    demo_world: Flask, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = corpus.corpus().index.rank(BRIEF)
    forget(demo_world)
    monkeypatch.setattr(Index, "build", None)
    assert corpus.corpus().index.rank(BRIEF) == before
    assert [path.name for path in folder_of(demo_world).iterdir()] == [kept.name]


def test_a_damaged_one_is_said_and_learnt_again(
    demo_world: Flask, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = corpus.corpus().index.rank(BRIEF)
    file = kept / "lexical" / "postings" / "weights.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    forget(demo_world)
    with caplog.at_level(logging.WARNING):
        assert corpus.corpus().index.rank(BRIEF) == before
    assert "is damaged in lexical/postings/weights.npy; it has to be built anew" in caplog.text
    Index.open(kept, glossary(), SETTINGS, directory_snapshots.matcher())


def test_a_process_serves_on_though_its_folder_is_deleted_or_cannot_be_written(
    demo_world: Flask, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = corpus.corpus().index.rank(BRIEF)
    for path in sorted(kept.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    kept.parent.rmdir()
    assert corpus.corpus().index.rank(BRIEF) == before
    kept.parent.write_text("in the way", encoding="utf-8")
    forget(demo_world)
    assert corpus.corpus().index.rank(BRIEF) == before
    assert "this process goes on with its own" in caplog.text


def test_a_new_base_is_kept_before_anybody_hears_of_it(demo_world: Flask) -> None:
    for version in session.query(directory_snapshots.DirectoryVersion):
        version.base_since = None
    session.commit()
    forget(demo_world)
    assert renew_base()
    newest = directory_snapshots.newest_base_digest()
    assert newest
    assert index_cache.kept(newest, SETTINGS) is not None
    assert not renew_base()


def test_a_process_that_begins_reads_what_is_kept_and_learns_nothing_where_nothing_is(
    demo_world: Flask, kept: Path
) -> None:
    forget(demo_world)
    corpus.read_kept()
    assert corpus._kept[db.engine].base.digest == directory_snapshots.newest_base_digest()
    forget(demo_world)
    shutil.rmtree(kept.parent)
    corpus.read_kept()
    assert db.engine not in corpus._kept
    for version in session.query(directory_snapshots.DirectoryVersion):
        version.base_since = None
    session.commit()
    corpus.read_kept()
    assert db.engine not in corpus._kept


def test_without_a_folder_each_process_learns_for_itself(
    demo_world: Flask, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, base = corpus.corpus().index.rank(BRIEF), corpus.corpus().base
    shutil.rmtree(kept.parent)
    forget(demo_world)
    monkeypatch.delitem(index_cache._folders, db.engine.url)
    assert corpus.corpus().index.rank(BRIEF) == before
    assert corpus.corpus().base is not base
    assert not kept.parent.exists()
    assert index_cache.kept(base.digest, SETTINGS) is None
    corpus.read_kept()


WRITER = """
import sys
from pathlib import Path
from marketplace.matching import Document, Index
from marketplace.suppliers.glossary import glossary
index = Index.build([Document(str(n), f"Byrå {n}", "Vi lager nettbutikk for gården. " * 20) for n in range(40)], glossary())
print("ready", flush=True)
number = 0
while True:
    index.save(Path(sys.argv[1]) / f"v{number}")
    number += 1
"""


@pytest.mark.once
def test_who_is_killed_while_writing_leaves_whole_indexes_alone(tmp_path: Path) -> None:
    chance = random.Random(7)
    for round_number in range(3):
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
        whole = [path for path in folder.iterdir() if not path.name.endswith(".unfinished")]
        assert whole
        for path in whole:
            assert len(Index.open(path, glossary())) == 40
