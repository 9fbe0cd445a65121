"""Run each engine in a process of its own, controlled through a pipe; times are taken inside that process."""

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

MAX_WARM_UP_S = 0.1
WARM_UP_BRIEFS = 3
"""A faster engine first repeats the latest briefs untimed, because other engines have filled the caches since."""


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
    """Collect garbage and return free memory to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def _serve(pipe: Connection, engine_path: str) -> None:
    module, name = engine_path.split(":")
    engine = getattr(importlib.import_module(module), name)()
    before = memory()
    recent_briefs: deque[Any] = deque(maxlen=WARM_UP_BRIEFS)
    while (request := pipe.recv()) is not None:
        command, *arguments = request
        method = getattr(engine, command, None)
        if command == "memory":
            settle()
            pipe.send((0.0, {key: value - before[key] for key, value in memory().items()}))
            continue
        if command == "can_count":
            pipe.send((0.0, engine.build_counted is not None))
            continue
        if method is None or not callable(method):
            pipe.send((0.0, method))
            continue
        if command in {"ask", "scan"}:
            for brief in recent_briefs:
                method(brief)
        # Indexing takes long, so count processor time: other processes use the same cores meanwhile.
        clock = time.process_time if command == "build" and not engine.is_external else time.perf_counter
        start = clock()
        answer = method(*arguments)
        elapsed = clock() - start
        if command == "ask" and elapsed < MAX_WARM_UP_S:
            recent_briefs.append(arguments[0])
        pipe.send((elapsed, answer))
    engine.close()


@dataclass
class EngineProcess:
    """The process of an engine, and its measurements."""

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

    def call(self, *request: Any) -> tuple[float, Any]:
        """Call a method of the engine; return the seconds it took and its result."""
        self._pipe.send(request)
        elapsed, answer = self._pipe.recv()
        return elapsed, answer

    def stop(self) -> None:
        """Stop the process."""
        self._pipe.send(None)
        self._process.join(60)
