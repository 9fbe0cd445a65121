"""Software bill of materials in CycloneDX 1.5 format, written by `make sbom`.

It is generated from the two lock files, so the output does not depend on the machine.
"""

import base64
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def python_parts(lock: str) -> Iterator[dict[str, Any]]:
    """Yield the components of a requirements file with hashes."""
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        if pin := _PIN.match(entry):
            name, version = pin[1].lower(), pin[2]
            # A version has one hash per file, but a component only one hash per algorithm, so they are stored as properties.
            hashes = [{"name": "sha256", "value": value} for value in _HASH.findall(entry)]
            yield _component(name, version, f"pkg:pypi/{name}@{version}") | {"properties": hashes}


def npm_parts(lock: str) -> Iterator[dict[str, Any]]:
    """Yield the components of an npm lock file."""
    for path, package in sorted(json.loads(lock)["packages"].items()):
        if not path:
            continue
        name, version = path.removeprefix("node_modules/"), package["version"]
        algorithm, _dash, value = package["integrity"].partition("-")
        assert algorithm == "sha512"
        yield _component(name, version, f"pkg:npm/{name.replace('@', '%40')}@{version}") | {
            "hashes": [{"alg": "SHA-512", "content": base64.b64decode(value).hex()}],
            "licenses": [{"expression": package["license"]}],
        }


def _component(name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def bill() -> dict[str, Any]:
    """Return the bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [
        *python_parts((ROOT / "requirements-run.lock").read_text(encoding="utf-8")),
        *npm_parts((ROOT / "package-lock.json").read_text(encoding="utf-8")),
    ]
    own = _component(project["name"], project["version"], f"pkg:pypi/{project['name']}@{project['version']}")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own | {"type": "application"}},
        "components": parts,
    }


if __name__ == "__main__":
    target = ROOT / "build" / "sbom.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(bill(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(bill()['components'])} components")
