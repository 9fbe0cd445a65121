"""Language resources of searches and of the matcher, read from a data file and cached for the process."""

from functools import cache
from typing import Any

from marketplace.data import load_yaml


@cache
def text_resources() -> dict[str, Any]:
    """Stop words, synonyms and other language resources by name."""
    resources: dict[str, Any] = load_yaml("text_resources.yaml")
    return resources


@cache
def other_forms() -> dict[str, tuple[str, ...]]:
    """Written variants by word, both ways: nettstad and heimeside for nettside, nettside for heimeside."""
    forms: dict[str, tuple[str, ...]] = {}
    for standard, variants in text_resources()["nb_nn"].items():
        group = (standard, *variants)
        forms |= {word: tuple(other for other in group if other != word) for word in group}
    return forms
