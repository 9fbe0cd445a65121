"""Snapshots: an opened index equals the saved one, or is refused."""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from marketplace.matching import Document, Glossary, Index, MatchingSettings, Query
from marketplace.matching.index import snapshot
from marketplace.matching.index.snapshot import SnapshotError
from marketplace.matching.storage.string_table import (
    MAX_DICT_SIZE,
    MAX_HASH_TABLE_SIZE,
    CountedVocabulary,
    StringTable,
    Vocabulary,
)
from tests.matching.test_incremental_updates import BRIEF, NEW
from tests.support.any_text import any_text


@pytest.fixture
def folder(index: Index, tmp_path: Path) -> Path:
    index.save(str(tmp_path / "one"), "words")
    return tmp_path / "one"


def test_opened_index_ranks_like_saved_index(index: Index, folder: Path, glossary: Glossary) -> None:
    opened = Index.open(folder, glossary, stamp="words")
    assert opened.documents == index.documents
    assert opened.rank(BRIEF) == index.rank(BRIEF)
    assert opened.suggest_needs("vi vil selge på nett") == index.suggest_needs("vi vil selge på nett")
    assert opened.suggest_needs("netbutik med bettaling") == index.suggest_needs("netbutik med bettaling")


def test_opened_index_applies_changes_like_saved_index(
    index: Index, folder: Path, glossary: Glossary, suppliers: list[Document]
) -> None:
    opened = Index.open(folder, glossary, stamp="words")
    current = [*suppliers[1:], NEW]
    assert opened.updated(current).rank(BRIEF) == index.updated(current).rank(BRIEF)
    changed = opened.changed([NEW], removed=[suppliers[0].id])
    assert changed.rank(BRIEF) == index.updated(current).rank(BRIEF)
    assert changed.judge(BRIEF, suppliers[0].id) is None
    assert changed.changed([suppliers[0]], removed=[NEW.id, "nobody"]).rank(BRIEF) == index.rank(BRIEF)


def test_other_stamp_or_settings_are_refused(folder: Path, glossary: Glossary) -> None:
    with pytest.raises(SnapshotError, match="other words or formulas; it has to be rebuilt"):
        Index.open(folder, glossary, stamp="others")
    with pytest.raises(SnapshotError, match="other settings"):
        Index.open(folder, glossary, MatchingSettings(k1=1.3), stamp="words")


def test_changed_or_missing_file_is_detected(folder: Path, glossary: Glossary) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 40
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(SnapshotError, match="rebuilt"):
            Index.open(folder, glossary, stamp="words")
        path.unlink()
        with pytest.raises(SnapshotError, match="rebuilt"):
            Index.open(folder, glossary, stamp="words")
        path.write_bytes(content)
    Index.open(folder, glossary, stamp="words")


def test_existing_snapshot_is_not_rewritten(index: Index, folder: Path) -> None:
    before = (folder / snapshot.MANIFEST).stat().st_mtime_ns
    index.save(folder, "words")
    assert (folder / snapshot.MANIFEST).stat().st_mtime_ns == before


def test_old_and_unfinished_snapshots_are_pruned(index: Index, folder: Path) -> None:
    for name in ("two", "three"):
        index.save(folder.with_name(name), "words")
    finished = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    for owner in (finished.stdout.decode().strip(), "1", "x"):
        folder.with_name(f"four.{owner}.unfinished").mkdir()
    snapshot.prune(folder.parent, 2)
    assert {path.name for path in folder.parent.iterdir()} == {"two", "three", "four.1.unfinished"}
    snapshot.prune(folder.parent / "nowhere", 2)


def test_concurrent_writers_keep_one_snapshot(
    index: Index, folder: Path, glossary: Glossary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(self: Path, target: Path) -> Path:
        shutil.copytree(folder, target)
        raise FileExistsError(str(self))

    monkeypatch.setattr(Path, "rename", too_late)
    index.save(folder.with_name("two"), "words")
    assert {path.name for path in folder.parent.iterdir()} == {"one", "two"}
    monkeypatch.setattr(
        Path, "rename", lambda self, target: (_ for _ in ()).throw(OSError(f"{self} {target}"))
    )
    with pytest.raises(OSError, match="three"):
        index.save(folder.with_name("three"), "words")
    assert {path.name for path in folder.parent.iterdir()} == {"one", "two"}


def use_up_memory() -> list[bytearray]:
    """Leave this process two megabytes. Returns the blocks that occupy the memory it has freed before."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**20, used + 2**20))
    blocks = []
    with contextlib.suppress(MemoryError):
        while True:
            blocks.append(bytearray(2**16))
    return blocks[:-32]


def test_index_that_does_not_fit_in_memory_leaves_the_old_one_usable(
    index: Index, folder: Path, glossary: Glossary
) -> None:
    """A forked process has little memory left while it builds and saves a larger index."""
    expected = index.rank(BRIEF)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            occupied = use_up_memory()
            text = " ".join(f"ord{number}" for number in range(5_000))
            Index.build([replace(NEW, id=str(n), text=text) for n in range(40)], glossary).save(
                folder.with_name("two"), "words"
            )
            del occupied
        except MemoryError:
            code = 0 if index.rank(BRIEF) == expected else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert {path.name for path in folder.parent.iterdir()} == {"one"}


def test_discard_is_idempotent(folder: Path) -> None:
    snapshot.discard(folder)
    snapshot.discard(folder)
    assert list(folder.parent.iterdir()) == []


def test_draft_of_other_user_is_not_pruned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(process: int, signal: int) -> None:
        raise PermissionError(process, signal)

    monkeypatch.setattr(snapshot.os, "kill", refused)
    folder.with_name("two.4711.unfinished").mkdir()
    folder.with_name("something else").mkdir()
    snapshot.prune(folder.parent, 1)
    assert {path.name for path in folder.parent.iterdir()} == {"one", "two.4711.unfinished", "something else"}


def test_invalid_manifest_is_refused(folder: Path, glossary: Glossary) -> None:
    for text in ("", "[]", json.dumps({"format": 0})):
        (folder / snapshot.MANIFEST).write_text(text, encoding="utf-8")
        with pytest.raises(SnapshotError):
            Index.open(folder, glossary, stamp="words")


@given(strings=st.lists(any_text(max_size=12), unique=True, max_size=40), other=any_text(max_size=12))
def test_vocabulary_contains_its_strings_only(strings: list[str], other: str) -> None:
    distinct = [text.encode("utf-8", "replace").decode() for text in strings]
    distinct = list(dict.fromkeys(distinct))
    for uses_dict in (True, False):
        vocabulary = Vocabulary.of(distinct)
        if not uses_dict:
            vocabulary._dict = vocabulary._hash_table = None
        assert list(vocabulary) == distinct
        assert [vocabulary[text] for text in distinct] == list(range(len(distinct)))
        assert vocabulary.get(other, -1) == (distinct.index(other) if other in distinct else -1)
        assert (other in vocabulary) == (other in distinct)
        queries = [*reversed(distinct), other, *distinct]
        assert vocabulary.indices(queries).tolist() == [vocabulary.get(text, -1) for text in queries]


@pytest.mark.parametrize("max_size", [MAX_DICT_SIZE, MAX_HASH_TABLE_SIZE])
def test_large_vocabularies_find_every_string(tmp_path: Path, max_size: int) -> None:
    words = [f"ord{number}" for number in range(max_size + 10)]
    CountedVocabulary.of({word: number for number, word in enumerate(words)}).save(tmp_path, "many")
    opened = CountedVocabulary.open(tmp_path, "many")
    assert len(opened) == len(words)
    assert all(opened[word] == number for number, word in enumerate(words))
    assert opened.get("ordet") is None
    assert opened.vocabulary.indices([*opened, "ordet", ""]).tolist() == [*range(len(words)), -1, -1]
    assert list(opened) == sorted(words)
    with pytest.raises(KeyError):
        opened["ordet"]
    assert StringTable.open(tmp_path, "many")[-1] == max(words)
    assert StringTable.of(["a", "å"])[0:2] == ["a", "å"]


def test_limited_ranking_over_many_added_rows(index: Index, suppliers: list[Document]) -> None:
    many = [Document(id=f"n{number}", name="Ny", text=f"nettbutikk nummer {number}") for number in range(50)]
    changed = index.changed(many)
    assert len(changed) == len(suppliers) + 50
    query = Query(id="q", title="", text="nettbutikk")
    assert len(changed.rank(query, limit=5).matches) == 5
