"""A supplier's pages of its own profile: sections, cases, pausing and applying again."""

import re

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.suppliers.models import Supplier
from marketplace.vetting import use_cases
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import ABOUT, applicant, checklist, vetting_garden, vetting_of
from tests.support.browser import Browser, signed_in
from tests.support.hostile_text import HOSTILE

SECTIONS = {
    "basics": {"name": "Kvistverk", "municipality": "5022", "contact_email": "ny@kvistverk.example"},
    "text": {"about": ABOUT + "Nytt.", "text_locale": "nn"},
    "services": {"services": ["ecm.shop", "med.photo"], "note": "Ring Per."},
    "trades": {"languages": ["nb", "nn"], "sectors": ["tourism"]},
    "area": {"presence": ["on_site"], "areas": ["county:50"]},
    "price": {"price_from": "12.500,-", "next_start": "24.12.2026"},
}


@pytest.mark.parametrize("section", SECTIONS)
def test_profile_section_is_shown_and_saved(app: Flask, section: str) -> None:
    vetting_garden()
    made, owner = applicant()
    person = signed_in(app, owner)
    person.page(f"/profile/{section}")
    version = session.get(Supplier, made.id).version
    assert person.post(f"/profile/{section}", data=SECTIONS[section]).status_code == 303
    assert session.get(Supplier, made.id).version == version + 1
    person.page("/profile")


@pytest.mark.sample(15)
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_profile_input_is_redisplayed(app: Flask, section: str, text: str) -> None:
    vetting_garden()
    _made, owner = applicant()
    data = dict.fromkeys(SECTIONS[section], text)
    assert signed_in(app, owner).post(f"/profile/{section}", data=data).status_code in {422, 303}


def test_unknown_section_and_foreign_pages_are_404(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant()
    rival = signed_in(app, applicant("Myrull")[1])
    case = made.cases[0].id
    assert signed_in(app, owner).get("/profile/garden").status_code == 404
    assert rival.get(f"/profile/cases/{case}").status_code == 404
    assert rival.post(f"/profile/vetting/{vetting_of(made).id}", data={"note": "x"}).status_code == 404
    assert client.get("/profile").status_code == 303
    assert signed_in(app, home.curator).get("/profile").status_code == 403


def test_member_sees_no_owner_buttons(app: Flask) -> None:
    vetting_garden()
    made, _owner = applicant()
    colleague = signed_in(app, factories.member(session.get(Supplier, made.id), "member"))
    assert "/profile/services" not in colleague.page("/profile").html
    assert colleague.get("/profile/services").status_code == 403
    assert colleague.post("/profile/pause", data={"paused": "yes"}).status_code == 403


def test_undo_button_restores_deleted_case(app: Flask) -> None:
    vetting_garden()
    made, owner = applicant()
    person = signed_in(app, owner)
    case = made.cases[0]
    title, path = case.title, f"/profile/cases/{case.id}"
    assert person.get(path).status_code == 200
    gone = person.post(f"{path}/delete")
    assert gone.status_code == 200
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', gone.text))
    kept.pop("csrf_token")
    assert person.post(f"{path}/delete").status_code == 303
    assert person.post("/profile/cases/new", data=kept).status_code == 303
    assert title in person.page("/profile").text


def test_pause_and_resubmit_buttons(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    _made, owner = applicant(approved_by=home.curator)
    person = signed_in(app, owner)
    person.post("/profile/pause", data={"paused": "yes"})
    assert "Kvistverk" not in client.page("/suppliers").text
    person.post("/profile/pause", data={"paused": "no"})
    assert "Kvistverk" in client.page("/suppliers").text
    other, owner2 = applicant("Myrull")
    item = vetting_of(other)
    use_cases.decide(home.curator, item.id, Decision("ask", 1, checklist("ecm", case=""), "Vis mer."))
    again = signed_in(app, owner2)
    same = again.post(f"/profile/vetting/{item.id}", data={"note": ""})
    assert same.status_code == 422
    assert "error-summary" in same.text
    assert again.post(f"/profile/vetting/{item.id}", data={"note": "Ring Per."}).status_code == 303
