"""Index the same profiles with each engine, ask all the same briefs by turns, and write benchmarks/RESULTS.md."""

import datetime as dt
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engines.children import Child
from benchmarks.engines.report import Size, write
from benchmarks.engines.sharing import private_growth
from benchmarks.engines.texts import SEED, Texts

SIZES = (1_000_000, 100_000, 10_000)
ENGINES = (
    ("ours", "ours:Ours", None),
    ("bm25s numpy", "peers:BM25S", None),
    ("tantivy", "peers:Tantivy", None),
    ("scikit-learn cosine", "peers:ScikitLearn", None),
    ("SQLite FTS5", "peers:SQLite", None),
    ("PostgreSQL", "peers:PostgreSQL", 100_000),
    ("bm25s numba", "peers:BM25SNumba", None),
)
"""Name, class, and the largest size that is asked of it."""
BRIEFS = 60
SECONDS_EACH = 8.0
"""An engine that has answered for so long at one size is asked no more."""
LEAST_BRIEFS = 3
SHARED_BRIEFS = 50
SHARED_SIZE = 100_000
COUNTED = "--counted"
"""Engines that can take words that are counted already do so, in a tenth of the time; then it is not told."""
WITHOUT = "--without="
"""Names of engines that are left out, by comma."""


def measure(size: int, folder: Path, without: Sequence[str], *, counted: bool) -> Size:
    """Return what was measured at one size."""
    drawn = Texts(SEED + size)
    texts = folder / "texts.txt"
    with texts.open("w", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for text in drawn.profiles(size))
    briefs, changed = list(drawn.briefs(BRIEFS)), next(drawn.profiles(1))
    children = [
        Child(name, f"benchmarks.engines.{path}")
        for name, path, largest in ENGINES
        if size <= (largest or size) and name not in without
    ]
    ours = children[0]
    for child in children:
        _build(child, texts, folder, briefs[0], (SEED + size, size) if counted else None)
    saved = next(child for child in children if child.name == "bm25s numpy")
    children[-1].measured |= {key: saved.measured[key] for key in ("index", "bytes")}
    postings = ours.do("postings")[1]
    limits: dict[str, list[float]] = {"scan": [], "stream": [], "stream_sum": []}
    for turn, words in enumerate(briefs):
        for what, times in limits.items():
            times.append(ours.do(what, words)[0])
        for child in children[turn % len(children) :] + children[: turn % len(children)]:
            if sum(child.times) < SECONDS_EACH or len(child.times) < LEAST_BRIEFS:
                elapsed, answer = child.do("ask", words)
                child.times.append(elapsed)
                child.answers.append(answer)
    touched = [ours.do("touched", words)[1] for words in briefs]
    shared = None
    if size == SHARED_SIZE:
        asked = [ours.do("columns", words)[1] for words in briefs[:SHARED_BRIEFS]]
        shared = private_growth(folder / "ours", asked)
    for child in children:
        child.measured["change"] = _change(child, size, changed)
        child.stop()
    return Size(size, postings, children, limits, touched, shared)


def _build(child: Child, texts: Path, folder: Path, words: list[str], drawn: tuple[int, int] | None) -> None:
    child.start()
    home = folder / child.name.replace(" ", "-")
    home.mkdir()
    if drawn and child.do("can_count")[1]:
        child.do("build_counted", *drawn, home)
        child.measured["index"] = None
    else:
        child.measured["index"] = child.do("build", texts, home)[0]
    child.do("ask", words)
    child.measured["memory"] = child.do("memory")[1]
    child.measured["bytes"] = child.do("bytes")[1]
    _say(f"{child.name} has its index")


def _change(child: Child, size: int, text: str) -> float | None:
    """Return how long it takes until a changed supplier is the first to be found by its own words."""
    if child.name.startswith("bm25s"):
        return None
    row, words = size // 2, list(dict.fromkeys(text.split()))
    elapsed = child.do("change", row, text)[0]
    found = child.do("ask", words)[1]
    if row not in found[:1]:
        message = f"{child.name} does not find what changed."
        raise AssertionError(message)
    return elapsed


def _say(line: str) -> None:
    sys.stdout.write(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure the sizes that are named, or all, and write after each."""
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    without = [
        name for word in sys.argv[1:] if word.startswith(WITHOUT) for name in word[len(WITHOUT) :].split(",")
    ]
    done: list[Size] = []
    for size in [int(name) for name in named] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            done.append(
                measure(size, Path(folder), without, counted=COUNTED in sys.argv and size > SHARED_SIZE)
            )
        _say(write(done))


if __name__ == "__main__":
    main()
