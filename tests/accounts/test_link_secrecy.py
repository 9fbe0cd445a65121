"""Tokens of e-mailed links are not readable in the database, before or after the e-mail is sent."""

import re
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import JSON, String, select

from marketplace.accounts import use_cases
from marketplace.core import sealing
from marketplace.core.database import Base, db, session
from marketplace.core.sealing import KeyMissingError, Keyring, TamperedError
from marketplace.organisations import use_cases as organisations
from marketplace.outbox.delivery import RETRY_DELAYS_MINUTES, deliver_due
from marketplace.outbox.models import OutboxMail
from marketplace.proposals.use_cases import key_rotation
from tests import factories
from tests.accounts.helpers import COMPANY, delivered_links, mails
from tests.support.browser import Browser

COST = use_cases.HashCost(1, 1024)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def stored_texts() -> str:
    """Return the content of every text and JSON column of every table."""
    session.expire_all()
    columns = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON)
    ]
    return "\n".join(str(value) for column in columns for value in session.scalars(select(column)))


def mail_every_kind_of_link(client: Browser) -> None:
    """Cause an e-mail with each kind of one-time link: reset, lockout, invitation, registration, new address."""
    owner = factories.member(factories.company())
    person = factories.user()
    client.post("/forgotten", data={"email": person.email})
    organisations.invite_colleague(owner, "jon@bjorkvollen.example", "member")
    invitation = mails("jon@bjorkvollen.example")[0].link_path
    client.post("/register/company", query_string={"next": invitation}, data=COMPANY)
    client.sign_in(person.id)
    client.post("/account/address", data={"email": "ny@fjordnett.example", "present": factories.PASSWORD})


def test_no_table_contains_the_token_of_a_mailed_link(app: Flask, client: Browser) -> None:
    mail_every_kind_of_link(client)
    before = stored_texts()
    links = delivered_links(app)
    tokens = {token for link in links for token in TOKEN.findall(unquote(link))}
    assert {link.split("/")[1] for link in links if TOKEN.search(link)} == {"reset", "invitations", "confirm"}
    assert len(tokens) == 4
    after = stored_texts()
    assert [token for token in tokens if token in before or token in after] == []


def test_sent_and_failed_e_mail_keeps_no_link(app: Flask) -> None:
    for _mail in range(2):
        use_cases.request_password_reset(factories.user().email)
    broken = mails()[1]
    broken.subject, broken.attempts = "two\nlines", len(RETRY_DELAYS_MINUTES)
    session.commit()
    assert all(mail.sealed_link for mail in mails())
    assert deliver_due(app.config["SETTINGS"]) == 1
    session.expire_all()
    assert [(mail.state, mail.sealed_link, mail.link_path) for mail in mails()] == [
        ("sent", "", ""),
        ("failed", "", ""),
    ]


def test_mailed_link_cannot_be_read_without_the_key_or_in_another_row(app: Flask) -> None:
    for _mail in range(2):
        use_cases.request_password_reset(factories.user().email)
    first, second = mails()
    first.sealed_link = second.sealed_link
    with pytest.raises(TamperedError):
        _ = first.link_path
    session.rollback()
    url = db.engine.url
    right = sealing.keyring_of(url)
    try:
        sealing.use_keyring(url, Keyring(lambda: ["0" * 64]))
        with pytest.raises(KeyMissingError):
            _ = first.link_path
        assert deliver_due(app.config["SETTINGS"]) == 0, "it is retried when the key is back"
    finally:
        sealing.use_keyring(url, right)
    session.expire_all()
    assert {mail.state for mail in mails()} == {"waiting"}
    assert first.link_path.startswith("/reset/")


def test_key_rotation_encrypts_queued_links_with_the_new_key(app: Flask) -> None:
    use_cases.request_password_reset(factories.user().email)
    path, url = mails()[0].link_path, db.engine.url
    right = sealing.keyring_of(url)
    try:
        sealing.use_keyring(url, Keyring(lambda: ["0" * 64, "5ea1" * 16]))
        key_rotation.rotate()
        sealing.use_keyring(url, Keyring(lambda: ["0" * 64]))
        session.expire_all()
        assert session.query(OutboxMail).one().link_path == path
    finally:
        sealing.use_keyring(url, right)
