"""The front page: its examples are understood, and its links lead to the suppliers that it counts."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories.market import Market
from tests.support.browser import Browser

EXAMPLES = {"nb": ("ecm.shop", "sea.local", "web.site"), "en": ("ecm.shop", "sea.local", "web.site")}
EXAMPLES["nn"] = EXAMPLES["nb"]


def _links(browser: Browser, path: str, start: str) -> list[str]:
    return [
        link.get("href", "") for link in browser.page(path).all("a") if link.get("href", "").startswith(start)
    ]


@pytest.mark.parametrize("locale", EXAMPLES)
def test_examples_of_the_front_page_give_the_service(market: Market, client: Browser, locale: str) -> None:
    del market
    client.set_cookie("locale", locale)
    first = []
    for link in _links(client, "/", "/?q="):
        kinds = parse_qs(urlsplit(_links(client, link, "/suppliers?")[0]).query)["kind"][0]
        first.append(kinds.split(",")[0])
    assert tuple(first) == EXAMPLES[locale]


@pytest.mark.parametrize(
    "path", ["/?q=selge+ost+i+nettbutikk", "/?q=nettbutik+i+Oppdal", "/?q=nettbutikk&place=5021"]
)
def test_link_leads_to_as_many_suppliers_as_are_counted(market: Market, client: Browser, path: str) -> None:
    del market
    counted = re.search(r'class="big">(\d+) leverandør', client.get(path).text)
    (link,) = _links(client, path, "/suppliers?")
    listed = re.search(r"<h1[^>]*>(\d+) leverandør", client.get(link).text)
    assert counted
    assert listed
    assert counted.group(1) == listed.group(1)


def test_unknown_need_leads_to_an_adviser(client: Browser) -> None:
    assert "/gardens" in _links(client, "/?q=Kj%C3%B8p+av+pukk+og+grus", "/gardens")
    assert "/gardens" in _links(client, "/suppliers?q=asdf", "/gardens")
    assert _links(client, "/?q=Sn%C3%A5sa", "/suppliers?") == ["/suppliers?place=5041"]
