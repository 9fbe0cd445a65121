"""A test run: the folder and the locks that its worker processes share.

`pytest -n 2` starts two workers. Each has its own database and instance folder. The PostgreSQL server, the migrated
template and the prepared data sets are created by the worker that first needs them, and copied by the others.
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
"""Containers often limit /dev/shm to 64 MB, which is too little for two workers with a database each."""


class Run:
    """The folder and the identity shared by all workers of a run."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.worker = worker
        """Name of this worker process: `gw0`, `gw1`, or `main` without workers."""

    @property
    def id(self) -> str:
        """Identifier that is unique among the runs on a database server."""
        return self.folder.name.rpartition("-")[2]

    @property
    def own_folder(self) -> Path:
        """Folder of this worker."""
        folder = self.folder / self.worker
        folder.mkdir(exist_ok=True)
        return folder

    def shared_folder(self, name: str) -> Path:
        """Return a folder of all workers."""
        folder = self.folder / name
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
    """Return a folder in memory with enough space for a run, where commits are fast; None if there is none."""
    folder = Path("/dev/shm")
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MIN_FREE_BYTES:
        return folder
    return None


def start(config: pytest.Config) -> Run:
    """Create the folder of the run. A worker uses the one that the controlling process has created."""
    worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        run = Run(Path(worker_input["run_folder"]), worker_input["workerid"])
    else:
        # Keep the path short: the path of a PostgreSQL socket in it must not exceed 107 bytes.
        folder = (memory_folder() or Path(tempfile.gettempdir())) / f"mp-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        run = Run(folder, "main")
    config.stash[KEY] = run
    return run


def is_worker(config: pytest.Config) -> bool:
    """Return True in a worker process of pytest-xdist."""
    return hasattr(config, "workerinput")
