"""Front page: interpretation of a visitor's words, and removed services."""

import pytest

from tests.factories.market import Market
from tests.sourcing.conftest import market
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage

__all__ = ["market"]
WORDS = "Vi vil selge ost i nettbutikk"


def understood(client: Browser, **asked: str) -> tuple[list[str], list[str]]:
    """Return the interpreted services, and the removed services in the form."""
    page = HtmlPage(client.get("/", query_string={"q": WORDS, **asked}).text)
    return (
        [chip.get("value", "") for chip in page.all("button", name="drop")],
        sorted({field.get("value", "") for field in page.all("input", name="without")}),
    )


@pytest.mark.parametrize(
    ("words", "told"), [("ny nettside", "for alt samlet"), ("nettside og google", "delene med engangspris")]
)
def test_total_price_says_whether_it_includes_every_service(client: Browser, words: str, told: str) -> None:
    assert told in client.get("/", query_string={"q": words}).text


def test_removed_service_stays_removed(market: Market, client: Browser) -> None:
    first, away = understood(client)
    assert "ecm.shop" in first
    assert away == []
    then, away = understood(client, drop="ecm.shop")
    assert then
    assert "ecm.shop" not in then
    assert away == ["ecm.shop"]
    last, _away = understood(client, without="ecm.shop", drop=then[0])
    assert not {"ecm.shop", then[0]} & set(last)
