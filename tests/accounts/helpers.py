"""What the tests of accounts do again and again."""

import re

import pyotp
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import use_cases
from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import OutboxMail
from tests import factories
from tests.support.browser import Browser

GOOD = "dugg tresko vinterbygg"


def sign_in(client: Browser, email: str, password: str = factories.PASSWORD, **options: object) -> int:
    """Fill in the sign-in page; returns the answer's status (303 is in)."""
    return client.post("/sign-in", data={"email": email, "password": password}, **options).status_code


def plain(html: str, email: str) -> str:
    """Return a page without the address that was typed and the form's own token, for comparing two answers."""
    return re.sub(r'name="csrf_token"[^>]*>', "", html.replace(email, ""))


def mails(recipient: str = "") -> list[OutboxMail]:
    """Return the mails to an address, or all, in the order they were written."""
    query = select(OutboxMail).order_by(OutboxMail.id)
    if recipient:
        query = query.where(OutboxMail.recipient == recipient)
    return list(session.scalars(query))


def app_secret(app: Flask, viewer: Viewer) -> pyotp.TOTP:
    """Return the phone of a person who is setting up the second step."""
    secret = use_cases.pending_secret(viewer, SecretCipher(str(app.secret_key)))
    assert secret is not None
    return pyotp.TOTP(secret)
