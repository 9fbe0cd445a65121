"""Password reset by e-mail."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from marketplace.accounts import use_cases
from marketplace.accounts.models import OneTimeLink
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from tests import factories
from tests.accounts.helpers import GOOD, mails, sign_in
from tests.support.browser import Browser

COST = use_cases.HashCost(1, 1024)


def test_reset_link_works_once(client: Browser) -> None:
    person = factories.user(email="kari@fjordnett.example")
    known = client.post("/forgotten", data={"email": "kari@fjordnett.example"})
    unknown = client.post("/forgotten", data={"email": "nobody@fjordnett.example"})
    assert known.text.replace("kari@", "nobody@") == unknown.text
    assert known.status_code == unknown.status_code
    (mail,) = mails()
    assert client.get(mail.link_path).status_code == 200
    assert "field-error" in client.post(mail.link_path, data={"password": "short"}).text
    assert client.post(mail.link_path, data={"password": GOOD}).status_code == 303
    assert client.get(mail.link_path).status_code == 410
    assert client.post(mail.link_path, data={"password": GOOD}).status_code == 410
    assert sign_in(client, person.email) == 422
    assert sign_in(client, person.email, GOOD) == 303


def test_only_the_hash_of_a_reset_token_is_stored(app: Flask) -> None:
    person = factories.user()
    use_cases.request_password_reset(person.email)
    secret = mails(person.email)[0].link_path.rsplit("/", 1)[1]
    row = session.query(OneTimeLink).one()
    assert len(secret) >= 43
    assert secret not in {str(value) for value in vars(row).values()}


def test_reset_link_expires_after_an_hour(client: Browser) -> None:
    person = factories.user()
    use_cases.request_password_reset(person.email)
    link = mails(person.email)[0].link_path
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=59)):
        assert client.get(link).status_code == 200
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=61)):
        assert client.get(link).status_code == 410
        assert client.post(link, data={"password": GOOD}).status_code == 410


def test_using_a_reset_link_revokes_all_others(client: Browser) -> None:
    """Requesting one revokes none: a stranger must not revoke the link that the owner has requested."""
    person = factories.user()
    use_cases.request_password_reset(person.email)
    use_cases.request_password_reset(person.email)
    first, second = (mail.link_path for mail in mails(person.email))
    assert client.get(second).status_code == 200
    assert client.post(first, data={"password": GOOD}).status_code == 303
    assert client.get(second).status_code == 410


def test_password_change_revokes_the_reset_link(client: Browser) -> None:
    person = factories.user()
    client.sign_in(person.id)
    use_cases.request_password_reset(person.email)
    client.post("/account/password", data={"old": factories.PASSWORD, "password": GOOD})
    assert client.get(mails(person.email)[0].link_path).status_code == 410


def test_closing_the_account_revokes_the_reset_link(client: Browser) -> None:
    person = factories.user()
    use_cases.request_password_reset(person.email)
    use_cases.set_active(factories.administrator(), person.id, active=False)
    assert client.get(mails(person.email)[0].link_path).status_code == 410
    assert len(mails(person.email)) == 1
    use_cases.request_password_reset(person.email)
    assert len(mails(person.email)) == 1, "and no more are sent"


def test_reset_refuses_passwords_with_organisation_names(client: Browser) -> None:
    company = factories.company("Kvitfjellbygda Sauelag", of=factories.garden("Tussmørke næringshage"))
    owner = factories.member(company)
    use_cases.request_password_reset(owner.email)
    link = mails(owner.email)[0].link_path
    for password in ("kvitfjellbygda 2026", "Tussmørke 123456", "Leverandørtorget 26"):
        assert "field-error" in client.post(link, data={"password": password}).text, password


def test_reset_token_does_not_confirm_an_address(client: Browser) -> None:
    person = factories.user()
    use_cases.request_password_reset(person.email)
    secret = mails(person.email)[0].link_path.rsplit("/", 1)[1]
    assert client.post(f"/confirm/{secret}").status_code == 410
    with pytest.raises(NotFound):
        use_cases.confirm_address(secret, GOOD, COST)
    with pytest.raises(NotFound):
        use_cases.reset_password("no such secret", GOOD, COST)
