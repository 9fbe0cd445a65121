"""Descriptions of public pages, for search engines and sharing previews."""

import pytest

from tests import factories
from tests.support.browser import Browser

PAGES = [
    "/",
    "/suppliers",
    "/how-it-works",
    "/how-we-rank",
    "/gardens",
    "/guide",
    "/guide/need",
    "/guide/follow-up",
    "/privacy",
    "/accessibility",
    "/suppliers/apply",
]


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_public_pages_have_distinct_descriptions(client: Browser, locale: str) -> None:
    client.get(f"/language/{locale}")
    found = {}
    for path in PAGES:
        page = client.page(path)
        (description,) = page.root.findall(".//meta[@name='description']")
        (shared,) = page.root.findall(".//meta[@property='og:description']")
        found[path] = description.get("content")
        assert shared.get("content") == found[path]
    assert len(set(found.values())) == len(PAGES)
    assert all(20 < len(text or "") < 250 for text in found.values()), found


def test_page_of_a_signed_in_user_has_a_description_and_no_sharing_preview(client: Browser) -> None:
    owner = factories.member(factories.company(of=factories.garden()))
    page = client.sign_in(owner.user_id or 0).page("/home")
    assert len(page.root.findall(".//meta[@name='description']")) == 1
    assert page.root.findall(".//meta[@property='og:description']") == []
