"""The project as a set of files."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "marketplace"
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".pdf"}


@cache
def kept_files() -> tuple[Path, ...]:
    """Return the files that git keeps, or would keep once they are added."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(path for name in set(listed.split("\0")) if name and (path := ROOT / name).is_file()))


@cache
def texts() -> dict[str, str]:
    """Return what stands in each kept text file, by its name from the root."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in kept_files()
        if path.suffix not in BINARY
    }


def code() -> dict[str, str]:
    """Return the Python files."""
    return {name: text for name, text in texts().items() if name.endswith(".py")}
