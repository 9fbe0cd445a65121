"""Accessibility and width of every kind of linked page, for each demo user, on a phone and a desktop."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.visiting import sign_in_browser, visit_each_kind
from tests.support.crawl import ROLES, sign_in

LANGUAGE = {"anonymous": "en", "company": "nn", "supplier": "nb", "curator": "nn", "administrator": "nb"}
VIEWPORTS = ((PHONE, "dark"), (DESKTOP, "light"))
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
    sign_in_browser(sign_in(demo_app, role, LANGUAGE[role]), page)
    kinds = list[str]()
    for kind in visit_each_kind(demo_app, page):
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
