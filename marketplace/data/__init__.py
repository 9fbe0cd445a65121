"""Our own data files, read by the modules that own their meaning (see `data_path`)."""

from pathlib import Path

_HERE = Path(__file__).parent


def data_path(*parts: str) -> Path:
    """Return the path of one of our own data files, for example `data_path("taxonomy.yaml")`."""
    return _HERE.joinpath(*parts)
