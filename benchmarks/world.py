"""A grown directory in a database of its own, and the people who look at it."""

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
"""One address asks for many lists, and as curators without a telephone for codes."""


OWNERS = 60


@dataclass(frozen=True)
class World:
    """Pages as (role, address), each role's person and cookie, and the cookies of other companies' owners."""

    pages: Sequence[tuple[str, str]]
    people: Mapping[str, int]
    cookies: Mapping[str, str]
    owners: Sequence[str]

    def headers(self, role: str) -> dict[str, str]:
        """Return what a role's browser sends."""
        return {"Cookie": self.cookies[role]} if role in self.cookies else {}


def cookie_of(app: Flask, user_id: int) -> str:
    """Return the cookie of a person who has signed in."""
    token = accounts.open_session(user_id, "benchmark", code_verified=True)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # because Flask's own interface signs
    return f"session={serializer.dumps({'_user_id': token, '_fresh': True})}"


def seeded(folder: str, suppliers: int = 1000, briefs: int = 500) -> World:
    """Fill a database below a folder, or the empty one in DATABASE_URL. What is served afterwards finds it there."""
    os.environ["INSTANCE_PATH"] = str(Path(folder, "instance"))
    app = create_app()
    with app.app_context():
        migrate.upgrade(db.engine)
        world = scale.seed(suppliers=suppliers, briefs=briefs)
        refit()  # as the worker does in a night
        cookies = {role: cookie_of(app, user_id) for role, user_id in world.people.items()}
        companies = owners(app, OWNERS)
        db.session.remove()
        db.engine.dispose()
    return World(world.pages, world.people, cookies, companies)


def owners(app: Flask, count: int) -> list[str]:
    """Return cookies of people who each own a company of their own."""
    query = (
        select(Membership.user_id)
        .join(Company, Company.id == Membership.organisation_id)
        .where(Membership.role == "owner")
        .order_by(Membership.id.desc())
        .limit(count)
    )
    return [cookie_of(app, number) for number in db.session.scalars(query)]


def form_on(html: str, action: str) -> list[tuple[str, str]]:
    """Return what the form of a page that goes to an address would send if nothing were changed.

    Knows hidden and text fields, tick boxes and text areas: what drafts are written with.
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
