"""What a worker's own memory grows by when several open the same saved postings."""

import multiprocessing as mp
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.engines.children import memory, settle

WORKERS = 2


def _work(folder: Path, asked: list[list[int]], barrier: Any, pipe: Connection) -> None:
    from marketplace.matching.storage.postings import Postings  # noqa: PLC0415 because it counts from here

    settle()
    before = memory()
    postings = Postings.open(folder)
    for columns in asked:
        postings.scores(columns, [1.0] * len(columns))
        postings.top(columns, [1.0] * len(columns), 20)
    settle()
    barrier.wait()  # pages count as private until the others have read them too
    after = memory()
    barrier.wait()
    pipe.send({key: after[key] - before[key] for key in after})


def private_growth(folder: Path, asked: list[list[int]]) -> list[dict[str, int]]:
    """Return for each worker how many bytes its memory grew by, resident and private."""
    context = mp.get_context("spawn")
    barrier = context.Barrier(WORKERS)
    pipes = [context.Pipe() for _ in range(WORKERS)]
    processes = [context.Process(target=_work, args=(folder, asked, barrier, there)) for _, there in pipes]
    for process in processes:
        process.start()
    found = [here.recv() for here, _ in pipes]
    for process in processes:
        process.join()
    return found
