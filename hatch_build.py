"""What a wheel needs beside the files in git: translations compiled, our own static files compressed."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from whitenoise.compress import Compressor


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # because hatchling has no parameter to give
    """Adds the made files to a wheel while hatchling builds it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the made files to the wheel. Refuses to build one whose pages would lack their style sheet."""
        if version == "editable":
            return
        package = Path(self.root, "marketplace")
        if not (package / "static" / "vendor" / "designsystemet.css").is_file():
            message = "marketplace/static/vendor is empty: run `make install` before building a wheel."
            raise FileNotFoundError(message)
        self.made = Path(tempfile.mkdtemp(prefix="wheel-"))
        for made in [*self._catalogues(package), *self._compressed(package)]:
            build_data["force_include"][str(made)] = str(made.relative_to(self.made))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Tidy up what was made for this wheel alone."""
        del build_data, artifact_path
        if version != "editable":
            shutil.rmtree(self.made, ignore_errors=True)

    def _catalogues(self, package: Path) -> list[Path]:
        written = []
        for po in sorted(package.glob("translations/*/LC_MESSAGES/*.po")):
            target = self._target(po.with_suffix(".mo"))
            with po.open("rb") as source, target.open("wb") as output:
                write_mo(output, read_po(source, locale=po.parent.parent.name))
            written.append(target)
        return written

    def _compressed(self, package: Path) -> list[Path]:
        compressor = Compressor(quiet=True)
        written: list[str] = []
        for kind in ("*.css", "*.js", "*.svg"):
            for source in sorted((package / "static").rglob(kind)):
                if "vendor" not in source.parts:
                    target = self._target(source)
                    shutil.copyfile(source, target)
                    written += compressor.compress(str(target))
        return [Path(file) for file in written]

    def _target(self, source: Path) -> Path:
        target = self.made / source.relative_to(self.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target
