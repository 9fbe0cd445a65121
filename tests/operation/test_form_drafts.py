"""Drafts of forms: saved while a person types, shown to that person alone, and deleted when the form is sent."""

import datetime as dt
import json

import pytest
import time_machine
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update

from marketplace.accounts.models import SignInSession
from marketplace.briefs import use_cases
from marketplace.core import clock, form_drafts
from marketplace.core.database import Base, session
from marketplace.core.form_drafts import FormDraft
from marketplace.privacy import retention
from marketplace.privacy.queries import export_personal_data
from marketplace.web import rate_limit
from tests import factories
from tests.factories import briefs
from tests.support.page_rules import HtmlPage

NEW = "/briefs/new"
TEXT = "Kø, køl og «Ærfugl» <b>på</b> lufta, 1.\nNeste linje."
AUTOSAVE = {"X-Autosave": "1"}


@pytest.fixture
def owner(app):
    person = factories.member(factories.company(of=factories.garden()))
    session.commit()
    return person


def save(browser, path=NEW, page=None, hidden=None, csrf=True, token=None, **values):
    """Save a draft as autosave.js does."""
    given = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    content = {"path": path, "page": page or path, "values": given, "hidden": hidden or {}}
    data = {"draft": json.dumps(content)} | ({"csrf_token": token} if token else {})
    return browser.post("/drafts", data=data, headers=AUTOSAVE, csrf=csrf)


def text_on(browser, path=NEW, name="own_words"):
    """Return the value of a field on a page."""
    (area,) = HtmlPage(browser.get(path).text).all("textarea", name=name)
    return area.text or ""


def stored_text():
    """Return all that the database holds."""
    return "\n".join(
        str([str(value) for value in row])
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
    )


def test_draft_is_in_the_form_when_it_is_opened_again(client, owner, app):
    with time_machine.travel(dt.datetime(2026, 11, 23, 11, 14, tzinfo=dt.UTC), tick=False):
        answer = save(client.sign_in(owner.user_id), own_words=TEXT)
        assert (answer.status_code, answer.json["ok"]) == (200, True)
        assert "12.14" in answer.json["saved"]
        other_device = app.test_client().sign_in(owner.user_id)
        page = HtmlPage(other_device.get(NEW).text)
        assert page.one("textarea", name="own_words").text == TEXT
        assert "12.14" in page.text
        assert "forkast" in page.text.lower()


def test_collapsed_form_is_open_when_a_draft_is_restored_in_it(client, owner):
    reference = briefs.draft(owner).reference
    session.commit()
    browser, check = client.sign_in(owner.user_id), f"/briefs/{reference}/check"

    def is_open():
        (details,) = (
            one
            for one in HtmlPage(browser.get(check).text).all("details")
            if one.find(".//textarea") is not None
        )
        return details.get("open") is not None

    assert not is_open()
    save(browser, path=f"/briefs/{reference}/review", page=check, message=TEXT)
    assert is_open()


def test_draft_is_shown_to_its_author_only(client, owner, app):
    save(client.sign_in(owner.user_id), own_words=TEXT)
    company = type("Organisation", (), {"id": owner.organisation_id})
    colleague, stranger = factories.member(company), factories.member(factories.company())
    session.commit()
    for person in (colleague, stranger):
        browser = app.test_client().sign_in(person.user_id)
        assert "Ærfugl" not in browser.get(NEW).text
        browser.post("/drafts/discard", data={"path": NEW})
    assert text_on(client) == TEXT


def test_draft_belongs_to_the_organisation_acted_for(client, owner):
    other = factories.company()
    session.commit()
    save(client.sign_in(owner.user_id), path="/organisation", about=TEXT)
    session.execute(update(FormDraft).values(organisation_id=other.id))
    assert "Ærfugl" not in client.get("/organisation").text


def test_sent_form_deletes_its_draft(client, owner):
    save(client.sign_in(owner.user_id), own_words=TEXT)
    assert client.post(NEW, data={"own_words": TEXT}).status_code == 303
    assert session.scalar(select(FormDraft.id)) is None
    assert "Ærfugl" not in client.get(NEW).text


def test_refused_form_keeps_its_draft(client, owner):
    save(client.sign_in(owner.user_id), path="/organisation", about=TEXT)
    assert client.post("/organisation", data={"name": "", "about": TEXT}).status_code == 422
    assert text_on(client, "/organisation", "about") == TEXT


def test_discarded_draft_is_deleted_and_the_page_opened(client, owner):
    save(client.sign_in(owner.user_id), own_words=TEXT)
    page = HtmlPage(client.get(NEW).text)
    form = page.one("form", action="/drafts/discard")
    assert form.get("method") == "post"
    answer = client.post("/drafts/discard", data={"path": NEW}, headers={"Referer": f"http://localhost{NEW}"})
    assert answer.headers["Location"] == NEW
    assert text_on(client) == ""


def test_fields_that_were_not_typed_in_are_unchanged(client, owner):
    save(client.sign_in(owner.user_id), path="/organisation", about=TEXT)
    before = HtmlPage(client.get("/organisation").text)
    name = before.one("input", name="name").get("value")
    client.post("/drafts/discard", data={"path": "/organisation"})
    save(client, path="/organisation", phone="900 00 000")
    save(client, path="/organisation", about="Mer")
    page = HtmlPage(client.get("/organisation").text)
    assert page.one("input", name="name").get("value") == name
    assert page.one("input", name="phone").get("value") == "900 00 000"
    assert page.one("textarea", name="about").text == "Mer"


def test_draft_keeps_the_lock_it_was_typed_under(client, owner):
    client.sign_in(owner.user_id)
    seen = HtmlPage(client.get("/organisation").text).one("input", name="seen").get("value")
    save(client, path="/organisation", about=TEXT, hidden={"seen": "0" * 20})
    page = HtmlPage(client.get("/organisation").text)
    assert page.one("input", name="seen").get("value") == "0" * 20 != seen


def test_draft_about_another_object_is_not_shown(client, owner):
    save(client.sign_in(owner.user_id), own_words=TEXT, hidden={"proposal": "5"})
    assert "Ærfugl" not in client.get(NEW).text


def test_database_and_log_hold_no_clear_text(client, owner, caplog):
    save(client.sign_in(owner.user_id), own_words=TEXT)
    client.get(NEW)
    assert "Ærfugl" not in stored_text()
    assert "rfugl" not in caplog.text
    assert text_on(client) == TEXT


def test_draft_moved_to_another_row_is_not_shown(client, owner):
    save(client.sign_in(owner.user_id), own_words=TEXT)
    session.execute(update(FormDraft).values(path="/organisation"))
    assert client.get("/organisation").status_code == 200
    assert "Ærfugl" not in client.get("/organisation").text


@pytest.mark.parametrize(
    "path", ["/briefs/finnes-ikke/withdraw", "/admin/gardens/new", "/home", "//evil.example/x"]
)
def test_draft_needs_a_form_that_the_viewer_may_open(client, owner, path):
    answer = save(client.sign_in(owner.user_id), path=path, page=path, reason=TEXT)
    assert answer.status_code in {404, 422}
    assert answer.json["ok"] is False
    assert session.scalar(select(FormDraft.id)) is None


def test_passwords_codes_and_tokens_are_not_stored(client, owner):
    secret = {"password": "a", "new_password": "b", "code": "c", "present": "d", "csrf_token": "e"}
    save(client.sign_in(owner.user_id), own_words=TEXT, **secret)
    assert session.scalars(select(FormDraft)).one().values == {"own_words": [TEXT]}


def test_malformed_draft_is_refused(client, owner):
    client.sign_in(owner.user_id)
    for draft in (
        "",
        "[]",
        "{",
        '{"path": 1}',
        json.dumps({"path": NEW, "page": NEW, "values": {"a": [1]}, "hidden": {}}),
        json.dumps({"path": f"{NEW}\ud800", "page": NEW, "values": {}, "hidden": {}}),
        "[" * 100_000,
    ):
        assert client.post("/drafts", data={"draft": draft}, headers=AUTOSAVE).status_code == 422
    assert save(client, own_words="x" * (form_drafts.MAX_CHARACTERS + 1)).status_code == 413
    assert session.scalar(select(FormDraft.id)) is None
    assert save(client, own_words="\ud800 ok").status_code == 200
    assert client.get(NEW).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {"values": {"n" * 60_000: ["x"]}},
        {"values": {"empty": [""] * 60_000}},
        {"hidden": {"h" * 60_000: "x"}},
    ],
    ids=["names", "empty values", "hidden fields"],
)
def test_draft_does_not_grow_by_what_nobody_types(client, owner, given):
    client.sign_in(owner.user_id)
    content = {"path": NEW, "page": NEW, "values": {}, "hidden": {}} | given
    if "hidden" in given:
        content["hidden"] |= {"i" * 60_000: "x"}
    else:
        assert (
            client.post("/drafts", data={"draft": json.dumps(content)}, headers=AUTOSAVE).status_code == 200
        )
        content["values"] = {f"m{name}": list(values) for name, values in content["values"].items()}
    answer = client.post("/drafts", data={"draft": json.dumps(content)}, headers=AUTOSAVE)
    assert answer.status_code == 413


def test_visitor_cannot_save_a_draft(client):
    answer = save(client, own_words=TEXT)
    assert answer.status_code == 401
    assert answer.json["ok"] is False


def test_frequent_drafts_are_limited(client, owner, monkeypatch):
    monkeypatch.setattr(rate_limit, "DRAFTS_PER_MINUTE", 2)
    client.sign_in(owner.user_id)
    assert [save(client, own_words=TEXT).status_code for _time in range(3)] == [200, 200, 429]
    answer = save(client, own_words=TEXT)
    assert answer.json["ok"] is False
    assert answer.headers["Retry-After"] == "60"


def test_old_drafts_are_deleted(client, owner, app):
    save(client.sign_in(owner.user_id), own_words=TEXT)
    with time_machine.travel(clock.now() + dt.timedelta(days=13)):
        retention.delete_expired()
        assert session.scalar(select(FormDraft.id)) is not None
    with time_machine.travel(clock.now() + dt.timedelta(days=15)):
        retention.delete_expired()
        assert session.scalar(select(FormDraft.id)) is None


def test_surplus_drafts_are_deleted_oldest_first(client, owner, monkeypatch):
    monkeypatch.setattr(form_drafts, "MAX_DRAFTS", 1)
    save(client.sign_in(owner.user_id), own_words=TEXT)
    save(client, path="/organisation", about=TEXT)
    assert session.scalars(select(FormDraft.path)).all() == ["/organisation"]


def test_drafts_are_exported_and_erased_with_the_account(client, owner, app):
    company = type("Organisation", (), {"id": owner.organisation_id})
    factories.member(company)
    save(client.sign_in(owner.user_id), own_words=TEXT)
    (exported,) = export_personal_data(owner)["unsent_texts"]
    assert (exported["path"], exported["values"]) == (NEW, {"own_words": [TEXT]})
    assert client.post("/account/data/erase", data={"sure": "y"}).status_code == 303
    assert session.scalar(select(FormDraft.id)) is None


def token_on(browser, path=NEW):
    return HtmlPage(browser.get(path).text).all("input", name="csrf_token")[-1].get("value")


def test_new_sign_in_in_another_window_gives_a_new_token(client, owner):
    token = token_on(client.sign_in(owner.user_id))
    session.query(SignInSession).delete()
    session.commit()
    assert save(client, own_words=TEXT, csrf=False, token=token).status_code == 401
    client.sign_in(owner.user_id)
    answer = save(client, own_words=TEXT, csrf=False, token=token)
    assert (answer.status_code, answer.json["ok"]) == (409, False)
    assert save(client, own_words=TEXT, csrf=False, token=answer.json["csrf_token"]).status_code == 200
    assert text_on(client) == TEXT


def test_expired_token_is_renewed(client, owner):
    client.sign_in(owner.user_id)
    with client.session_transaction() as cookie:
        raw = cookie["csrf_token"]
    with time_machine.travel(clock.now() - dt.timedelta(hours=13)):
        old = URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token").dumps(raw)
    answer = save(client, own_words=TEXT, csrf=False, token=old)
    assert save(client, own_words=TEXT, csrf=False, token=answer.json["csrf_token"]).status_code == 200


@pytest.mark.parametrize("token", ["", "tull"])
def test_token_of_another_user_is_not_renewed(client, owner, token):
    other = factories.member(factories.company())
    session.commit()
    theirs = token_on(client.sign_in(owner.user_id))
    client.sign_in(other.user_id)
    for path in ("/drafts", "/briefs/new"):
        for given in (theirs, token):
            answer = client.post(
                path, data={"csrf_token": given, "draft": "{}"}, headers=AUTOSAVE, csrf=False
            )
            assert answer.status_code in {400, 401}
            assert answer.json["ok"] is False
            assert "csrf_token" not in answer.json
    assert session.scalar(select(FormDraft.id)) is None


def test_draft_of_a_refused_form_names_the_page_it_came_from(client, owner):
    brief = use_cases.create_draft(owner)
    client.sign_in(owner.user_id)
    path, page = f"/briefs/{brief.reference}/review", f"/briefs/{brief.reference}/check"
    assert save(client, path=path, page=path, message=TEXT).status_code == 404
    content = {"path": path, "page": path, "from": page, "values": {"message": [TEXT]}, "hidden": {}}
    answer = client.post("/drafts", data={"draft": json.dumps(content)}, headers=AUTOSAVE)
    assert (answer.status_code, answer.json["ok"]) == (200, True)
