"""Width of every kind of page on the narrowest phone when users have written very long words."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.journeys.conftest import MIN_WIDTH
from tests.journeys.visiting import sign_in_browser, visit_each_kind
from tests.support.crawl import ROLES, sign_in as sign_in_client
from tests.support.long_words import replace_texts_with_long_words

WIDTH = """() => {
    const wide = document.documentElement.clientWidth
    const widest = [...document.querySelectorAll("body *")]
        .filter(item => item.getBoundingClientRect().right > wide + 1)
    const outer = widest.filter(item => !widest.includes(item.parentElement))
    return [document.scrollingElement.scrollWidth - wide, outer.slice(0, 4).map(item => item.outerHTML.slice(0, 100))]
}"""


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ROLES)
def test_long_words_do_not_widen_any_page(demo_app: Flask, role: str, person: Callable[..., Page]) -> None:
    signed_in = sign_in_client(demo_app, role)  # before the demo addresses are replaced
    replace_texts_with_long_words()
    page = person(width=MIN_WIDTH)
    sign_in_browser(signed_in, page)
    too_wide = list[str]()
    for _kind in visit_each_kind(demo_app, page, per_kind=2):
        page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
        excess, elements = page.evaluate(WIDTH)
        if excess > 0:
            too_wide.append(f"{page.url} is {excess} px too wide: {elements}")
    assert not too_wide, "\n".join(too_wide)
