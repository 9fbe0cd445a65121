"""Signing in, passwords, sessions."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask

from marketplace.accounts import passwords, queries, use_cases
from marketplace.accounts.models import SignInSession
from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from marketplace.outbox.models import OutboxMail
from tests import factories
from tests.browser import Browser


def sign_in(client: Browser, email: str, password: str = factories.PASSWORD) -> int:
    return client.post("/sign-in", data={"email": email, "password": password}).status_code


def test_sign_in_takes_one_home_and_signing_out_ends_the_session(client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    assert sign_in(client, "KARI@fjordnett.example ") == 303
    assert (
        client.page("/account").heading == "Kontoen din" or client.page("/account").heading == "Your account"
    )
    assert session.query(SignInSession).filter_by(user_id=person.id).count() == 1
    client.post("/sign-out")
    assert client.get("/account").status_code == 303
    assert session.query(SignInSession).count() == 0


def test_an_old_cookie_is_dead_after_signing_out(app: Flask, client: Browser) -> None:
    person = factories.user()
    client.sign_in(person.id)
    thief = app.test_client()
    with client.session_transaction() as mine, thief.session_transaction() as stolen:
        stolen.update(mine)
    assert thief.get("/account").status_code == 200
    client.post("/sign-out")
    assert thief.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"), [("kari@fjordnett.example", "wrong"), ("nobody@x.example", "wrong")]
)
def test_known_and_unknown_addresses_get_the_same_answer(client: Browser, email: str, password: str) -> None:
    factories.user(email="kari@fjordnett.example")
    answer = client.post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert email in answer.text


def test_a_session_ends_when_idle_and_after_its_longest_time(client: Browser) -> None:
    person = factories.user()
    with time_machine.travel(dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC), tick=False) as clock:
        client.sign_in(person.id)
        clock.shift(dt.timedelta(minutes=239))
        assert client.get("/account").status_code == 200
        clock.shift(dt.timedelta(minutes=241))
        assert client.get("/account").status_code == 303
        client.sign_in(person.id)
        for _hour in range(4):
            clock.shift(dt.timedelta(hours=3))
            last = client.get("/account").status_code
        assert last == 200
        clock.shift(dt.timedelta(minutes=1))
        assert client.get("/account").status_code == 303


def test_a_closed_account_is_out_at_the_next_request(app: Flask, client: Browser) -> None:
    person, admin = factories.user(), factories.administrator()
    client.sign_in(person.id)
    use_cases.set_active(admin, person.id, active=False)
    assert client.get("/account").status_code == 303
    assert sign_in(client, person.email) == 200
    with pytest.raises(RuleBroken):
        use_cases.set_active(admin, admin.user_id or 0, active=False)


def test_a_new_password_by_mail_works_once(client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    client.sign_in(person.id)
    known = client.post("/forgotten", data={"email": "kari@fjordnett.example"}).text
    unknown = client.post("/forgotten", data={"email": "nobody@fjordnett.example"}).text
    assert known.replace("kari@", "nobody@") == unknown
    mail = session.query(OutboxMail).one()
    assert client.get(mail.link_path).status_code == 200
    assert client.post(mail.link_path, data={"password": "short"}).status_code == 200
    assert client.post(mail.link_path, data={"password": "dugg tresko vinterbygg"}).status_code == 303
    assert client.get(mail.link_path).status_code == 410
    assert client.get("/account").status_code == 303
    assert sign_in(client, person.email) == 200
    assert sign_in(client, person.email, "dugg tresko vinterbygg") == 303


def test_a_reset_link_ends_after_an_hour_and_when_a_newer_is_asked_for(client: Browser) -> None:
    person = factories.user()
    use_cases.ask_for_reset(person.email)
    first = session.query(OutboxMail).one().link_path
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=61)):
        assert client.get(first).status_code == 410
    use_cases.ask_for_reset(person.email)
    assert client.get(first).status_code == 410


@pytest.mark.once
@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("kort", False),
        ("passord12345", False),
        ("Sommer2026!!!", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("kari@fjordnett.example", False),
        ("lyngstad lyngstad", False),
        ("x" * 129, False),
        ("grønn traktor på jordet", True),
        ("🧀🧀🧀 ost og brød i fjøset", True),
    ],
)
def test_passwords_that_can_be_guessed_are_refused(password: str, *, good: bool) -> None:
    if good:
        passwords.check_quality(password, "Kari Lyngstad", "kari@fjordnett.example")
    else:
        with pytest.raises(RuleBroken):
            passwords.check_quality(password, "Kari Lyngstad", "kari@fjordnett.example")


def test_changing_the_password_ends_the_other_sessions(app: Flask, client: Browser) -> None:
    person = factories.user()
    other = app.test_client()
    client.sign_in(person.id)
    other.sign_in(person.id)
    wrong = {"old": "wrong", "password": "dugg tresko vinterbygg"}
    assert client.post("/account/password", data=wrong).status_code == 200
    assert client.post("/account/password", data=wrong | {"old": factories.PASSWORD}).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_the_chosen_language_is_kept_and_mails_follow_the_account(client: Browser) -> None:
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
    ["//evil.example", "https://evil.example", "/\\evil.example", "\t//evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_to_another_site(client: Browser, target: str) -> None:
    person = factories.user()
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"email": person.email, "password": factories.PASSWORD},
    )
    assert answer.headers["Location"] == "/home"
    assert client.get("/language/nn", query_string={"next": target}).headers["Location"] == "/"


def test_demo_sign_in_is_only_there_in_demo_mode(client: Browser) -> None:
    person = factories.user()
    assert client.post("/sign-in/demo", data={"email": person.email}).status_code == 404


def test_administrators_find_people_and_close_accounts(client: Browser) -> None:
    admin, person = factories.administrator(), factories.user("Åse Ødegård")
    client.sign_in(admin.user_id or 0)
    assert "Åse Ødegård" in client.page("/admin/users?q=ødeg").text
    assert client.post(f"/admin/users/{person.id}/active", data={"active": "no"}).status_code == 303
    session.refresh(person)
    assert not person.is_active
    assert client.post(f"/admin/users/{admin.user_id}/active", data={"active": "no"}).status_code == 422
    assert client.post("/admin/users/999999/active", data={"active": "no"}).status_code == 404


def test_an_administrator_is_made_from_the_command_line(app: Flask) -> None:
    cost = use_cases.HashCost(1, 1024)
    use_cases.create_administrator(
        name="Nils", email="nils@torget.example", password="grønn traktor på jordet", cost=cost
    )
    found = queries.find_user_by_email("nils@torget.example")
    assert found is not None
    assert found.is_admin
    assert re.match(r"\$argon2id\$", found.password_hash)
