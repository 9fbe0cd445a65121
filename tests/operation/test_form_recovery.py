"""No text is lost: a form that cannot be processed is shown again with its text, also after signing in."""

import contextlib
import datetime as dt
import io

import pytest
import time_machine
from itsdangerous import URLSafeTimedSerializer
from PIL import Image
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from marketplace.accounts.models import SignInSession
from marketplace.core import clock
from marketplace.core.database import db, session
from marketplace.web.form_recovery import submission
from tests import factories
from tests.accounts.helpers import authenticator_of
from tests.factories import PASSWORD
from tests.factories.suppliers import supplier
from tests.support.crawl import forms_on
from tests.support.page_rules import HtmlPage

TEXT = "Kø, køl og «Ærfugl» <b>på</b> lufta, 1.\r\nNeste linje."
SHOWN = "Kø, køl og «Ærfugl» <b>på</b> lufta, 1.\nNeste linje."
START = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
NEW = "/organisation"
VALID = {"name": "Bjørkvollen ysteri", "municipality": "5021", "sector": "food-drink"}


@pytest.fixture
def owner(app):
    person = factories.member(factories.company(of=factories.garden()))
    session.commit()
    return person


def token_on(browser, path=NEW):
    """Open a page and return the CSRF token of its last form."""
    return HtmlPage(browser.get(path).text).all("input", name="csrf_token")[-1].get("value")


def post(browser, path=NEW, token=None, **fields):
    """Post a form as the page that was opened before, without a new token."""
    headers = {"Referer": f"http://localhost{path}", **fields.pop("headers", {})}
    content = {"about": TEXT, **fields} | ({"csrf_token": token} if token else {})
    return browser.post(path, data=content, csrf=False, headers=headers)


def form_of(answer, action):
    """Return the form with an action on the page, as (name, values) of its fields."""
    forms = [form for form in forms_on(HtmlPage(answer.text), NEW) if form.action.split("?")[0] == action]
    assert forms, f"no form to {action} on the page"
    return {field.name: field.values for field in forms[0].fields}


def is_in_form(answer, action=NEW, name="about"):
    return any(SHOWN in value for value in form_of(answer, action).get(name, ()))


def end_session(person):
    session.query(SignInSession).filter_by(user_id=person.user_id).delete()
    session.commit()


def sign_in_with(browser, answer, email, **fields):
    """Submit the sign-in form of a page with its hidden fields."""
    given = {name: values[0] for name, values in form_of(answer, "/sign-in").items() if values}
    return browser.post("/sign-in", data=given | {"email": email, "password": PASSWORD} | fields, csrf=False)


def test_text_survives_the_end_of_the_session(client, owner):
    client.sign_in(owner.user_id)
    token = token_on(client)
    end_session(owner)
    answer = post(client, token=token)
    assert answer.status_code == 401
    assert "Logg inn" in HtmlPage(answer.text).heading
    assert "Ingenting er sendt" in HtmlPage(answer.text).text
    wrong = sign_in_with(client, answer, owner.email, password="feil passord her")
    assert wrong.status_code == 422
    again = sign_in_with(client, wrong, owner.email)
    assert again.status_code == 200
    assert is_in_form(again)
    assert "Teksten din står i skjemaet igjen" in HtmlPage(again.text).text
    given = {name: values[0] for name, values in form_of(again, NEW).items() if values}
    assert client.post(NEW, data=given | VALID, csrf=False).status_code == 303


def test_text_of_a_curator_survives_idle_time_and_second_factor(make_app, app):
    strict = make_app(second_factor=True)
    person = factories.member(factories.garden(), "curator")
    session.commit()
    browser = strict.test_client()
    with time_machine.travel(START, tick=False) as travel:
        browser.post("/sign-in", data={"email": person.email, "password": PASSWORD})
        browser.post("/account/second-step/begin")
        phone = authenticator_of(strict, person)
        browser.post("/account/second-step/confirm", data={"code": phone.now()})
        token = token_on(browser, "/account")
        travel.shift(dt.timedelta(minutes=31))
        answer = post(browser, "/account", token=token, name="Kari Ny Østerås")
        assert answer.status_code == 401
        code_page = sign_in_with(browser, answer, person.email)
        assert code_page.status_code == 200
        given = {n: v[0] for n, v in form_of(code_page, "/sign-in/code").items() if v}
        wrong = browser.post("/sign-in/code", data=given | {"code": "000000"}, csrf=False)
        given = {n: v[0] for n, v in form_of(wrong, "/sign-in/code").items() if v}
        again = browser.post("/sign-in/code", data=given | {"code": phone.now()}, csrf=False)
        assert again.status_code == 200
        assert form_of(again, "/account")["name"] == ("Kari Ny Østerås",)


def test_text_is_not_shown_to_another_user_who_signs_in(client, owner):
    other = factories.member(factories.company())
    session.commit()
    client.sign_in(owner.user_id)
    token = token_on(client)
    end_session(owner)
    answer = post(client, token=token)
    theirs = sign_in_with(client, answer, other.email)
    assert "Ærfugl" not in theirs.text
    assert "en annen bruker" in HtmlPage(theirs.text).text
    assert is_in_form(sign_in_with(client, theirs, owner.email))


def test_text_is_not_shown_to_another_user_who_is_signed_in(client, owner):
    other = factories.member(factories.company())
    session.commit()
    token = token_on(client.sign_in(owner.user_id))
    client.sign_in(other.user_id)
    answer = post(client, token=token)
    assert "Ærfugl" not in answer.text
    assert is_in_form(sign_in_with(client, answer, owner.email))


@pytest.mark.once
def test_kept_text_expires_and_cannot_be_changed(app):
    with app.test_request_context("/"):
        kept = submission.Submission(NEW, NEW, 1, (("about", TEXT),))
        sealed = submission.seal(kept)
        assert "Ærfugl" not in sealed
        assert submission.unseal(sealed).fields == kept.fields
        assert submission.unseal(sealed[:-5] + "AAAA=") is None
        assert submission.unseal("tull") is None
        with time_machine.travel(clock.now() + dt.timedelta(hours=13)):
            assert submission.unseal(sealed) is None


def test_expired_token_keeps_the_text_in_the_form(client, owner):
    client.sign_in(owner.user_id)
    with client.session_transaction() as cookie:
        raw = cookie["csrf_token"]
    with time_machine.travel(clock.now() - dt.timedelta(hours=13)):
        old = URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token").dumps(raw)
    answer = post(client, token=old)
    assert answer.status_code == 400
    assert is_in_form(answer)
    assert "Skjemaet virker ikke lenger" in HtmlPage(answer.text).text


def test_new_sign_in_in_another_window_keeps_the_text(client, owner):
    token = token_on(client.sign_in(owner.user_id))
    client.sign_in(owner.user_id)
    answer = post(client, token=token)
    assert answer.status_code == 400
    assert is_in_form(answer)


def test_missing_token_gives_the_text_to_copy_only(client, owner):
    client.sign_in(owner.user_id)
    answer = post(client)
    assert answer.status_code == 400
    area = HtmlPage(answer.text).one("textarea")
    assert "readonly" in area.attrib
    assert SHOWN in (area.text or "")
    assert is_in_form(post(client, headers={"Origin": "http://localhost"}))
    assert "readonly" in post(client, headers={"Origin": "http://evil.example"}).text


def test_language_change_keeps_the_text_of_the_form(client, owner):
    client.sign_in(owner.user_id)
    button = HtmlPage(client.get(NEW).text).all("button", form="main-form", name="form_action")[0]
    assert button.get("value") == NEW
    token = token_on(client)
    answer = client.post(
        button.get("formaction"),
        data={"about": TEXT, "form_action": NEW, "csrf_token": token},
        csrf=False,
    )
    assert answer.status_code == 200
    assert HtmlPage(answer.text).one("html").get("lang") == button.get("lang")
    assert is_in_form(answer)
    assert HtmlPage(client.get("/home").text).one("html").get("lang") == button.get("lang")


def test_language_change_on_the_sign_in_page_carries_the_text(client, owner):
    token = token_on(client.sign_in(owner.user_id))
    end_session(owner)
    answer = post(client, token=token)
    button = HtmlPage(answer.text).all("button", lang="en", form="main-form")[0]
    kept = form_of(answer, "/sign-in")["kept_form"][0]
    token = form_of(answer, "/sign-in")["csrf_token"][0]
    data = {"email": owner.email, "password": PASSWORD, "kept_form": kept, "csrf_token": token}
    english = client.post(
        button.get("formaction"), data=data | {"form_action": button.get("value")}, csrf=False
    )
    assert HtmlPage(english.text).heading == "Sign in"
    assert PASSWORD not in english.text
    assert is_in_form(sign_in_with(client, english, owner.email))


def test_form_without_text_says_that_nothing_was_sent(client, owner):
    client.sign_in(owner.user_id)
    token = token_on(client)
    end_session(owner)
    answer = post(client, "/messages/read", token=token, about="")
    assert answer.status_code == 303
    assert "Ingenting er sendt. Logg inn og prøv en gang til." in client.get(answer.location).text


def test_language_change_on_a_refused_form_keeps_the_text(client, owner):
    client.sign_in(owner.user_id)
    refused = client.post("/organisation", data={"name": "", "about": TEXT})
    buttons = HtmlPage(refused.text).all("button", form="main-form", name="form_action")
    assert [button.get("value") for button in buttons] == ["/organisation"] * 2


def test_oversized_text_stays_in_the_form(client, owner):
    client.sign_in(owner.user_id)
    token = token_on(client)
    answer = post(client, token=token, about=TEXT + "x" * 600_000)
    assert answer.status_code == 413
    assert is_in_form(answer)


def test_text_beside_a_very_large_file_stays_in_the_form(client, owner):
    client.sign_in(owner.user_id)
    file = FileStorage(io.BytesIO(bytes(40 * 1024 * 1024)), "film.pdf")
    boundary, body = encode_multipart({"about": TEXT, "csrf_token": token_on(client), "file": file})
    kind = f"multipart/form-data; boundary={boundary}"
    answer = client.post(NEW, data=body, csrf=False, content_type=kind)
    assert answer.status_code == 413
    assert is_in_form(answer)


def test_oversized_text_is_shown_to_copy_if_the_session_has_ended(client, owner, monkeypatch):
    monkeypatch.setattr(submission, "MAX_SEALED_CHARACTERS", 10)
    token = token_on(client.sign_in(owner.user_id))
    end_session(owner)
    answer = post(client, token=token)
    assert answer.status_code == 401
    assert "Ærfugl" in answer.text


def test_text_for_a_page_without_the_form_can_be_copied(client, owner):
    client.sign_in(owner.user_id)
    token = token_on(client)
    answer = post(client, "/briefs/finnes-ikke/withdraw", token=token, reason=TEXT)
    assert answer.status_code == 404
    assert any(
        "readonly" in area.attrib and SHOWN in area.text for area in HtmlPage(answer.text).all("textarea")
    )


def test_failed_autosave_answers_with_one_line(client, owner):
    token = token_on(client.sign_in(owner.user_id))
    end_session(owner)
    answer = post(client, token=token, headers={"X-Autosave": "1"})
    assert answer.status_code == 401
    assert answer.json["ok"] is False
    assert "Logg inn" in answer.json["saved"]


def test_passwords_and_codes_are_never_kept(client, owner):
    token = token_on(client.sign_in(owner.user_id), "/account")
    end_session(owner)
    answer = post(
        client, "/account/address", token=token, email="ny@adresse.example", present=PASSWORD, code="123456"
    )
    with client.application.test_request_context("/"):
        kept = submission.unseal(form_of(answer, "/sign-in")["kept_form"][0])
    assert dict(kept.fields) == {"email": "ny@adresse.example", "about": TEXT}


def test_sign_in_without_typed_text_returns_to_the_page(client, owner):
    client.sign_in(owner.user_id)
    token = token_on(client)
    end_session(owner)
    answer = client.post(
        NEW,
        data={"csrf_token": token, "about": ""},
        csrf=False,
        headers={"Referer": f"http://localhost{NEW}"},
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={NEW}"
    assert "Du er logget ut" in HtmlPage(client.get("/sign-in").text).text


def test_form_without_text_and_token_returns_to_its_page(client, owner):
    button = {"about": ""}
    away = post(client, token="expired", **button)
    assert (away.status_code, away.headers["Location"]) == (303, f"/sign-in?next={NEW}")
    assert "Du er logget ut. Ingenting er sendt" in HtmlPage(client.get("/sign-in").text).text
    client.sign_in(owner.user_id)
    back = post(client, token="expired", **button)
    assert (back.status_code, back.headers["Location"]) == (303, NEW)
    assert "Skjemaet virker ikke lenger" in HtmlPage(client.get(NEW).text).text
    assert (
        post(client, token="expired", headers={"Referer": "http://evil.example/"}, **button).status_code
        == 400
    )


@contextlib.contextmanager
def unreadable(table):
    """Make each statement about a table fail as if the database were unavailable."""

    def fail(_connection, _cursor, statement, *_rest):
        if table in statement:
            raise OperationalError(statement, {}, Exception("unavailable"))

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)


@pytest.mark.both_databases
def test_unavailable_database_shows_the_text_to_its_author(client, owner):
    token = token_on(client.sign_in(owner.user_id))
    with unreadable("UPDATE "):
        answer = post(client, token=token, **VALID)
    assert answer.status_code == 503
    assert "Ærfugl" in answer.text


@pytest.mark.both_databases
def test_unavailable_database_shows_the_text_to_nobody_else(client, owner):
    other = factories.member(factories.company())
    session.commit()
    token = token_on(client.sign_in(owner.user_id))
    client.sign_in(other.user_id)
    with unreadable("sign_in_session"):
        answer = post(client, token=token)
    assert answer.status_code == 503
    assert "Ærfugl" not in answer.text


@pytest.mark.both_databases
def test_unavailable_database_shows_the_text_in_the_session_it_was_typed_in(client, owner):
    token = token_on(client.sign_in(owner.user_id))
    with unreadable("sign_in_session"):
        answer = post(client, token=token)
        assert client.get("/home").status_code == 503
    assert answer.status_code == 503
    assert "Ærfugl" in answer.text


def picture():
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.both_databases
def test_unavailable_database_shows_the_form_of_an_upload_again(client):
    person = factories.member(supplier("Fjordnett"), "owner")
    session.commit()
    path = "/profile/logo"
    token = token_on(client.sign_in(person.user_id), path)
    data = {"csrf_token": token, "file": (io.BytesIO(picture()), "logo.png")}
    with unreadable("INSERT INTO stored_file"):
        answer = client.post(path, data=data, csrf=False, headers={"Referer": f"http://localhost{path}"})
    assert answer.status_code == 503
    assert form_of(answer, path)
    assert "Velg filene en gang til" in HtmlPage(answer.text).text
