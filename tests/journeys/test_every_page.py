"""Accessibility and width of every kind of linked page, for each demo user, on a phone and a desktop."""

from collections import deque
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, PHONE
from tests.support.crawl import ROLE_CHANGING_PATHS, ROLES, endpoint_of, local_path, sign_in

LANGUAGE = {"anonymous": "en", "company": "nn", "supplier": "nb", "curator": "nn", "administrator": "nb"}
VIEWPORTS = ((PHONE, "dark"), (DESKTOP, "light"))
NOT_PAGES = frozenset({"static", "privacy.export", "accounts.two_factor_qr"})
MIN_KINDS = 12


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_kind_of_page_is_accessible_and_fits(
    demo_app: Flask,
    role: str,
    person: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> None:
    page = person()
    _sign_in(demo_app, page, role)
    kinds = list[str]()
    for kind in _visit_each_kind(demo_app, page):
        kinds.append(kind)
        assert page.locator("html").get_attribute("lang") == LANGUAGE[role], page.url
        page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
        width, scheme = VIEWPORTS[len(kinds) % 2]  # alternate, so that shared layout is checked in both
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # because it is one of the two
        axe(page)
        page.set_viewport_size({"width": PHONE, "height": 900})
        fits(page)
    assert len(kinds) > MIN_KINDS


def _sign_in(app: Flask, page: Page, role: str) -> None:
    """Copy the session and locale cookies of a signed-in test client to the browser."""
    browser = sign_in(app, role, LANGUAGE[role])
    for name in ("session", "locale"):
        cookie = browser.get_cookie(name)
        if cookie is not None:
            page.context.add_cookies([{"name": name, "value": cookie.value, "url": "http://127.0.0.1"}])


def _visit_each_kind(app: Flask, page: Page) -> Iterator[str]:
    """Open the first linked page of each kind and yield the kind."""
    browser = app.test_client()
    queue = deque(["/home", "/"])
    seen = set(queue)
    kinds: set[str] = set()
    while queue:
        path = queue.popleft()
        kind = endpoint_of(browser, path, "get")
        assert kind is not None, path
        if "/guide/" in path:
            kind = path.rpartition("/")[2]  # each topic has its own questions
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
            target = local_path(href, path)
            if target and target not in seen and not target.startswith(ROLE_CHANGING_PATHS):
                seen.add(target)
                queue.append(target)
