"""Writing files that other processes read."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file under a temporary name in the same folder, then rename it: readers see the old or the new content.

    A private file can be read by its owner only, from the moment it is created.
    """
    temporary = path.with_name(f".{path.name}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
    with os.fdopen(handle, "wb") as opened:
        if private:
            temporary.chmod(0o600)  # the file may be left from a process that was killed
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(path)


def create_private_file(path: Path, data: bytes) -> None:
    """Create a file that only its owner can read, unless it exists. Other processes never see it without its content."""
    if path.exists():
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)  # unlike a rename, this never replaces the file of another process
    finally:
        Path(temporary).unlink()
