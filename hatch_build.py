"""Build hook that adds generated files to a wheel: compiled translations and compressed static files."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from whitenoise.compress import Compressor


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # because hatchling does not export the type parameter
    """Add generated files to a wheel while hatchling builds it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate the files and include them. Raises FileNotFoundError if the vendored style sheet is missing."""
        if version == "editable":
            return
        package = Path(self.root, "marketplace")
        if not (package / "static" / "vendor" / "designsystemet.css").is_file():
            message = "marketplace/static/vendor is empty: run `make install` before building a wheel."
            raise FileNotFoundError(message)
        self.generated = Path(tempfile.mkdtemp(prefix="wheel-"))
        for file in [*self._catalogues(package), *self._compressed(package)]:
            build_data["force_include"][str(file)] = str(file.relative_to(self.generated))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the generated files."""
        del build_data, artifact_path
        if version != "editable":
            shutil.rmtree(self.generated, ignore_errors=True)

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
        target = self.generated / source.relative_to(self.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target
