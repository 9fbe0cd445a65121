"""Growth of each worker's private memory when several processes open the same saved postings."""

import multiprocessing as mp
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.engines.children import memory, settle

WORKERS = 2


def _run_worker(folder: Path, queries: list[list[int]], barrier: Any, pipe: Connection) -> None:
    from marketplace.matching.storage.postings import Postings  # noqa: PLC0415 because the import is part of the measurement

    settle()
    before = memory()
    postings = Postings.open(folder)
    for columns in queries:
        postings.scores(columns, [1.0] * len(columns))
        postings.top(columns, [1.0] * len(columns), 20)
    settle()
    barrier.wait()  # pages count as private until other processes have read them too
    after = memory()
    barrier.wait()
    pipe.send({key: after[key] - before[key] for key in after})


def private_growth(folder: Path, queries: list[list[int]]) -> list[dict[str, int]]:
    """Return the growth of each worker's memory in bytes, resident and private."""
    context = mp.get_context("spawn")
    barrier = context.Barrier(WORKERS)
    pipes = [context.Pipe() for _ in range(WORKERS)]
    processes = [
        context.Process(target=_run_worker, args=(folder, queries, barrier, sender)) for _, sender in pipes
    ]
    for process in processes:
        process.start()
    growth = [receiver.recv() for receiver, _ in pipes]
    for process in processes:
        process.join()
    return growth
