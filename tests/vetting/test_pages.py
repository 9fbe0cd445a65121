"""Pages for applying, vetting and the supplier's own profile, for each role."""

import re

import pytest
from flask import Flask

from marketplace.core import taxonomy
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import OutboxMail
from marketplace.suppliers.models import Supplier
from marketplace.vetting import use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries import vettings_of
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import ABOUT, applicant, checklist, vetting_garden, vetting_of
from tests.support.browser import Browser

pytestmark = pytest.mark.one_database

APPLICATION = {
    "person_name": "Ola Kvist",
    "email": "ola@kvistverk.example",
    "password": "grønn traktor på jordet",
    "name": "Kvistverk Nettbyrå",
    "organisation_number": "310 000 388",
    "municipality": "5021",
    "garden": "",
    "services": ["ecm.shop", "web.site"],
    "sectors": ["agriculture"],
    "languages": ["nb", "nn"],
    "presence": ["remote", "on_site"],
    "areas": ["5022", "county:15"],
    "price_from": "30 000 kr",
    "about": ABOUT,
    "text_locale": "nb",
    "case_title": "Nettbutikk for tre gårder",
    "case_text": "Gårdene ville selge sammen, og vi bygde butikken med dem.",
    "case_year": "2025",
    "reference": "Solveig, 00 00 00 00",
    "terms": "Kunden eier alt.",
}
HOSTILE = [
    "",
    "x" * 9000,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\x00\u202e\ud7ff",
    "%s{{7*7}}",
    "-1",
    "9" * 60,
]
TEXTS = [
    "person_name",
    "name",
    "about",
    "case_title",
    "case_text",
    "case_client",
    "case_result",
    "reference",
    "terms",
    "website",
]


@pytest.fixture
def browser(app: Flask) -> Browser:
    return app.test_client()  # type: ignore[return-value]  # because the app's client class is Browser


def as_(app: Flask, viewer: Viewer) -> Browser:
    session.commit()
    opened: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client class is Browser
    return opened.sign_in(viewer.user_id or 0)


def test_application_form_creates_account_and_supplier(client: Browser) -> None:
    home = vetting_garden()
    answer = client.post("/suppliers/apply", data=APPLICATION)
    assert answer.status_code == 303, re.findall(r"field-error[^<]*<?[^<]*", answer.text)
    link = next(
        mail.link_path for mail in session.query(OutboxMail) if mail.link_path.startswith("/confirm/")
    )
    client.post(link, data={"password": APPLICATION["password"]})
    made = session.query(Supplier).one()
    assert made.organisation_number == "310000388"
    assert made.price_from_nok == 30_000
    assert {item.category for item in vettings_of(made.id)} == {"ecm", "web"}
    assert len(made.areas) > 20
    assert made.garden_id == home.garden.id
    page = client.page("/profile")
    assert "Kvistverk Nettbyrå" in page.text
    assert client.page(f"/suppliers/{made.slug}").heading == "Kvistverk Nettbyrå"


def test_signed_in_user_applies_without_password(app: Flask) -> None:
    vetting_garden()
    company = factories.member(factories.company())
    person = as_(app, company)
    data = {
        key: value for key, value in APPLICATION.items() if key not in {"person_name", "email", "password"}
    }
    assert person.post("/suppliers/apply", data=data).status_code == 303
    assert "Kvistverk Nettbyrå" in person.page("/profile").text


@pytest.mark.sample(12)
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "field", [*APPLICATION, "website", "case_client", "case_result", "employees", "next_start", "phone"]
)
def test_hostile_application_input_is_redisplayed(client: Browser, field: str, text: str) -> None:
    vetting_garden()
    answer = client.post("/suppliers/apply", data=APPLICATION | {field: text})
    assert answer.status_code in {422, 303}
    if answer.status_code == 422:
        assert "error-summary" in answer.text
        assert "Gårdene ville selge sammen" in answer.text or field == "case_text"
        assert session.query(Supplier).count() == 0
    assert "<script>alert" not in answer.text


def test_taken_organisation_number_shows_field_error(client: Browser) -> None:
    vetting_garden()
    applicant("Andre", organisation_number="310000388")
    answer = client.post("/suppliers/apply", data=APPLICATION)
    assert answer.status_code == 422
    assert 'id="organisation_number-error"' in answer.text


def test_application_page_access_by_role(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    other = vetting_garden(name="Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    made, owner = applicant()
    path = f"/vetting/{vetting_of(made).id}"
    assert client.get(path).status_code == 303
    assert as_(app, owner).get(path).status_code == 403
    assert as_(app, other.curator).get(path).status_code == 404
    assert as_(app, factories.member(factories.company())).get(path).status_code == 403
    adviser = as_(app, factories.member(home.garden, "adviser"))
    assert 'value="approve"' not in adviser.page(path).html
    assert adviser.post(path, data={"decision": "approve"}).status_code == 403
    assert 'value="approve"' in as_(app, home.curator).page(path).html


def answers(category: str, **changes: str) -> dict[str, str]:
    data = {f"met_{code}": "yes" for code in checklist(category)}
    return data | {"revision": "1", "decision": "approve"} | changes


def test_approval_form_lists_supplier(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    desk = as_(app, home.curator)
    assert "Kvistverk Nettbyrå" in desk.page("/vetting").text
    path = f"/vetting/{vetting_of(made).id}"
    assert desk.post(path, data=answers("ecm", met_price="")).status_code == 422
    assert desk.post(path, data=answers("ecm")).status_code == 303
    assert "Kvistverk Nettbyrå" in client.page("/suppliers").text
    late = desk.post(path, data=answers("ecm", decision="suspend", reason="Klage"))
    assert late.status_code == 409
    assert "Klage" in late.text


@pytest.mark.parametrize(
    "change",
    [
        {"revision": "x"},
        {"decision": "<b>"},
        {"reason": "x" * 9000},
        {"note_case": "y" * 999},
        {"met_case": "maybe"},
    ],
)
def test_hostile_decision_input_changes_nothing(app: Flask, change: dict[str, str]) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    answer = as_(app, home.curator).post(f"/vetting/{vetting_of(made).id}", data=answers("ecm", **change))
    assert answer.status_code in {422, 409}
    assert vetting_of(made).state == "submitted"


def test_approve_all_needs_every_checklist(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant(services=["ecm.shop", "med.photo"])
    curator, path = as_(app, home.curator), f"/vetting/supplier/{made.id}/approve"
    assert f'href="{path}"' in curator.page(f"/vetting/{session.query(Vetting).first().id}").html
    assert curator.page(path).text.count("Ikke besvart ennå") == 2
    shop, photo = session.query(Vetting).order_by(Vetting.category)
    answered = {
        f"kind{item.id}-{name}": value
        for item in (shop, photo)
        for name, value in answers(item.category).items()
    }
    for missing, kind in ((f"kind{photo.id}-met_image-rights", "med"), (f"kind{shop.id}-met_price", "ecm")):
        refused = curator.post(path, data=answered | {missing: ""})
        assert f"{taxonomy.group(kind).label}: svar på «" in refused.text
        assert refused.status_code == 422
    assert curator.post(path).status_code in {422, 409}
    assert curator.post(path, data=answered | {f"kind{shop.id}-met_price": "no"}).status_code == 422
    assert {item.state for item in session.query(Vetting)} == {"submitted"}
    assert curator.post(path, data=answered).status_code == 303
    assert {item.state for item in session.query(Vetting)} == {"approved"}


def test_application_opens_with_saved_answers_and_notes(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    item = vetting_of(made)
    curator, path = as_(app, home.curator), f"/vetting/{item.id}"
    begun = {
        "revision": str(item.revision),
        "decision": "save",
        "met_price": "no",
        "note_price": "Spør om timepris",
    }
    assert curator.post(path, data=begun).status_code == 303
    assert vetting_of(made).state == "submitted"
    page = curator.page(path)
    assert 'value="Spør om timepris"' in page.html
    adviser = as_(app, factories.member(home.garden, "adviser")).page(path)
    assert "Spør om timepris" in adviser.text


def test_history_shows_answers_and_notes_of_an_approval(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    path = f"/vetting/{vetting_of(made).id}"
    curator = as_(app, home.curator)
    assert curator.post(path, data=answers("ecm", note_price="Ringte, 900 i timen")).status_code == 303
    assert "«Ringte, 900 i timen»" in curator.page(path).text


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
    person = as_(app, owner)
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
    assert as_(app, owner).post(f"/profile/{section}", data=data).status_code in {422, 303}


def test_unknown_section_and_foreign_pages_are_404(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant()
    rival = as_(app, applicant("Myrull")[1])
    case = made.cases[0].id
    assert as_(app, owner).get("/profile/garden").status_code == 404
    assert rival.get(f"/profile/cases/{case}").status_code == 404
    assert rival.post(f"/profile/vetting/{vetting_of(made).id}", data={"note": "x"}).status_code == 404
    assert client.get("/profile").status_code == 303
    assert as_(app, home.curator).get("/profile").status_code == 403


def test_member_sees_no_owner_buttons(app: Flask) -> None:
    vetting_garden()
    made, _owner = applicant()
    colleague = as_(app, factories.member(session.get(Supplier, made.id), "member"))
    assert "/profile/services" not in colleague.page("/profile").html
    assert colleague.get("/profile/services").status_code == 403
    assert colleague.post("/profile/pause", data={"paused": "yes"}).status_code == 403


def test_undo_button_restores_deleted_case(app: Flask) -> None:
    vetting_garden()
    made, owner = applicant()
    person = as_(app, owner)
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
    person = as_(app, owner)
    person.post("/profile/pause", data={"paused": "yes"})
    assert "Kvistverk" not in client.page("/suppliers").text
    person.post("/profile/pause", data={"paused": "no"})
    assert "Kvistverk" in client.page("/suppliers").text
    other, owner2 = applicant("Myrull")
    item = vetting_of(other)
    use_cases.decide(home.curator, item.id, Decision("ask", 1, checklist("ecm", case=""), "Vis mer."))
    again = as_(app, owner2)
    same = again.post(f"/profile/vetting/{item.id}", data={"note": ""})
    assert same.status_code == 422
    assert "error-summary" in same.text
    assert again.post(f"/profile/vetting/{item.id}", data={"note": "Ring Per."}).status_code == 303


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_pages_in_every_language(app: Flask, locale: str) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    waiting, _other = applicant("Myrull")
    people = {
        owner: ["/profile", "/profile/cases/new", "/profile/area"],
        home.curator: ["/vetting", "/garden/suppliers", f"/vetting/{vetting_of(waiting).id}"],
    }
    for viewer, paths in people.items():
        person = as_(app, viewer)
        person.set_cookie("locale", locale)
        for path in [*paths, "/suppliers", f"/suppliers/{made.slug}", "/suppliers/apply"]:
            person.page(path)
