"""Pages of a refusal: access by role, languages, and what another garden reads."""

import re

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.viewer import Viewer
from marketplace.vetting import use_cases
from marketplace.vetting.models import Refusal
from tests import factories
from tests.factories.suppliers import REASON, VettingGarden, applicant, checklist, propose_refusal, vetting_of
from tests.support.browser import Browser


def test_adviser_reads_refusal_and_cannot_answer(home: VettingGarden, second: Viewer) -> None:
    made, owner = applicant()
    refusal = propose_refusal(home, vetting_of(made))
    with pytest.raises(Forbidden):
        use_cases.answer_refusal(factories.member(home.garden, "adviser"), refusal.id, "confirm")
    with pytest.raises(NotFound):
        use_cases.answer_refusal(owner, refusal.id, "confirm")


def test_refusal_page_access_by_role(app: Flask, home: VettingGarden, elsewhere: Viewer) -> None:
    made, owner = applicant()
    colleague = factories.member(made, "member")
    refusal = propose_refusal(home, vetting_of(made))
    aside = factories.member(session.get_one(type(home.garden), elsewhere.organisation_id), "adviser")
    third = factories.member(
        factories.garden("Tredje", municipality_number="5014", covered_municipalities=[]), "curator"
    )
    expected = {
        home.curator: 200, factories.member(home.garden, "adviser"): 200, elsewhere: 200, aside: 404, third: 404,
        owner: 403, colleague: 403, factories.member(factories.company()): 403, factories.administrator(): 403,
    }  # fmt: skip
    found = {
        viewer: app.test_client()
        .sign_in(viewer.user_id or 0)
        .get(f"/vetting/refusals/{refusal.id}")
        .status_code
        for viewer in expected
    }
    assert found == expected
    assert (
        app.test_client().sign_in(elsewhere.user_id or 0).get(f"/vetting/{refusal.vetting_id}").status_code
        == 404
    )
    profile = app.test_client().sign_in(owner.user_id or 0).page("/profile").text
    assert REASON not in profile
    assert "for tynt" not in profile


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_refusal_pages_in_every_language(
    home: VettingGarden, elsewhere: Viewer, app: Flask, locale: str
) -> None:
    made, owner = applicant()
    item = vetting_of(made)
    first, other, own = (
        app.test_client().sign_in(person.user_id or 0) for person in (home.curator, elsewhere, owner)
    )
    for browser in (first, other, own):
        browser.get(f"/language/{locale}")
    form = {f"met_{code}": "no" if code == "case" else "yes" for code in checklist("ecm")}
    form |= {"revision": str(item.revision), "reason": REASON, "decision": "refuse"}
    assert first.post(f"/vetting/{item.id}", data=form).status_code == 303
    refusal = session.query(Refusal).one()
    path = f"/vetting/refusals/{refusal.id}"
    assert path in other.get("/vetting").text
    assert path in other.get("/home").text
    assert path not in first.get("/home").text
    assert path in first.get(f"/vetting/{item.id}").text
    assert 'value="withdraw"' in first.get(path).text
    assert first.post(path, data={"decision": "confirm"}).status_code == 422
    assert "error-summary" in other.post(path, data={"decision": "return"}).text
    assert "error-summary" in other.post(path, data={"decision": "sell"}).text
    assert other.post(path, data={"decision": "confirm"}).status_code == 303
    assert first.post(path, data={"decision": "withdraw"}).status_code == 303, "too late, and it is said"
    assert session.get_one(Refusal, refusal.id).state == "confirmed"
    assert REASON in own.page("/profile").text
    assert re.search(r"Anders|Oddny Strøm", first.page(f"/vetting/{item.id}").text)


def test_answered_refusal_is_explained_to_other_garden(
    home: VettingGarden, elsewhere: Viewer, client: Browser
) -> None:
    made, _owner = applicant()
    path = f"/vetting/refusals/{propose_refusal(home, vetting_of(made)).id}"
    client.sign_in(elsewhere.user_id or 0)
    assert client.get(path).status_code == 200
    use_cases.answer_refusal(home.curator, int(path.rsplit("/", 1)[1]), "withdraw")
    assert client.post(path, data={"decision": "confirm"}).status_code == 404
    explained = client.page(path).text
    assert REASON not in explained
