"""Each engine in a process of its own, asked through a pipe; the time is taken inside."""

import ctypes
import gc
import importlib
import multiprocessing as mp
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

WARM_BELOW_S = 0.1
WARM_BRIEFS = 3
"""An engine that is quicker first answers the briefs before once more, untimed: what was warm was its rivals'."""


def memory() -> dict[str, int]:
    """Return this process's memory in bytes: resident, anonymous, and private."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    kib = {line.split(":")[0]: int(line.split()[1]) for line in rollup}
    return {
        "resident": 1024 * kib["Rss"],
        "own": 1024 * kib["Anonymous"],
        "private": 1024 * (kib["Private_Clean"] + kib["Private_Dirty"]),
    }


def settle() -> None:
    """Give back what is no longer used."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def _serve(pipe: Connection, engine_path: str) -> None:
    module, name = engine_path.split(":")
    engine = getattr(importlib.import_module(module), name)()
    before = memory()
    warm: deque[Any] = deque(maxlen=WARM_BRIEFS)
    while (order := pipe.recv()) is not None:
        what, *arguments = order
        method = getattr(engine, what, None)
        if what == "memory":
            settle()
            pipe.send((0.0, {key: value - before[key] for key, value in memory().items()}))
            continue
        if what == "can_count":
            pipe.send((0.0, engine.build_counted is not None))
            continue
        if method is None or not callable(method):
            pipe.send((0.0, method))
            continue
        if what in {"ask", "scan"}:
            for before_it in warm:
                method(before_it)
        # Indexing takes long, and others wait for the same processor meanwhile.
        clock = time.process_time if what == "build" and not engine.elsewhere else time.perf_counter
        start = clock()
        answer = method(*arguments)
        elapsed = clock() - start
        if what == "ask" and elapsed < WARM_BELOW_S:
            warm.append(arguments[0])
        pipe.send((elapsed, answer))
    engine.close()


@dataclass
class Child:
    """An engine's process and what was measured of it."""

    name: str
    path: str
    measured: dict[str, Any] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    answers: list[list[int]] = field(default_factory=list)

    def start(self) -> None:
        """Start the process."""
        context = mp.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, self.path), daemon=True)
        self._process.start()
        other.close()

    def do(self, *order: Any) -> tuple[float, Any]:
        """Have something done and return how long it took in seconds, and what it gave."""
        self._pipe.send(order)
        elapsed, answer = self._pipe.recv()
        return elapsed, answer

    def stop(self) -> None:
        """End the process."""
        self._pipe.send(None)
        self._process.join(60)
