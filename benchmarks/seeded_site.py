"""A seeded database, and sign-in cookies of its users."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from benchmarks.data import scale
from marketplace.accounts import use_cases as accounts
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.database import migrate
from marketplace.organisations.models import Company, Membership
from marketplace.sourcing.use_cases import refit

LIMITS = {"LIST_PAGES_PER_MINUTE": "0", "SECOND_FACTOR": "0"}
"""Settings without a rate limit, because all requests come from one IP address, and without a second factor."""


OWNERS = 60
PARTICIPANTS = 100


@dataclass(frozen=True)
class SeededSite:
    """Pages as (role, path), user id and cookie of each role, and the cookies of other companies' owners."""

    pages: Sequence[tuple[str, str]]
    people: Mapping[str, int]
    cookies: Mapping[str, str]
    owners: Sequence[str]

    def headers(self, role: str) -> dict[str, str]:
        """Return the request headers of a role."""
        return {"Cookie": self.cookies[role]} if role in self.cookies else {}


def session_cookie(app: Flask, user_id: int) -> str:
    """Return the session cookie of a signed-in user as the first page sets it, with the CSRF secret."""
    token = accounts.open_session(user_id, "benchmark", code_verified=True)
    client = app.test_client()
    with client.session_transaction() as content:
        content.update(_user_id=token, _fresh=True)
    client.get("/account")
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    return f"{name}={cookie.value if cookie else ''}"


def seed_site(folder: str, suppliers: int = 1000, briefs: int = 500) -> SeededSite:
    """Seed a database in a folder, or the empty one in DATABASE_URL, for servers started afterwards."""
    os.environ["INSTANCE_PATH"] = str(Path(folder, "instance"))
    app = create_app()
    with app.app_context():
        migrate.upgrade(db.engine)
        site = scale.seed(suppliers=suppliers, briefs=briefs, participants=PARTICIPANTS)
        refit()  # as the worker does every night
        cookies = {role: session_cookie(app, user_id) for role, user_id in site.people.items()}
        companies = owners(app, OWNERS)
        db.session.remove()
        db.engine.dispose()
    return SeededSite(site.pages, site.people, cookies, companies)


def owners(app: Flask, count: int) -> list[str]:
    """Return the cookies of users who each own a company."""
    query = (
        select(Membership.user_id)
        .join(Company, Company.id == Membership.organisation_id)
        .where(Membership.role == "owner")
        .order_by(Membership.id.desc())
        .limit(count)
    )
    return [session_cookie(app, number) for number in db.session.scalars(query)]


def form_fields(html: str, action: str) -> list[tuple[str, str]]:
    """Return the fields that a page's form with this action would submit unchanged.

    Supports hidden and text inputs, checkboxes and text areas, which the guide's forms consist of.
    """
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    if found is None:
        message = f"There is no form to {action} on the page."
        raise RuntimeError(message)
    form = found[0]
    inputs = re.findall(
        r'<input[^>]*type="(?:hidden|text)"[^>]*>|<input[^>]*type="checkbox"[^>]* checked>', form
    )
    fields = [(_attribute(tag, "name"), _attribute(tag, "value")) for tag in inputs]
    areas = re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return [*fields, *((name, unescape(text)) for name, text in areas)]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
