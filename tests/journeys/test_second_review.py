"""A refusal with a second review, then an appeal, in a browser without JavaScript; every page is checked with axe."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.vetting.models import Appeal, Refusal, Vetting
from tests import factories
from tests.factories.suppliers import VettingGarden, applicant, vetting_garden, vetting_of
from tests.journeys.conftest import DESKTOP, PHONE

REASON = "Vi fant ingen oppdrag vi kunne etterprøve."
APPEAL_TEXT = "Oppdraget står i profilen, med navn og telefon til kunden."


@pytest.fixture
def home(app: Flask) -> VettingGarden:
    return vetting_garden()


@pytest.fixture
def elsewhere(home: VettingGarden) -> Viewer:
    """Create the curator of a second garden."""
    other = factories.garden("Kystriket", municipality_number="5056", covered_municipalities=["5056"])
    return factories.member(other, "curator", name="Oddny Strøm")


@pytest.fixture
def third(home: VettingGarden) -> Viewer:
    """Create the curator of a third garden, farther away."""
    last = factories.garden("Ytterst", municipality_number="5014", covered_municipalities=[])
    return factories.member(last, "curator", name="Frøydis Holm")


def state(item_id: int) -> str:
    session.rollback()
    session.expire_all()
    return session.get_one(Vetting, item_id).state


def test_refusal_needs_second_garden_and_third_judges_appeal(
    app: Flask,
    home: VettingGarden,
    elsewhere: Viewer,
    third: Viewer,
    person: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> None:
    made, owner = applicant()
    item_id, administrator = vetting_of(made).id, factories.administrator()
    session.commit()

    def sign_in(page: Page, viewer: Viewer) -> Page:
        cookie = app.test_client().sign_in(viewer.user_id or 0).get_cookie("session")
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": "http://127.0.0.1"}])
        return page

    auditor = person()

    def check_pages(viewer: Viewer, *paths: str) -> None:
        for path in paths:
            sign_in(auditor, viewer).goto(path)
            for width, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
                auditor.set_viewport_size({"width": width, "height": 900})
                auditor.emulate_media(color_scheme=scheme)
                axe(auditor)
            fits(auditor)
            assert auditor.locator("h1").count() == 1
            assert auditor.locator("main [data-color=multe]").count() <= 1

    page = person(width=PHONE, script=False)
    sign_in(page, home.curator).goto(f"/vetting/{item_id}")
    for fieldset in page.locator("fieldset.check").all():
        fieldset.locator("input[value=yes]").check()
    page.locator("fieldset.check input[value=no]").first.check()
    page.locator("[name=reason]").fill(REASON)
    page.locator("button[value=refuse]").click()
    proposed = session.query(Refusal).one()
    refusal = f"/vetting/refusals/{proposed.id}"
    by_garden = {viewer.organisation_id: viewer for viewer in (elsewhere, third)}
    second = by_garden.pop(proposed.second_garden_id)
    assert state(item_id) == "submitted"
    check_pages(home.curator, f"/vetting/{item_id}", refusal)
    check_pages(second, "/vetting", refusal)
    sign_in(page, second).goto(refusal)
    page.get_by_role("button", name="Bekreft avslaget").click()
    assert state(item_id) == "refused"

    check_pages(owner, "/profile", f"/profile/vetting/{item_id}/appeal")
    sign_in(page, owner).goto("/profile")
    page.locator(f"a[href$='/{item_id}/appeal']").click()
    page.locator("[name=text]").fill(APPEAL_TEXT)
    page.locator("form.form button[type=submit]").click()
    appeal = f"/vetting/appeals/{session.query(Appeal).one().id}"
    (judge,) = by_garden.values()
    check_pages(owner, "/profile")
    check_pages(administrator, "/admin/appeals")
    check_pages(judge, "/vetting", appeal, "/companies/elsewhere")
    sign_in(page, judge).goto(appeal)
    page.locator("[name=reason]").fill("Kunden sier det samme som dere.")
    page.get_by_role("button", name="Godkjenn", exact=True).click()
    assert state(item_id) == "approved"
    check_pages(home.curator, appeal, f"/vetting/{item_id}")
