"""No region is named in code, templates or texts: pages take it from the region file."""

import re

import pytest

from marketplace.core import places
from marketplace.core.region import default_region
from tests.project.repository import texts

pytestmark = pytest.mark.once

NATIONAL_DATA = (
    "municipalities.csv",
    "municipality_neighbours.csv",
    "counties.csv",
    "common_words.txt",
    "search_judgments.tsv",
    "search_names.tsv",
    "region.yaml",
)
"""Lists of the whole country, and the default region itself."""
ORDINARY_WORDS = {"Heim"}
"""Names that are also words: "home" in Nynorsk."""


def test_no_place_of_the_default_region_is_named_in_code_or_texts() -> None:
    region = default_region()
    inside = [places.municipality(number) for number in region.municipalities]
    names = {places.counties()[number] for number in region.counties}
    names |= {name for one in inside for name in (*one.names, one.seat)} - ORDINARY_WORDS
    ascii_names = {name.translate(str.maketrans("øåæ", "oaa")).upper() for name in names}
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names | ascii_names)))})(?!\w)")
    files = {
        name: text
        for name, text in texts().items()
        if name.startswith("marketplace/")
        and not name.startswith("marketplace/demo/")
        and not name.endswith(NATIONAL_DATA)
    }
    assert {"marketplace/templates/base.html", "marketplace/translations/nb/LC_MESSAGES/messages.po"} <= {
        *files
    }
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for name, text in files.items()
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_no_municipality_number_of_the_default_region_is_in_code() -> None:
    pattern = re.compile(rf"[\"'](?:{'|'.join(default_region().municipalities)})[\"']")
    found = [
        f"{name}: {match[0]}"
        for name, text in texts().items()
        if name.startswith("marketplace/")
        and not name.startswith("marketplace/demo/")
        and name.endswith((".py", ".html", ".js"))
        for match in pattern.finditer(text)
    ]
    assert found == []
