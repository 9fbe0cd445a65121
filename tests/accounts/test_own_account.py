"""Signing in, language, redirects, and changing the e-mail address and password."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts import use_cases
from marketplace.accounts.models import SignInSession, Throttle
from marketplace.core.database import session
from marketplace.core.email_address import ascii_email
from marketplace.demo import people
from marketplace.outbox.delivery import build_mail
from tests import factories
from tests.accounts.helpers import COMPANY, GOOD, mails, sign_in
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of


def test_sign_in_redirects_home_and_sign_out_ends_the_session(client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    assert sign_in(client, "KARI@fjordnett.example ") == 303
    assert client.page("/account").heading == "Kontoen din"
    assert session.query(SignInSession).filter_by(user_id=person.id).count() == 1
    client.post("/sign-out")
    assert client.get("/account").status_code == 303
    assert session.query(SignInSession).count() == 0


def test_language_is_stored_in_the_cookie_and_the_account(client: Browser) -> None:
    person = factories.user()
    assert 'lang="nb"' in client.get("/").text
    assert client.get("/language/nn?next=/gardens").headers["Location"] == "/gardens"
    assert 'lang="nn"' in client.get("/").text
    assert client.get("/language/sv").status_code == 404
    client.sign_in(person.id)
    client.post("/account", data={"name": "Kari Lyngstad", "locale": "en"})
    session.refresh(person)
    assert person.locale == "en"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "/%09//evil.example/..//\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/home and more",
    ],
)
def test_redirect_targets_on_other_sites_are_ignored(client: Browser, target: str) -> None:
    person = factories.user()
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"email": person.email, "password": factories.PASSWORD},
    )
    assert answer.headers["Location"] == "/home"
    assert client.get("/language/nn", query_string={"next": target}).headers["Location"] == "/"


def test_demo_sign_in_is_not_found_outside_demo_mode(client: Browser) -> None:
    person = factories.user()
    assert client.post("/sign-in/demo", data={"email": person.email}).status_code == 404


@pytest.mark.parametrize("named", [{"person": "supplier"}, {"email": people.SUPPLIER["email"]}])
def test_demo_sign_in_accepts_role_or_address_of_demo_users(
    make_app: Callable[..., Flask], named: dict[str, str]
) -> None:
    user = factories.user(email=people.SUPPLIER["email"])
    factories.user(email="somebody@else.example")
    session.commit()
    browser = make_app(demo=True).test_client()
    for wrong in (
        {},
        {"person": "nobody"},
        {"person": "somebody@else.example"},
        {"email": "somebody@else.example"},
    ):
        assert browser.post("/sign-in/demo", data=wrong).status_code == 404
    assert browser.post("/sign-in/demo", data=named).status_code == 303
    assert user.name in browser.get("/account").text


def test_links_in_e_mail_ignore_forged_host_headers(app: Flask) -> None:
    from marketplace.outbox.delivery import build_mail

    person = factories.user()
    browser = app.test_client()
    forged: dict[str, Any] = {
        "base_url": "http://evil.example",
        "headers": {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    }
    page = HtmlPage(browser.get("/forgotten", **forged).text)
    form = {"email": person.email, "csrf_token": page.one("input", name="csrf_token").get("value")}
    answer = browser.post("/forgotten", data=form, **forged)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    mail = build_mail(mails(person.email)[0], app.config["SETTINGS"]).as_string()
    assert "http://127.0.0.1:8000/reset/" in mail
    assert "evil.example" not in mail
    assert browser.get("/home", **forged).headers["Location"].startswith("/sign-in")


def test_new_address_takes_effect_when_confirmed(app: Flask, client: Browser) -> None:
    person, elsewhere = factories.user(email="kari@fjordnett.example"), app.test_client()
    client.sign_in(person.id)
    elsewhere.sign_in(person.id)
    form = {"email": "Kari.Ny@fjordnett.example", "present": "wrong"}
    assert "field-error" in client.post("/account/address", data=form).text
    assert client.post("/account/address", data=form | {"present": factories.PASSWORD}).status_code == 303
    (old,), (new,) = mails("kari@fjordnett.example"), mails("kari.ny@fjordnett.example")
    assert "k***@fjordnett.example" in old.body
    assert client.get(new.link_path).status_code == 200
    assert person.email == "kari@fjordnett.example", "looking at the link changes nothing"
    assert client.post(new.link_path, data={"password": factories.PASSWORD}).status_code == 303
    session.refresh(person)
    assert person.email == "kari.ny@fjordnett.example"
    assert [browser.get("/account").status_code for browser in (client, elsewhere)] == [303, 303]
    assert client.post(new.link_path).status_code == 410
    assert len(mails("kari@fjordnett.example")) == 2
    assert sign_in(client, "kari@fjordnett.example") == 422
    assert sign_in(client, "kari.ny@fjordnett.example") == 303


def test_address_change_does_not_reveal_existing_accounts(client: Browser) -> None:
    person = factories.user()
    factories.user(email="ola@fjordnett.example")
    client.sign_in(person.id)
    form = {"present": factories.PASSWORD}
    known = client.post("/account/address", data=form | {"email": "ola@fjordnett.example"})
    unknown = client.post("/account/address", data=form | {"email": "oda@fjordnett.example"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert "/confirm/" not in mails("ola@fjordnett.example")[0].link_path


def test_password_reset_cancels_an_address_change(client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    client.sign_in(person.id)
    client.post("/account/address", data={"email": "tyv@evil.example", "present": factories.PASSWORD})
    use_cases.request_password_reset("kari@fjordnett.example")
    client.post(mails("kari@fjordnett.example")[-1].link_path, data={"password": GOOD})
    assert client.post(mails("tyv@evil.example")[0].link_path).status_code == 410


def test_session_cookie_attributes_depend_on_https(make_app: Callable[..., Flask]) -> None:
    for site, marks in (
        ("http://127.0.0.1:8000", {"HttpOnly", "Path=/", "SameSite=Lax"}),
        ("https://torget.example", {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}),
    ):
        browser = make_app(site_url=site).test_client()
        cookie = browser.get("/sign-in", base_url=site).headers["Set-Cookie"]
        name, *found = cookie.split("; ")
        assert name.split("=")[0] == ("__Host-session" if "Secure" in marks else "session")
        assert set(found) == marks


def test_address_change_to_the_current_address_is_refused(client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    client.sign_in(person.id)
    form = {"email": "Kari@fjordnett.example", "present": factories.PASSWORD}
    assert "Dette er allerede adressen din." in client.post("/account/address", data=form).text
    assert mails() == []


def test_address_taken_in_the_meantime_is_refused(app: Flask, client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    client.sign_in(person.id)
    form = {"email": "ny@fjordnett.example", "present": factories.PASSWORD}
    client.post("/account/address", data=form)
    link = mails("ny@fjordnett.example")[0].link_path
    other = factories.user(email="ny@fjordnett.example")
    answer = client.post(link, data={"password": factories.PASSWORD})
    assert "Denne adressen hører til en annen konto." in answer.text
    session.refresh(person)
    assert (person.email, other.email) == ("kari@fjordnett.example", "ny@fjordnett.example")
    assert client.get("/account").status_code == 200, "the refused link ends no session"


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ("password", {"old": "Skriv nåværende passord.", "password": "Skriv nytt passord."}),
        ("address", {"email": "Skriv ny e-postadresse.", "present": "Skriv passordet ditt."}),
    ],
)
def test_empty_form_reports_each_field_and_counts_no_attempt(
    client: Browser, form: str, errors: dict[str, str]
) -> None:
    person = factories.user(email="kari@fjordnett.example")
    kept = person.password_hash
    client.sign_in(person.id)
    page = HtmlPage(client.post(f"/account/{form}", data=dict.fromkeys(errors, "")).text)
    told = {part.get("id"): text_of(part) for part in page.all("p", class_="field-error")}
    assert told == {f"{name}-error": message for name, message in errors.items()}
    session.refresh(person)
    assert (person.email, person.password_hash) == ("kari@fjordnett.example", kept)
    assert session.query(Throttle).count() == 0


@pytest.mark.parametrize("kind", ["company", "garden"])
def test_new_password_cannot_contain_organisation_names(client: Browser, kind: str) -> None:
    name = "Kvistrindvollen"
    person = factories.member(getattr(factories, kind)(name))
    client.sign_in(person.user_id or 0)
    form = {"old": factories.PASSWORD, "password": f"{name}2026"}
    assert "navnet på nettstedet eller virksomheten." in client.post("/account/password", data=form).text
    assert sign_in(client, person.email) == 303
    elsewhere = factories.user(email="ola@fjordnett.example")
    client.sign_in(elsewhere.id)
    assert client.post("/account/password", data=form).status_code == 303, "to others it is no known word"


def test_international_domain_is_one_account_in_every_spelling(app: Flask, client: Browser) -> None:
    person = factories.user(email="post@blåbærhagen.no")
    ascii_form = ascii_email(person.email)
    for typed in ("Post@BLÅBÆRHAGEN.no", ascii_form):
        assert sign_in(app.test_client(), typed) == 303
        client.post("/register/company", data=COMPANY | {"email": typed})
    assert {(mail.recipient, mail.link_path) for mail in mails()} == {(person.email, "/sign-in")}
    sent = build_mail(mails()[0], app.config["SETTINGS"])
    assert sent["To"] == ascii_form
    client.sign_in(person.id)
    assert "post@blåbærhagen.no" in client.page("/account").text


def test_local_part_with_other_letters_is_refused_with_a_reason(client: Browser) -> None:
    answer = client.post("/register/company", data=COMPANY | {"email": "bjørn@fjordnett.example"})
    assert "Bare bokstavene a til z kan stå foran @" in answer.text
