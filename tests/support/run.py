"""One run of the suite: the folder and the locks that its worker processes share.

`pytest -n 2` starts two workers. Each has a database and an instance folder of its own; the PostgreSQL server, the
migrated template and the prepared data sets are made by the worker that first needs them, and copied by the others.
"""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MIN_FREE_BYTES = 1_500_000_000
"""Containers often give /dev/shm 64 MB, which is too little for two workers with a database each."""


class Run:
    """The folder and the identity shared by all workers of a run."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.worker = worker
        """A name for this process among the workers: `gw0`, `gw1`, or `main` without workers."""

    @property
    def id(self) -> str:
        """A name that no other run on the same database server has."""
        return self.folder.name.rpartition("-")[2]

    @property
    def own_folder(self) -> Path:
        """The folder of this worker alone."""
        folder = self.folder / self.worker
        folder.mkdir(exist_ok=True)
        return folder

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Exclude the other workers while the block runs."""
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


KEY = pytest.StashKey[Run]()


def memory_folder() -> Path | None:
    """Return a folder in memory with room for a run, so that commits need no disk. None where there is none."""
    folder = Path("/dev/shm")
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MIN_FREE_BYTES:
        return folder
    return None


def start(config: pytest.Config) -> Run:
    """Make the run's folder; a worker joins the one that the controlling process has made."""
    joined: dict[str, str] | None = getattr(config, "workerinput", None)
    if joined is not None:
        run = Run(Path(joined["run_folder"]), joined["workerid"])
    else:
        # A short path: the name of a PostgreSQL socket in it must not exceed 107 bytes.
        folder = (memory_folder() or Path(tempfile.gettempdir())) / f"mp-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        run = Run(folder, "main")
    config.stash[KEY] = run
    return run


def is_worker(config: pytest.Config) -> bool:
    """Return True in a process that another one has started to run tests."""
    return hasattr(config, "workerinput")
