"""CPU time by query length of our engine and of other kernels in the same process. Run by `make bench-query-length`.

Writes benchmarks/QUERY_LENGTH.md. Ours and another engine answer each query in turn, in alternating order, and CPU time
is counted, so that other processes on the machine disturb both alike.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.engines.ours import OwnEngine
from benchmarks.engines.peers import BM25S, TOP_K, BM25SNumba, Engine, Tantivy
from benchmarks.engines.texts import SEED, GeneratedTexts, TradeTexts
from marketplace.matching.index.bm25 import FieldedBM25Transformer

RESULTS = Path(__file__).parents[1] / "QUERY_LENGTH.md"
SIZES = (10_000, 100_000)
LENGTHS = (1, 5, 20, 100)
TEXTS = {"flat": GeneratedTexts, "trades": TradeTexts}
QUERY_COUNT = 150
REPEATED = 3
"""Before each query an engine repeats this many earlier ones untimed, because others have filled the caches since."""
TARGET = 0.9
HEAD = """# CPU time by query length

Written by `make bench-query-length` on {date}: {cores} cores shared with other work, one thread.

*Flat*: all words of a supplier are drawn from one distribution. *Trades*: half of them are drawn from the words of its
trade, one of 40, and briefs likewise. Median CPU time from words to the top 20, in microseconds, of {count} queries. All
engines run in one process; ours and another answer each query in alternating order. *SciPy product* is a product of the sparse
matrix of the query's rows with its weights, and `argpartition`. *Ratio* is the median of ours / bm25s numba by
query; the target is {target}.
"""


class SciPyProduct(Engine):
    """The product of a sparse matrix, terms by documents, with the query."""

    name = "SciPy product"

    def build(self, texts: Path, folder: Path) -> None:
        """Count and weigh the words."""
        del folder
        counter = CountVectorizer(analyzer=str.split)
        with texts.open(encoding="utf-8") as lines:
            counts = {"text": counter.fit_transform(lines).tocsr()}
        weights = FieldedBM25Transformer({"text": 1.0}).fit(counts).transform(counts)
        self._by_term = sparse.csr_array(weights.T, dtype=np.float32)
        self._columns = counter.vocabulary_

    def ask(self, words: list[str]) -> list[int]:
        """Multiply and select."""
        rows = [self._columns[word] for word in words if word in self._columns]
        scores = self._by_term[rows].T @ np.ones(len(rows), dtype=np.float32)
        best = np.argpartition(-scores, TOP_K)[:TOP_K]
        return best[np.argsort(-scores[best])].tolist()


def measure_pair(one: Engine, other: Engine, queries: Sequence[list[str]]) -> np.ndarray:
    """Return the CPU times of two engines in microseconds, by query and engine."""
    times = []
    for turn in range(REPEATED, len(queries)):
        pair = {}
        for engine in (one, other) if turn % 2 else (other, one):
            for query in queries[turn - REPEATED : turn]:
                engine.ask(query)
            started = time.process_time()
            engine.ask(queries[turn])
            pair[engine.name] = time.process_time() - started
        times.append((pair[one.name], pair[other.name]))
    return 1e6 * np.array(times)


def measure_texts(size: int, kind: str) -> list[str]:
    """Return the rows of the table for one size and kind of texts."""
    engines = [OwnEngine(), BM25SNumba(), BM25S(), SciPyProduct(), Tantivy()]
    generated, lines = TEXTS[kind](SEED + size), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = folder / "texts.txt"
        with texts.open("w", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in generated.profiles(size))
        for engine in (
            engines[0],
            engines[2],
            engines[1],
            *engines[3:],
        ):  # one bm25s loads what the other has saved
            own = folder / engine.name.replace(" ", "-")
            own.mkdir(exist_ok=True)
            engine.build(texts, own)
        for length in LENGTHS:
            queries = list(generated.briefs(QUERY_COUNT, length))
            pairs = [measure_pair(engines[0], other, queries) for other in engines[1:]]
            medians = [np.median(pairs[0][:, 0]), *(np.median(pair[:, 1]) for pair in pairs)]
            ratio = np.median(pairs[0][:, 0] / pairs[0][:, 1])
            cells = [f"{size:,}", kind, str(length), *(f"{median:.0f}" for median in medians), f"{ratio:.2f}"]
            lines.append(f"| {' | '.join(cells)} |")
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
    return lines


def main() -> None:
    """Measure and write the report."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    rows = [row for size in sizes for kind in TEXTS for row in measure_texts(size, kind)]
    head = HEAD.format(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        cores=os.cpu_count(),
        count=QUERY_COUNT,
        target=TARGET,
    )
    names = "ours | bm25s numba | bm25s numpy | SciPy product | tantivy | ratio"
    table = [f"| suppliers | texts | terms | {names} |", "|" + "---|" * 9, *rows]
    RESULTS.write_text("\n".join([head, *table]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
