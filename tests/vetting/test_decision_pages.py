"""The curator's form: checklists, hostile input and the history of decisions."""

import re

import pytest
from flask import Flask

from marketplace.core import taxonomy
from marketplace.core.database import session
from marketplace.vetting.models import Vetting
from tests import factories
from tests.factories.suppliers import applicant, checklist, vetting_garden, vetting_of
from tests.support.browser import Browser, signed_in


def answers(category: str, **changes: str) -> dict[str, str]:
    data = {f"met_{code}": "yes" for code in checklist(category)}
    return data | {"revision": "1", "decision": "approve"} | changes


def test_approval_form_lists_supplier(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, _owner = applicant(organisation_number="310004081")
    desk = signed_in(app, home.curator)
    assert "Kvistverk Nettbyrå" in desk.page("/vetting").text
    path = f"/vetting/{vetting_of(made).id}"
    assert 'href="https://virksomhet.brreg.no/nb/oppslag/enheter/310004081"' in desk.page(path).html
    assert desk.post(path, data=answers("ecm", met_price="")).status_code == 422
    assert desk.post(path, data=answers("ecm")).status_code == 303
    assert "Kvistverk Nettbyrå er godkjent for «Netthandel og booking»" in desk.page("/vetting").text
    assert "Kvistverk Nettbyrå" in client.page("/suppliers").text
    late = desk.post(path, data=answers("ecm", decision="suspend", reason="Klage"))
    assert late.status_code == 409
    assert "Klage" in late.text
    late = desk.post(path, data=answers("ecm", note_price="Ringte om prisene"))
    assert late.status_code == 409
    assert "Ringte om prisene" in late.text


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
    answer = signed_in(app, home.curator).post(
        f"/vetting/{vetting_of(made).id}", data=answers("ecm", **change)
    )
    assert answer.status_code in {422, 409}
    assert vetting_of(made).state == "submitted"


def test_approve_all_needs_every_checklist(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant(services=["ecm.shop", "med.photo"])
    curator, path = signed_in(app, home.curator), f"/vetting/supplier/{made.id}/approve"
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
    curator, path = signed_in(app, home.curator), f"/vetting/{item.id}"
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
    adviser = signed_in(app, factories.member(home.garden, "adviser")).page(path)
    assert "Spør om timepris" in adviser.text


def test_history_shows_answers_and_notes_of_an_approval(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    path = f"/vetting/{vetting_of(made).id}"
    curator = signed_in(app, home.curator)
    assert curator.post(path, data=answers("ecm", note_price="Ringte, 900 i timen")).status_code == 303
    assert "«Ringte, 900 i timen»" in curator.page(path).text


def test_refused_decision_names_all_that_is_missing(app: Flask) -> None:
    home = vetting_garden()
    made, _owner = applicant()
    curator, path = signed_in(app, home.curator), f"/vetting/{vetting_of(made).id}"

    def links(data: dict[str, str]) -> list[str]:
        summary = curator.post(path, data=data).text.split('class="error-summary', 1)[1].split("</ul>")[0]
        return re.findall(r'href="#(\w+)"', summary)

    assert links(answers("ecm", met_price="", met_case="no")) == ["met_case", "met_price"]
    assert links(answers("ecm", decision="refuse", reason=" ")) == ["met_identity", "reason"]
    assert links(answers("ecm", decision="ask", reason=" ")) == ["reason"]
