"""The texts of the plan and the self-assessment are easy to read, in each language."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import marketplace
from marketplace.core.i18n import gettext, use_locale
from marketplace.data import load_yaml
from tests.support.readability import MAX_LIX, lix, sentences_of

pytestmark = pytest.mark.once
FILES = ("strategy", "self_assessment", "strategy_examples", "indicators", "tools")
MIN_SENTENCES, MAX_WORDS = 40, 30
TEMPLATES = Path(marketplace.__file__).parent / "templates" / "strategy"
MESSAGE = re.compile(r'\b_\("([^"]+)"')


def texts_in(data: Any, locale: str) -> Iterator[str]:
    """Return the texts in a language of a data file, and its codes, which are no sentences."""
    if isinstance(data, dict) and locale in data:
        yield from texts_in(data[locale], locale)
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from texts_in(value, locale)
    elif isinstance(data, str):
        yield data


def page_texts(locale: str) -> list[str]:
    """Return the texts of the templates in a language."""
    templates = (path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.html")))
    with use_locale(locale):
        return [gettext(message) for template in templates for message in MESSAGE.findall(template)]


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_texts_of_plan_and_assessment_are_readable(locale: str) -> None:
    parts = {name: list(texts_in(load_yaml(f"{name}.yaml"), locale)) for name in FILES}
    for name, texts in (parts | {"pages": page_texts(locale)}).items():
        sentences = sentences_of(texts)
        assert len(sentences) >= MIN_SENTENCES, name
        assert lix(sentences) <= MAX_LIX, name
        assert max(map(len, sentences)) <= MAX_WORDS, name
