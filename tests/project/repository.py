"""Access to the files of the repository."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "marketplace"
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".pdf"}


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files in git, and untracked files that are not ignored."""
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
    """Return the content of each tracked text file, by path from the repository root."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in tracked_files()
        if path.suffix not in BINARY
    }


def code() -> dict[str, str]:
    """Return the content of each tracked Python file, by path."""
    return {name: text for name, text in texts().items() if name.endswith(".py")}
