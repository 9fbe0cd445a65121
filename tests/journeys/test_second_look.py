"""A refusal by two and an appeal, on a phone without JavaScript; and each page looked at on phone and desk."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.vetting.models import Appeal, Refusal, Vetting
from tests import factories
from tests.journeys.conftest import DESK, PHONE
from tests.suppliers.world import World, only_vetting, supplier, world

REASON = "Vi fant ingen oppdrag vi kunne etterprøve."
WORDS = "Oppdraget står i profilen, med navn og telefon til kunden."


@pytest.fixture
def here(app: Flask) -> World:
    return world()


@pytest.fixture
def elsewhere(here: World) -> Viewer:
    """The curator of another garden."""
    other = factories.garden("Kystriket", municipality_number="5056", covered_municipalities=["5056"])
    return factories.member(other, "curator", name="Oddny Strøm")


@pytest.fixture
def third(here: World) -> Viewer:
    """The curator of a third garden, further away."""
    last = factories.garden("Ytterst", municipality_number="5014", covered_municipalities=[])
    return factories.member(last, "curator", name="Frøydis Holm")


def state(item_id: int) -> str:
    session.rollback()
    session.expire_all()
    return session.get_one(Vetting, item_id).state


def test_one_proposes_another_confirms_and_a_third_garden_judges_the_appeal(
    app: Flask,
    here: World,
    elsewhere: Viewer,
    third: Viewer,
    person: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> None:
    made, owner = supplier()
    item_id, administrator = only_vetting(made).id, factories.administrator()
    session.commit()

    def enter(page: Page, viewer: Viewer) -> Page:
        kept = app.test_client().sign_in(viewer.user_id or 0).get_cookie("session")
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "session", "value": kept.value, "url": "http://127.0.0.1"}])
        return page

    looking = person()

    def look(viewer: Viewer, *paths: str) -> None:
        for path in paths:
            enter(looking, viewer).goto(path)
            for width, scheme in ((DESK, "light"), (PHONE, "dark")):
                looking.set_viewport_size({"width": width, "height": 900})
                looking.emulate_media(color_scheme=scheme)
                axe(looking)
            fits(looking)
            assert looking.locator("h1").count() == 1
            assert looking.locator("main [data-color=multe]").count() <= 1

    page = person(width=PHONE, script=False)
    enter(page, here.curator).goto(f"/vetting/{item_id}")
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
    look(here.curator, f"/vetting/{item_id}", refusal)
    look(second, "/vetting", refusal)
    enter(page, second).goto(refusal)
    page.locator("button[value=confirm]").click()
    assert state(item_id) == "refused"

    look(owner, "/profile", f"/profile/vetting/{item_id}/appeal")
    enter(page, owner).goto("/profile")
    page.locator(f"a[href$='/{item_id}/appeal']").click()
    page.locator("[name=text]").fill(WORDS)
    page.locator("form.form button[type=submit]").click()
    appeal = f"/vetting/appeals/{session.query(Appeal).one().id}"
    (judge,) = by_garden.values()
    look(owner, "/profile")
    look(administrator, "/admin/appeals")
    look(judge, "/vetting", appeal, "/companies/elsewhere")
    enter(page, judge).goto(appeal)
    page.locator("[name=reason]").fill("Kunden sier det samme som dere.")
    page.locator("button[value=grant]").click()
    assert state(item_id) == "approved"
    look(here.curator, appeal, f"/vetting/{item_id}")
