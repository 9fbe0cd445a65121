"""Our own data files, read by the modules that own their meaning (see `data_path`)."""

import csv
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def data_path(*parts: str) -> Path:
    """Return the path of one of our own data files, for example `data_path("taxonomy.yaml")`."""
    return _HERE.joinpath(*parts)


def load_yaml(*parts: str) -> Any:
    """Return the parsed content of one of our own YAML files, for example `load_yaml("guide", "help.yaml")`."""
    with data_path(*parts).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_LOADER)  # noqa: S506 because both loaders are safe


def load_tsv(*parts: str) -> list[dict[str, str]]:
    """Return the rows of one of our own tab-separated files, by the names in its first line."""
    with data_path(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
