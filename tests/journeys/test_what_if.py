"""The what-if panel in a browser: live updates from the slider, and the submit button without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import SupplierService
from tests import factories
from tests.factories import briefs, suppliers
from tests.journeys.conftest import PHONE


@pytest.fixture
def owner() -> Viewer:
    garden = factories.garden()
    viewer = factories.member(factories.company(of=garden), email="marit@bjorkvollen.example")
    for name, price in (("Myrull", 30_000), ("Kvistverk", 40_000), ("Dyrt", 900_000)):
        supplier = suppliers.supplier(
            name, approved=("ecm",), of=garden, about="Vi lager nettbutikk.", price_from_nok=price
        )
        supplier.services = [SupplierService(code="ecm.shop")]
    session.commit()
    return viewer


@pytest.fixture
def panel(person: Callable[..., Page], owner: Viewer) -> Callable[..., Page]:
    """Return a function that opens the check page of a completed draft."""

    def open_page(**options: object) -> Page:
        reference = briefs.draft(owner).reference
        session.commit()
        page = person(**options)
        page.goto("/sign-in")
        page.fill("#email", owner.email)
        page.fill("#password", factories.PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/home")
        page.goto(f"/briefs/{reference}/check")
        return page

    return open_page


def test_slider_updates_counts_without_page_load(
    panel: Callable[..., Page], fits: Callable[[Page], None], axe: Callable[[Page], None]
) -> None:
    page = panel(width=PHONE)
    page.evaluate("window.same = true")
    expect(page.locator(".fit .big")).to_have_text("2")
    slider = page.locator("#budget-slide")
    expect(page.locator("#budget")).to_be_hidden()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fit .big")).to_have_text("3")
    expect(page.locator("#fit-passing")).to_contain_text("Dyrt")
    expect(page.locator("output[for=budget-slide]")).to_contain_text("3")
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator(".fit .big")).to_have_text("0")
    page.locator("#without-0").check()
    expect(page).to_have_url(re.compile("budget=b0_20.*without=0"))
    assert page.evaluate("window.same") is True
    fits(page)
    axe(page)
    page.reload()
    expect(page.locator(".fit .big")).to_have_text("0")


def test_submit_button_stays_when_update_fails(panel: Callable[..., Page]) -> None:
    page = panel(width=PHONE)
    page.route("**/fit?*", lambda route: route.fulfill(status=204))
    page.locator("#presence").select_option("remote")
    page.wait_for_timeout(400)
    expect(page.locator("#try button[type=submit]")).to_be_visible()


def test_submit_button_updates_counts_without_script(
    panel: Callable[..., Page], fits: Callable[[Page], None]
) -> None:
    page = panel(width=PHONE, script=False)
    expect(page.locator("#budget option[value=b400]")).to_contain_text("3")
    page.locator("#budget").select_option("b400")
    page.locator("#try button[type=submit]").click()
    expect(page.locator(".fit .big")).to_have_text("3")
    expect(page.locator("#fit-passing")).to_contain_text("Dyrt")
    fits(page)
