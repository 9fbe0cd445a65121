"""Third-party files we serve ourselves: the kit's style sheet and two fonts, copied from npm's packages.

npm brings several megabytes; pages need the few files listed here. They are compressed once, so that the
server never does it for a reader. Neither npm's folder nor the copies are kept in git.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

from whitenoise.compress import Compressor

PACKAGE = Path(__file__).parents[1]
NODE_MODULES = PACKAGE.parent / "node_modules"
STATIC = PACKAGE / "static"

SERVED = {
    "designsystemet.css": "@digdir/designsystemet-css/dist/src/index.css",
    "designsystemet.LICENSE.txt": "@digdir/designsystemet-css/LICENSE",
    "fonts/inter-latin-wght-normal.woff2": ("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"),
    "fonts/inter.LICENSE.txt": "@fontsource-variable/inter/LICENSE",
    "fonts/literata-latin-wght-normal.woff2": (
        "@fontsource-variable/literata/files/literata-latin-wght-normal.woff2"
    ),
    "fonts/literata.LICENSE.txt": "@fontsource-variable/literata/LICENSE",
}
"""Where each file goes under `static/vendor`, and which file of which package it is."""


OWN = ("*.css", "*.js", "*.svg")


class AssetsMissingError(RuntimeError):
    """The packages are not there; the message says what to run."""


def prepare(packages: Path = NODE_MODULES, static: Path = STATIC) -> list[Path]:
    """Fill `static/vendor` from npm's packages and compress it. Returns what was copied, in order.

    An installed wheel brings the files along: with no packages but a full folder there is nothing to do.
    Raises AssetsMissingError when a file is in neither place.
    """
    vendor = static / "vendor"
    if not packages.is_dir() and is_complete(static):
        return []
    missing = [source for source in SERVED.values() if not (packages / source).is_file()]
    if missing:
        message = f"{missing[0]} is not in {packages}: run `make install`, which lets npm fetch it."
        raise AssetsMissingError(message)
    shutil.rmtree(vendor, ignore_errors=True)
    copied = [_copy(packages / source, vendor / name) for name, source in SERVED.items()]
    for file in copied:
        compress(file)
    return copied


def is_complete(static: Path = STATIC) -> bool:
    """Every third-party file is in its place."""
    return all((static / "vendor" / name).is_file() for name in SERVED)


def compress(file: Path) -> list[Path]:
    """Write `.br` and `.gz` beside a file, when they are smaller. Returns those written."""
    compressor = Compressor(quiet=True)
    if not compressor.should_compress(file.name) or file.suffix == ".txt":
        return []
    return [Path(written) for written in compressor.compress(str(file))]


def compress_own(static: Path = STATIC) -> None:
    """Compress our own files that were changed since, so that a checkout is as light as an installed wheel.

    Each file is put in place whole, because several processes may begin at once. Where the folder cannot be
    written, as with a wheel that root has installed, the files were compressed when the wheel was made.
    """
    for kind in OWN:
        for source in sorted(static.rglob(kind)):
            made = source.with_name(f"{source.name}.gz")
            if "vendor" in source.parts or (made.exists() and made.stat().st_mtime >= source.stat().st_mtime):
                continue
            with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=static.parent) as folder:
                for file in compress(_copy(source, Path(folder) / source.name)):
                    file.replace(source.with_name(file.name))


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target
