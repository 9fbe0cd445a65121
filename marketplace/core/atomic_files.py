"""Writing files that other processes read."""

import os
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
    temporary.replace(path)
