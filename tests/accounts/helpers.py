"""Helpers for the account tests."""

import email
import email.policy
import re
from pathlib import Path

import pyotp
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import use_cases
from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import OutboxMail
from tests import factories
from tests.support.browser import Browser

GOOD = "dugg tresko vinterbygg"
COMPANY = {
    "person_name": "Marit Bjørkvold",
    "email": "marit@bjorkvollen.example",
    "password": "grønn traktor på jordet",
    "name": "Bjørkvollen ysteri",
    "municipality": "5021",
    "sector": "food-drink",
}


def sign_in(client: Browser, email: str, password: str = factories.PASSWORD, **options: object) -> int:
    """Submit the sign-in form and return the status code; 303 means success."""
    return client.post("/sign-in", data={"email": email, "password": password}, **options).status_code


def mails(recipient: str = "") -> list[OutboxMail]:
    """Return the e-mail to an address, or all, oldest first."""
    query = select(OutboxMail).order_by(OutboxMail.id)
    if recipient:
        query = query.where(OutboxMail.recipient == recipient)
    return list(session.scalars(query))


def confirm(client: Browser, email: str, password: str) -> int:
    """Confirm the newest registration of an address and return the status code; 303 means signed in."""
    return client.post(mails(email)[-1].link_path, data={"password": password}).status_code


def delivered_links(app: Flask) -> list[str]:
    """Send all queued e-mail to files and return the path of each link in it, oldest first."""
    deliver_due(app.config["SETTINGS"])
    files = sorted(Path(app.instance_path, "mail").glob("*.eml"))
    texts = [
        part.get_content()
        for file in files
        for part in email.message_from_bytes(file.read_bytes(), policy=email.policy.default).walk()
        if part.get_content_type() == "text/plain"
    ]
    return [path for text in texts for path in re.findall(r"http://127\.0\.0\.1:8000(/\S+)", text)]


def authenticator_of(app: Flask, viewer: Viewer) -> pyotp.TOTP:
    """Return the authenticator app of a user who is setting up two-factor sign-in."""
    secret = use_cases.pending_secret(viewer, SecretCipher(str(app.secret_key)))
    assert secret is not None
    return pyotp.TOTP(secret)
