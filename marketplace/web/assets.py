"""Third-party static files (the design system's style sheet and two fonts), copied from npm packages.

The packages contain several megabytes; pages need only the files listed here. They are compressed once, at build
time, so that the server never compresses on request. Neither `node_modules` nor the copies are in git.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

from whitenoise.compress import Compressor

PACKAGE = Path(__file__).parents[1]
NODE_MODULES = PACKAGE.parent / "node_modules"
STATIC = PACKAGE / "static"

VENDOR_FILES = {
    "designsystemet.css": "@digdir/designsystemet-css/dist/src/index.css",
    "designsystemet.LICENSE.txt": "@digdir/designsystemet-css/LICENSE",
    "fonts/inter-latin-wght-normal.woff2": ("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"),
    "fonts/inter.LICENSE.txt": "@fontsource-variable/inter/LICENSE",
    "fonts/literata-latin-wght-normal.woff2": (
        "@fontsource-variable/literata/files/literata-latin-wght-normal.woff2"
    ),
    "fonts/literata.LICENSE.txt": "@fontsource-variable/literata/LICENSE",
}
"""Path under `static/vendor` and path in `node_modules` of each file."""

OWN_FILE_PATTERNS = ("*.css", "*.js", "*.svg")


class AssetsMissingError(RuntimeError):
    """npm packages are missing; the message names the command that installs them."""


def prepare(packages: Path = NODE_MODULES, static: Path = STATIC) -> list[Path]:
    """Copy the files from npm packages to `static/vendor` and compress them. Returns the copies, in order.

    Does nothing in an installed wheel, which contains the files and has no packages. Raises AssetsMissingError if a
    file is in neither place.
    """
    vendor = static / "vendor"
    if not packages.is_dir() and is_complete(static):
        return []
    missing = [source for source in VENDOR_FILES.values() if not (packages / source).is_file()]
    if missing:
        message = f"{missing[0]} is not in {packages}: run `make install`, which fetches it with npm."
        raise AssetsMissingError(message)
    shutil.rmtree(vendor, ignore_errors=True)
    copied = [_copy(packages / source, vendor / name) for name, source in VENDOR_FILES.items()]
    for file in copied:
        compress(file)
    return copied


def is_complete(static: Path = STATIC) -> bool:
    """Return True if all third-party files are in place."""
    return all((static / "vendor" / name).is_file() for name in VENDOR_FILES)


def compress(file: Path) -> list[Path]:
    """Write compressed copies (`.br`, `.gz`) next to a file if they are smaller. Returns their paths."""
    compressor = Compressor(quiet=True)
    if not compressor.should_compress(file.name) or file.suffix == ".txt":
        return []
    return [Path(written) for written in compressor.compress(str(file))]


def compress_own_files(static: Path = STATIC) -> None:
    """Compress our own files that changed since they were last compressed.

    Files are replaced atomically, because several processes may start at once. A read-only folder is ignored: it
    belongs to an installed wheel, whose files were compressed when it was built.
    """
    for pattern in OWN_FILE_PATTERNS:
        for source in sorted(static.rglob(pattern)):
            compressed = source.with_name(f"{source.name}.gz")
            if "vendor" in source.parts or (
                compressed.exists() and compressed.stat().st_mtime >= source.stat().st_mtime
            ):
                continue
            with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=static.parent) as folder:
                for file in compress(_copy(source, Path(folder) / source.name)):
                    file.replace(source.with_name(file.name))


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target
