"""Forms that were opened for one organisation and are submitted after another one was chosen in a second window."""

import json

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.form_drafts import FormDraft
from marketplace.mandates.rules import default_end
from marketplace.mandates.use_cases import mandates
from marketplace.organisations.models import Company, Membership
from marketplace.strategy.models.plan import StrategyVersion
from tests import factories
from tests.factories.mandates import MandatePeople
from tests.support.browser import Browser, signed_in
from tests.support.page_rules import HtmlPage

SECTION = "/plan/strategy/company"
SECRET = "Vi sier opp to stykker til våren."


@pytest.fixture
def other(people: MandatePeople) -> Company:
    """Return a second company that lets the garden write for it."""
    company = factories.company(of=people.garden)
    owner = factories.member(company)
    session.commit()
    people.give()
    mandates.give_mandate(owner, people.garden.id, default_end(clock.today()))
    return company


def join_second_company(people: MandatePeople) -> Membership:
    """Make the owner of the company an owner of another one as well."""
    second = factories.company(of=people.garden)
    membership = Membership(user_id=people.owner.user_id, organisation_id=second.id, role="owner")
    session.add(membership)
    session.commit()
    return membership


def form_data(browser: Browser, path: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page, with its CSRF token."""
    page = HtmlPage(browser.get(path).text)
    form = next(form for form in page.all("form") if (form.get("action") or path) == path)
    hidden = (field for field in form.iter("input") if field.get("type") == "hidden")
    return {str(field.get("name")): field.get("value", "") for field in hidden}


def write_for(browser: Browser, company: Company) -> None:
    browser.post("/mandate/stop")
    browser.get(f"/companies/{company.id}")
    assert browser.post(f"/companies/{company.id}/write").status_code == 303
    browser.get("/plan")


def send(browser: Browser, path: str, data: dict[str, str], **headers: str) -> TestResponse:
    return browser.post(
        path, data=data, csrf=False, headers={"Referer": f"http://localhost{path}", **headers}
    )


def count(model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_form_of_one_company_is_not_saved_for_the_next(people: MandatePeople, other: Company) -> None:
    browser = people.writing()
    data = form_data(browser, SECTION) | {"vision": SECRET}
    write_for(browser, other)
    refused = send(browser, SECTION, data)
    assert (refused.status_code, count(StrategyVersion)) == (403, 0)
    assert SECRET in refused.text
    assert "en annen virksomhet" in refused.text


def test_draft_of_one_company_is_not_kept_for_the_next(people: MandatePeople, other: Company) -> None:
    browser = people.writing()
    data = form_data(browser, SECTION)
    write_for(browser, other)
    draft = {"path": SECTION, "page": SECTION, "values": {"vision": [SECRET]}, "hidden": {}}
    sent = {"csrf_token": data["csrf_token"], "draft": json.dumps(draft)}
    refused = send(browser, "/drafts", sent, **{"X-Autosave": "1"})
    assert (refused.status_code, refused.get_json()["ok"], count(FormDraft)) == (403, False, 0)
    assert SECRET not in browser.get(SECTION).text


def test_form_is_sent_after_returning_to_its_company(people: MandatePeople, other: Company) -> None:
    browser = people.writing()
    data = form_data(browser, SECTION) | {"vision": SECRET}
    write_for(browser, other)
    write_for(browser, people.company)
    assert send(browser, SECTION, data).status_code == 303
    assert count(StrategyVersion) == 1


def test_language_in_the_old_window_does_not_move_the_text(people: MandatePeople, other: Company) -> None:
    browser = people.writing()
    data = form_data(browser, SECTION) | {"vision": SECRET, "form_action": SECTION}
    write_for(browser, other)
    for code in ("en", "nn"):
        shown = HtmlPage(send(browser, f"/language/{code}?next={SECTION}", data).text)
        data["csrf_token"] = shown.all("input", name="csrf_token")[0].get("value", "")
        assert shown.one("textarea", name="vision").get("readonly") is not None


def test_oversized_form_of_one_company_cannot_be_sent_again_for_the_next(
    people: MandatePeople, other: Company
) -> None:
    browser = people.writing()
    data = form_data(browser, SECTION) | {"vision": SECRET}
    write_for(browser, other)
    data["filling"] = "x" * (people.app.config["MAX_CONTENT_LENGTH"] + 1)
    shown = send(browser, SECTION, data)
    assert shown.status_code == 413
    form = HtmlPage(shown.text).one("textarea", name="vision")
    assert form.get("readonly") is not None


def test_old_window_can_stop_writing_and_sign_out(people: MandatePeople, other: Company) -> None:
    browser = people.writing()
    data = form_data(browser, SECTION)
    write_for(browser, other)
    assert send(browser, "/mandate/stop", {"csrf_token": data["csrf_token"]}).status_code == 303
    assert browser.get("/companies").status_code == 200
    assert send(browser, "/sign-out", {"csrf_token": data["csrf_token"]}).status_code == 303


def test_member_of_two_companies_saves_for_the_chosen_one_only(people: MandatePeople) -> None:
    membership = join_second_company(people)
    browser = signed_in(people.app, people.owner)
    data = form_data(browser, SECTION) | {"vision": SECRET}
    chosen = browser.post("/act-for", data={"membership": str(membership.id)})
    assert chosen.status_code == 303
    assert send(browser, SECTION, data).status_code == 403
    assert count(StrategyVersion) == 0
    assert count(Brief) == 0


def test_autosave_after_signing_in_for_another_company_gets_no_token(people: MandatePeople) -> None:
    membership = join_second_company(people)
    browser = signed_in(people.app, people.owner)
    browser.post("/act-for", data={"membership": str(membership.id)})
    data = form_data(browser, SECTION)
    browser.sign_in(people.owner.user_id or 0)
    browser.get("/plan")
    draft = {"path": SECTION, "page": SECTION, "values": {"vision": [SECRET]}, "hidden": {}}
    sent = {"csrf_token": data["csrf_token"], "draft": json.dumps(draft)}
    answer = send(browser, "/drafts", sent, **{"X-Autosave": "1"})
    assert "csrf_token" not in answer.get_json()
    assert count(FormDraft) == 0
