"""Every kind of page that links lead to, as each of the demo's people, looked at with axe on a phone and a desk."""

from collections import deque
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.journeys.conftest import DESK, PHONE
from tests.support.crawl import LEAVES_THE_ROLE, ROLES, endpoint_of, sign_in, within

LANGUAGE = {"anonymous": "en", "company": "nn", "supplier": "nb", "curator": "nn", "administrator": "nb"}
LOOKS = ((PHONE, "dark"), (DESK, "light"))
NOT_PAGES = frozenset({"static", "privacy.export", "accounts.two_factor_qr"})
FEWEST_KINDS = 12


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_kind_of_page_is_accessible_and_fits(
    demo_world: Flask,
    role: str,
    person: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> None:
    page = person()
    _let_in(demo_world, page, role)
    kinds = list[str]()
    for kind in _walk(demo_world, page):
        kinds.append(kind)
        assert page.locator("html").get_attribute("lang") == LANGUAGE[role], page.url
        page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
        width, scheme = LOOKS[len(kinds) % 2]  # by turns: what is shared by all pages is seen in both
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # because it is one of the two
        axe(page)
        page.set_viewport_size({"width": PHONE, "height": 900})
        fits(page)
    assert len(kinds) > FEWEST_KINDS


def _let_in(app: Flask, page: Page, role: str) -> None:
    """Give the browser the cookies of somebody who is signed in and reads a language."""
    browser = sign_in(app, role, LANGUAGE[role])
    for name in ("session", "locale"):
        kept = browser.get_cookie(name)
        if kept is not None:
            page.context.add_cookies([{"name": name, "value": kept.value, "url": "http://127.0.0.1"}])


def _walk(app: Flask, page: Page) -> Iterator[str]:
    """Stand on the first page of each kind that links lead to, and say which kind it is."""
    browser = app.test_client()
    waiting = deque(["/home", "/"])
    seen = set(waiting)
    kinds: set[str] = set()
    while waiting:
        path = waiting.popleft()
        kind = endpoint_of(browser, path, "get")
        assert kind is not None, path
        if "/guide/" in path:
            kind = path.rpartition("/")[2]  # each topic has questions of its own
        if kind in kinds | NOT_PAGES:
            continue
        kinds.add(kind)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        yield kind
        for href in page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        ):
            found = within(href, path)
            if found and found not in seen and not found.startswith(LEAVES_THE_ROLE):
                seen.add(found)
                waiting.append(found)
