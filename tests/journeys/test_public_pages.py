"""Public pages: accessibility, width, language choice and rendering without JavaScript."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from marketplace.web.access import Level, level_of
from tests.journeys.conftest import DESKTOP, MIN_WIDTH

# Monitoring endpoints. They answer 503 if no worker runs or metrics are not public.
PROBES = {"/healthz", "/livez", "/readyz", "/metrics"}


def visit_public_pages(app: Flask, page: Page) -> Iterator[str]:
    """Open each public page whose URL has no parameters and yield its path."""
    visited = 0
    for rule in app.url_map.iter_rules():
        public = level_of(app.view_functions[rule.endpoint]) is Level.PUBLIC
        if not public or rule.arguments or "GET" not in (rule.methods or ()) or rule.rule in PROBES:
            continue
        answer = page.request.get(rule.rule)
        assert answer.status == 200, rule.rule
        if answer.headers["content-type"].startswith("text/html"):
            page.goto(rule.rule)
            visited += 1
            yield rule.rule
    assert visited > 5


@pytest.mark.parametrize(
    ("width", "dark"), [(MIN_WIDTH, True), (DESKTOP, False)], ids=["narrow dark", "wide light"]
)
def test_public_pages_are_accessible_and_fit(
    app: Flask,
    person: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    width: int,
    dark: bool,
) -> None:
    page = person(width=width, dark=dark)
    for _path in visit_public_pages(app, page):
        page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
        fits(page)
        axe(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_language_choice_persists(person: Callable[..., Page], script: bool) -> None:
    page = person(script=script)
    page.goto("/")
    assert page.locator(".ds-skip-link").text_content() == "Hopp til innholdet"
    page.locator(".tools a[hreflang=nn]").click()
    assert page.locator(".ds-skip-link").text_content() == "Hopp til innhaldet"
    page.goto("/how-we-rank")
    assert page.locator("html").get_attribute("lang") == "nn"
    page.locator(".tools a[hreflang=en]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".ds-skip-link").text_content() == "Skip to the content"


def test_public_pages_have_one_heading_without_script(app: Flask, person: Callable[..., Page]) -> None:
    page = person(script=False)
    for path in visit_public_pages(app, page):
        assert page.locator("h1").count() == 1, path


def test_style_sheets_and_fonts_load(person: Callable[..., Page]) -> None:
    page = person()
    page.goto("/")
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert page.evaluate("document.fonts.check('16px \"Inter Variable\"')")
    assert page.evaluate("document.fonts.check('600 16px \"Literata Variable\"')")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 248, 241)"
