"""Index the same profiles with each engine, ask all of them the same briefs in rotation, and write RESULTS.md."""

import datetime as dt
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engines.children import EngineProcess
from benchmarks.engines.report import SizeResult, write
from benchmarks.engines.sharing import private_growth
from benchmarks.engines.texts import SEED, GeneratedTexts

SIZES = (1_000_000, 100_000, 10_000)
ENGINES = (
    ("ours", "ours:OwnEngine", None),
    ("bm25s numpy", "peers:BM25S", None),
    ("tantivy", "peers:Tantivy", None),
    ("scikit-learn cosine", "peers:ScikitLearn", None),
    ("SQLite FTS5", "peers:SQLite", None),
    ("PostgreSQL", "peers:PostgreSQL", 100_000),
    ("bm25s numba", "peers:BM25SNumba", None),
)
"""Name, class, and the largest size the engine is measured at."""
BRIEF_COUNT = 60
MAX_SECONDS = 8.0
"""After this time at one size an engine gets no more briefs."""
MIN_BRIEFS = 3
SHARED_BRIEFS = 50
SHARED_SIZE = 100_000
PRECOUNTED_OPTION = "--counted"
"""Pass term counts to the engines that accept them, which takes a tenth of the time; indexing time is then not
reported.
"""
WITHOUT_OPTION = "--without="
"""Comma-separated names of engines to exclude."""


def measure(size: int, folder: Path, excluded: Sequence[str], *, counted: bool) -> SizeResult:
    """Return the results at one size."""
    generated = GeneratedTexts(SEED + size)
    texts = folder / "texts.txt"
    with texts.open("w", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for text in generated.profiles(size))
    briefs, changed_text = list(generated.briefs(BRIEF_COUNT)), next(generated.profiles(1))
    children = [
        EngineProcess(name, f"benchmarks.engines.{path}")
        for name, path, largest in ENGINES
        if size <= (largest or size) and name not in excluded
    ]
    ours = children[0]
    for child in children:
        _build(child, texts, folder, briefs[0], (SEED + size, size) if counted else None)
    saved = next(child for child in children if child.name == "bm25s numpy")
    children[-1].measured |= {key: saved.measured[key] for key in ("index", "bytes")}
    postings = ours.call("postings")[1]
    limits: dict[str, list[float]] = {"scan": [], "stream": [], "stream_sum": []}
    for turn, words in enumerate(briefs):
        for what, times in limits.items():
            times.append(ours.call(what, words)[0])
        for child in children[turn % len(children) :] + children[: turn % len(children)]:
            if sum(child.times) < MAX_SECONDS or len(child.times) < MIN_BRIEFS:
                elapsed, answer = child.call("ask", words)
                child.times.append(elapsed)
                child.answers.append(answer)
    touched = [ours.call("touched_bytes", words)[1] for words in briefs]
    memory_growth = None
    if size == SHARED_SIZE:
        columns = [ours.call("columns", words)[1] for words in briefs[:SHARED_BRIEFS]]
        memory_growth = private_growth(folder / "ours", columns)
    for child in children:
        child.measured["change"] = _change(child, size, changed_text)
        child.stop()
    return SizeResult(size, postings, children, limits, touched, memory_growth)


def _build(
    child: EngineProcess, texts: Path, folder: Path, brief: list[str], seed_and_size: tuple[int, int] | None
) -> None:
    child.start()
    engine_folder = folder / child.name.replace(" ", "-")
    engine_folder.mkdir()
    if seed_and_size and child.call("can_count")[1]:
        child.call("build_counted", *seed_and_size, engine_folder)
        child.measured["index"] = None
    else:
        child.measured["index"] = child.call("build", texts, engine_folder)[0]
    child.call("ask", brief)
    child.measured["memory"] = child.call("memory")[1]
    child.measured["bytes"] = child.call("bytes")[1]
    _log(f"{child.name} is indexed")


def _change(child: EngineProcess, size: int, text: str) -> float | None:
    """Return the seconds until a changed supplier is the first result for its own words."""
    if child.name.startswith("bm25s"):
        return None
    row, words = size // 2, list(dict.fromkeys(text.split()))
    elapsed = child.call("change", row, text)[0]
    answer = child.call("ask", words)[1]
    if row not in answer[:1]:
        message = f"{child.name} does not find the changed document."
        raise AssertionError(message)
    return elapsed


def _log(line: str) -> None:
    sys.stdout.write(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure the given sizes, or all, and write the report after each."""
    sizes = [word for word in sys.argv[1:] if not word.startswith("--")]
    excluded = [
        name
        for word in sys.argv[1:]
        if word.startswith(WITHOUT_OPTION)
        for name in word[len(WITHOUT_OPTION) :].split(",")
    ]
    results: list[SizeResult] = []
    for size in [int(name) for name in sizes] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            results.append(
                measure(
                    size, Path(folder), excluded, counted=PRECOUNTED_OPTION in sys.argv and size > SHARED_SIZE
                )
            )
        _log(write(results))


if __name__ == "__main__":
    main()
