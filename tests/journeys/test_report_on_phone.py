"""The report on a phone: its parts are collapsed on the screen and complete on paper."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests import factories
from tests.journeys.conftest import PHONE
from tests.journeys.visiting import sign_in_browser
from tests.support.browser import Browser


def open_report(client: Browser, page: Page, fragment: str = "") -> Page:
    """Open the report of a business garden as its curator."""
    client.sign_in(factories.member(factories.garden(), "curator").user_id or 0)
    sign_in_browser(client, page)
    page.goto(f"/report{fragment}")
    return page


def test_parts_open_by_link_and_in_print(app: Flask, client: Browser, person: Callable[..., Page]) -> None:
    page = open_report(client, person(width=PHONE), "#part-ordering")
    parts = page.locator("details.report-part")
    opened = page.locator("details.report-part[open]")
    assert parts.count() > 1
    expect(opened).to_have_count(1)
    expect(opened.locator("#part-ordering")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(opened).to_have_count(parts.count())


def test_parts_are_open_without_scripts(app: Flask, client: Browser, person: Callable[..., Page]) -> None:
    page = open_report(client, person(width=PHONE, script=False))
    expect(page.locator("details.report-part:not([open])")).to_have_count(0)
