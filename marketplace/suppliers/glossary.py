"""The matcher's glossary of services, built from the data files and cached for the process."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache

from marketplace import matching
from marketplace.core import taxonomy
from marketplace.core.region import current_region
from marketplace.data import data_path, load_tsv, load_yaml
from marketplace.text_search.language_resources import text_resources


@cache
def search_phrases() -> Mapping[str, Sequence[str]]:
    """Phrases that people type in searches, by service. The matcher does not learn from them."""
    phrases: dict[str, list[str]] = load_yaml("search_phrases.yaml")
    return phrases


@cache
def glossary() -> "matching.Glossary":
    """Build the glossary. One per process, because its index is expensive to build."""
    return matching.Glossary.from_taxonomy(
        taxonomy.raw_taxonomy(),
        text_resources(),
        load_yaml("lay_texts.yaml"),
        load_yaml("no_need_texts.yaml"),
        load_tsv("owner_texts.tsv"),
        load_tsv("rejection_texts.tsv"),
    )


@cache
def glossary_digest() -> str:
    """Hexadecimal SHA-256 of the files that rankings depend on, and of what the region adds to them.

    Rankings read neither `owner_texts.tsv` nor `rejection_texts.tsv`.
    """
    digest = hashlib.sha256()
    for name in ("taxonomy.yaml", "text_resources.yaml", "lay_texts.yaml", "no_need_texts.yaml"):
        digest.update(data_path(name).read_bytes())
    for added in (current_region().taxonomy, current_region().sectors):
        if added:
            digest.update(json.dumps(added, sort_keys=True).encode())
    return digest.hexdigest()
