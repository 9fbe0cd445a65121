"""Every text in code and templates stands in both catalogues, with the same places to fill in."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.project.project import PACKAGE, ROOT, texts

pytestmark = pytest.mark.once

LOCALES = ("nb", "nn")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None}
PLACE = re.compile(r"%\((\w+)\)[sd]|%%|%[sd]")
MARKUP = re.compile(r"</?\w+[^>]*>")
TOO_LOUD = re.compile(r"!|\bplease\b|\bvennligst\b|\bver venleg\b|\bbest\b|\bbeste?\b| — ", re.IGNORECASE)


@cache
def used() -> dict[tuple[str, str | None], tuple[str, str | tuple[str, ...]]]:
    """Return each text by its first form and context: where it stands, and its forms."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"][
        "mappings"
    ]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {
        mapping["pattern"]: {k: v for k, v in mapping.items() if k not in {"pattern", "method"}}
        for mapping in mappings
    }
    found = {}
    for file, line, message, _comments, context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS
    ):
        first = message if isinstance(message, str) else message[0]
        found.setdefault((first, context), (f"{file}:{line}", message))
    return found


@cache
def catalogue(locale: str) -> Catalog:
    file = PACKAGE / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return read_po(opened, locale=locale)


def entries(locale: str) -> Iterator[tuple[str, Message, tuple[str, ...]]]:
    """Yield where a text is used, its entry and its translations."""
    for (first, context), (where, _message) in used().items():
        entry = catalogue(locale).get(first, context)
        if entry is not None:
            yield where, entry, (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def test_texts_are_found() -> None:
    assert len(used()) > 100


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_stands_in_the_catalogue(locale: str) -> None:
    missing = [
        f"{where} {first!r}"
        for (first, context), (where, _m) in used().items()
        if not catalogue(locale).get(first, context)
    ]
    assert missing == [], "run `make translations`, then translate"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated(locale: str) -> None:
    empty = [
        f"{where} {entry.id!r}"
        for where, entry, strings in entries(locale)
        if entry.fuzzy or not all(strings)
    ]
    assert empty == []


@pytest.mark.parametrize("locale", LOCALES)
def test_plurals_are_translated_as_plurals(locale: str) -> None:
    wrong = [
        f"{where} {message!r}"
        for (first, context), (where, message) in used().items()
        if (entry := catalogue(locale).get(first, context))
        and isinstance(entry.id, str) != isinstance(message, str)
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_have_the_same_places_to_fill_in(locale: str) -> None:
    wrong = []
    for where, entry, strings in entries(locale):
        originals = (entry.id,) if isinstance(entry.id, str) else entry.id
        wanted = {tuple(sorted(PLACE.findall(original))) for original in originals}
        wrong += [f"{where} {text!r}" for text in strings if tuple(sorted(PLACE.findall(text))) not in wanted]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_have_the_same_markup(locale: str) -> None:
    wrong = [
        f"{where} {text!r}"
        for where, entry, strings in entries(locale)
        for text in strings
        if isinstance(entry.id, str) and sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(entry.id))
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogue_holds_nothing_that_is_no_longer_used(locale: str) -> None:
    kept = {
        (entry.id if isinstance(entry.id, str) else entry.id[0], entry.context)
        for entry in catalogue(locale)
        if entry.id
    }
    assert sorted(str(key) for key in kept - set(used())) == [], "run `make translations`"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_catalogue_is_as_new_as_its_source(locale: str) -> None:
    source = PACKAGE / "translations" / locale / "LC_MESSAGES" / "messages.po"
    assert source.with_suffix(".mo").stat().st_mtime >= source.stat().st_mtime, "run `make install`"


def test_texts_are_calm() -> None:
    loud = [f"{where} {message!r}" for where, message in used().values() if TOO_LOUD.search(str(message))]
    for locale in LOCALES:
        loud += [
            f"{locale}: {text!r}"
            for _where, _entry, strings in entries(locale)
            for text in strings
            if TOO_LOUD.search(text)
        ]
    assert loud == [], "no exclamation marks, no please, nothing called best, no dash to glue sentences"


def test_templates_hold_no_text_outside_the_catalogue() -> None:
    """A letter between tags, outside Jinja's braces, is a text that nobody can translate."""
    allowed = {"BM", "NN", "EN", "kr", "NOK", "Bokmål", "Nynorsk", "English", "SVG"}
    found = []
    for name, text in texts().items():
        if not (name.startswith("marketplace/templates/") and name.endswith(".html")):
            continue
        bare = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(script|style|svg)\b.*?</\1>",
            " ",
            text,
            flags=re.DOTALL,
        )
        bare = re.sub(r"<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>|&\w+;|\s[a-z-]+=\"[^\"]*\"", " ", bare)
        found += [(name, word) for word in re.findall(r"[^\W\d_]{2,}", bare) if word not in allowed]
    assert found == []
