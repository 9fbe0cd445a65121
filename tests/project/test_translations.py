"""Translation catalogues: complete, current, and with the same placeholders and markup as the source text."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.project.repository import PACKAGE, ROOT, texts

pytestmark = pytest.mark.once

LOCALES = ("nb", "nn")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|%[sd]")
MARKUP = re.compile(r"</?\w+[^>]*>")
LOUD_WORDING = re.compile(r"!|\bplease\b|\bvennligst\b|\bver venleg\b|\bbest\b|\bbeste?\b| — ", re.IGNORECASE)


@cache
def extracted_messages() -> dict[tuple[str, str | None], tuple[str, str | tuple[str, ...]]]:
    """Extract all messages: (singular, context) to location and message."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"][
        "mappings"
    ]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {
        mapping["pattern"]: {k: v for k, v in mapping.items() if k not in {"pattern", "method"}}
        for mapping in mappings
    }
    messages = {}
    for file, line, message, _comments, context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS
    ):
        first = message if isinstance(message, str) else message[0]
        messages.setdefault((first, context), (f"{file}:{line}", message))
    return messages


@cache
def catalogue(locale: str) -> Catalog:
    file = PACKAGE / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return read_po(opened, locale=locale)


def entries(locale: str) -> Iterator[tuple[str, Message, tuple[str, ...]]]:
    """Yield location, catalogue entry and translations of each message."""
    for (first, context), (where, _message) in extracted_messages().items():
        entry = catalogue(locale).get(first, context)
        if entry is not None:
            yield where, entry, (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def test_messages_are_extracted() -> None:
    assert len(extracted_messages()) > 100


@pytest.mark.parametrize("locale", LOCALES)
def test_messages_are_in_catalogue(locale: str) -> None:
    missing = [
        f"{where} {first!r}"
        for (first, context), (where, _m) in extracted_messages().items()
        if not catalogue(locale).get(first, context)
    ]
    assert missing == [], "run `make translations`, then translate"


@pytest.mark.parametrize("locale", LOCALES)
def test_messages_are_translated(locale: str) -> None:
    empty = [
        f"{where} {entry.id!r}"
        for where, entry, strings in entries(locale)
        if entry.fuzzy or not all(strings)
    ]
    assert empty == []


@pytest.mark.parametrize("locale", LOCALES)
def test_plural_messages_have_plural_translations(locale: str) -> None:
    wrong = [
        f"{where} {message!r}"
        for (first, context), (where, message) in extracted_messages().items()
        if (entry := catalogue(locale).get(first, context))
        and isinstance(entry.id, str) != isinstance(message, str)
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_have_same_placeholders(locale: str) -> None:
    wrong = []
    for where, entry, strings in entries(locale):
        originals = (entry.id,) if isinstance(entry.id, str) else entry.id
        wanted = {tuple(sorted(PLACEHOLDER.findall(original))) for original in originals}
        wrong += [
            f"{where} {text!r}" for text in strings if tuple(sorted(PLACEHOLDER.findall(text))) not in wanted
        ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_have_same_markup(locale: str) -> None:
    wrong = [
        f"{where} {text!r}"
        for where, entry, strings in entries(locale)
        for text in strings
        if isinstance(entry.id, str) and sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(entry.id))
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_has_no_obsolete_messages(locale: str) -> None:
    entry_keys = {
        (entry.id if isinstance(entry.id, str) else entry.id[0], entry.context)
        for entry in catalogue(locale)
        if entry.id
    }
    assert sorted(str(key) for key in entry_keys - set(extracted_messages())) == [], "run `make translations`"


@pytest.mark.parametrize("locale", LOCALES)
def test_compiled_catalogue_is_current(locale: str) -> None:
    source = PACKAGE / "translations" / locale / "LC_MESSAGES" / "messages.po"
    assert source.with_suffix(".mo").stat().st_mtime >= source.stat().st_mtime, "run `make install`"


def test_messages_have_no_loud_wording() -> None:
    loud = [
        f"{where} {message!r}"
        for where, message in extracted_messages().values()
        if LOUD_WORDING.search(str(message))
    ]
    for locale in LOCALES:
        loud += [
            f"{locale}: {text!r}"
            for _where, _entry, strings in entries(locale)
            for text in strings
            if LOUD_WORDING.search(text)
        ]
    assert loud == [], "no exclamation marks, no 'please', no 'best', no dash between sentences"


def test_templates_have_no_untranslatable_text() -> None:
    """Words between tags and outside Jinja expressions cannot be translated."""
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
