"""The files in which the server processes share their metrics (prometheus_client's multiprocess mode)."""

import os
import shutil
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
FILE_BYTES = {"counter": 1 << 20, "histogram": 1 << 16}
"""Space reserved in each process for each metric type: about 5,000 combinations of method, route and status."""


def share_between_processes(folder: Path) -> None:
    """Empty the folder and store the metrics of this process and its children there.

    Call this before the application is created. Raises OSError if the disk is full.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    reserve_files(folder)
    os.environ[FOLDER_VARIABLE] = str(folder)


def reserve_files(folder: Path) -> None:
    """Allocate the metric files of this process. Raises OSError if the disk is full.

    prometheus_client maps sparse files into memory; writing to them on a full disk kills the process with SIGBUS. It
    reads every `.db` file, and fails on one that is not allocated, so a file gets that name when it is complete.
    """
    for kind, size in FILE_BYTES.items():
        reserved = folder / f"{kind}_{os.getpid()}.db"
        unfinished = reserved.with_suffix(".unfinished")
        try:
            with unfinished.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
            unfinished.rename(reserved)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise


def mark_process_dead(pid: int) -> None:
    """Let prometheus_client clean up after a server process that has ended."""
    if FOLDER_VARIABLE in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 because importing it chooses the storage

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # because the library has no types here
