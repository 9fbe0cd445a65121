"""Pages of an appeal: access by role, confirmation and languages."""

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.vetting import queries, use_cases
from marketplace.vetting.models import Appeal
from tests import factories
from tests.factories.suppliers import APPEAL, VettingGarden, applicant, refused_supplier, vetting_of
from tests.support.browser import Browser


def test_appeal_list_is_for_administrators_only(home: VettingGarden, elsewhere: Viewer) -> None:
    _made, owner, item = refused_supplier(home)
    use_cases.appeal(owner, item.id, APPEAL)
    for viewer in (elsewhere, home.curator, owner, factories.member(factories.company())):
        with pytest.raises(NotFound):
            queries.all_appeals(viewer)


def test_granting_appeal_shows_confirmation(home: VettingGarden, elsewhere: Viewer, client: Browser) -> None:
    made, owner, item = refused_supplier(home)
    found = use_cases.appeal(owner, item.id, APPEAL)
    client.sign_in(elsewhere.user_id or 0)
    form = {"decision": "grant", "reason": "Prisen er lett å finne."}
    assert client.post(f"/vetting/appeals/{found.id}", data=form).status_code == 303
    assert f"{made.name} er godkjent og har fått beskjed." in client.page("/vetting").text
    assert vetting_of(made).state == "approved"


def test_appeal_pages_access_by_role(app: Flask, home: VettingGarden, elsewhere: Viewer) -> None:
    made, owner, item = refused_supplier(home)
    garden = session.get_one(BusinessGarden, elsewhere.organisation_id)
    third = factories.member(
        factories.garden("Tredje", municipality_number="5014", covered_municipalities=[]), "curator"
    )
    stranger = applicant("Myrull Media")[1]
    found = use_cases.appeal(owner, item.id, APPEAL)
    if found.garden_id != elsewhere.organisation_id:
        elsewhere, third, garden = third, elsewhere, session.get_one(BusinessGarden, found.garden_id)
    rows = {
        elsewhere: (200, 403, 403), home.curator: (200, 403, 403), factories.member(home.garden, "adviser"): (200, 403, 403),
        factories.member(garden, "adviser"): (404, 403, 403), third: (404, 403, 403),
        owner: (403, 200, 403), factories.member(made, "member"): (403, 403, 403), stranger: (403, 404, 403),
        factories.member(factories.company()): (403, 403, 403), factories.administrator(): (403, 403, 200),
    }  # fmt: skip
    paths = (f"/vetting/appeals/{found.id}", f"/profile/vetting/{item.id}/appeal", "/admin/appeals")
    for viewer, expected in rows.items():
        browser = app.test_client().sign_in(viewer.user_id or 0)
        assert tuple(browser.get(path).status_code for path in paths) == expected, viewer
    browser = app.test_client().sign_in(elsewhere.user_id or 0)
    assert browser.get(f"/vetting/{item.id}").status_code == 404


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_appeal_pages_in_every_language(
    app: Flask, home: VettingGarden, elsewhere: Viewer, locale: str
) -> None:
    _made, owner, item = refused_supplier(home)
    administrator = factories.administrator()
    own, other, first, admin = (
        app.test_client().sign_in(person.user_id or 0)
        for person in (owner, elsewhere, home.curator, administrator)
    )
    for browser in (own, other, first, admin):
        browser.get(f"/language/{locale}")
    admin.page("/admin/appeals")
    path = f"/profile/vetting/{item.id}/appeal"
    assert path in own.get("/profile").text
    assert "Prisen mangler." in own.page(path).text
    assert "field-error" in own.post(path, data={"text": "Nei."}).text
    assert own.post(path, data={"text": APPEAL}).status_code == 303
    assert path not in own.get("/profile").text
    assert "<form class" not in own.get(path).text
    assert "error-summary" in own.post(path, data={"text": APPEAL}).text
    found = session.query(Appeal).one()
    page = f"/vetting/appeals/{found.id}"
    assert page in other.get("/vetting").text
    assert page in other.get("/home").text
    assert APPEAL in other.page(page).text
    assert 'name="decision"' not in first.get(page).text
    assert first.post(page, data={"decision": "grant", "reason": "Greit."}).status_code == 404
    assert "error-summary" in other.post(page, data={"decision": "grant"}).text
    assert "error-summary" in other.post(page, data={"decision": "sell", "reason": "Greit."}).text
    assert _made.name in admin.page("/admin/appeals").text
    assert other.post(page, data={"decision": "uphold", "reason": "Vi ser det samme."}).status_code == 303
    late = other.post(page, data={"decision": "grant", "reason": "Vi ser noe annet."})
    assert late.status_code == 409
    assert "Vi ser noe annet." in late.text
    assert session.get_one(Appeal, found.id).state == "stands"
    assert "Vi ser det samme." in own.page("/profile").text
    assert "Vi ser det samme." in first.page(page).text
    admin.page("/admin/appeals")
