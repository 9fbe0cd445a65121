"""What a form does not ask for changes nothing: rights and owners are never read from what is sent."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from marketplace.core.database import Base, db
from tests.conftest import close
from tests.project.policy_world import ROLES, World
from tests.support.databases import Database
from tests.support.page_rules import HtmlPage
from tests.support.sampling import Sampling

pytestmark = [pytest.mark.once, pytest.mark.slow]
EXTRA = {
    "id": "1",
    "user_id": "1",
    "owner_id": "1",
    "role": "curator",
    "is_admin": "1",
    "is_active": "1",
    "garden_id": "1",
    "organisation_id": "1",
    "company_id": "1",
    "supplier_id": "1",
    "state": "approved",
    "status": "approved",
    "verified": "1",
    "email_verified_at": "2026-01-01",
    "approved_at": "2026-01-01",
    "created_at": "2026-01-01",
    "version": "99",
    "slug": "taken",
    "deadline": "2030-01-01",
}
SAMPLED_PAGES = 50
"""Pages, each for one role, whose forms a run sends; an exhaustive run sends those of all."""
MIN_FORMS = 60
# Drawn by chance at each act, or told by the clock.
BY_CHANCE = ("token", "hash", "_at", "message_id", "link_path", "body", "secret", "sealed", "id")
TYPED = {
    "email": "ny@felt.example",
    "password": "dugg tresko vinterbygg",
    "person_name": "Sigrid Lund",
    "name": "Sigrid Lund",
    "reason": "Det passer ikke denne gangen.",
    "text": "Kan dere komme i uke 12?",
    "code": "123456",
}


@pytest.fixture
def world(demo_app: Flask, shared_database: Database) -> World:
    made = World(demo_app)
    db.session.remove()
    close(demo_app)
    shared_database.save("extra")
    return made


def filled(form: Element) -> MultiDict[str, str]:
    """Return a form as a person would send it: what stands there, and something where nothing does."""
    data: MultiDict[str, str] = MultiDict()
    for item in form.iter():
        name, kind = item.get("name"), item.get("type", "text")
        if not name or item.tag not in {"input", "select", "textarea", "button"} or name == "csrf_token":
            continue
        if item.tag == "select":
            values = [option.get("value") or "" for option in item.iter("option")]
            chosen = [
                option.get("value") or ""
                for option in item.iter("option")
                if option.get("selected") is not None
            ]
            data.add(name, (chosen or [value for value in values if value] or [""])[0])
        elif kind in {"radio", "checkbox"}:
            if item.get("checked") is not None or (kind == "radio" and name not in data):
                data.setlist(
                    name, [*([] if kind == "radio" else data.getlist(name)), item.get("value") or ""]
                )
        elif item.tag == "button":
            if name not in data:
                data.add(name, item.get("value") or "")
        else:
            data.add(name, item.get("value") or (item.text or "").strip() or TYPED.get(name, "12"))
    return data


def rows() -> dict[str, list[Mapping[str, Any]]]:
    """Return all rows, without what is drawn by chance or told by the clock."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    {
                        name: value
                        for name, value in row.items()
                        if (
                            name != "at"
                            and not any(
                                name.endswith(ending) or name.startswith(ending) for ending in BY_CHANCE
                            )
                        )
                        or name in {"user_id", "organisation_id", "garden_id", "company_id", "supplier_id"}
                    }
                    for row in connection.execute(table.select()).mappings()
                ),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
            if table.name not in {"sign_in_session", "throttle", "taken_form", "audit_event"}
        }


def forms(world: World, rule: Rule, role: str) -> list[tuple[str, MultiDict[str, str]]]:
    """Return the forms on somebody's page: where they are sent, and filled in."""
    path = world.path(rule, role, "own")
    answer = world.browser(rule, role).get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return []
    found = []
    for form in HtmlPage(answer.text).all("form", method="post"):
        target = form.get("action") or path
        found.append((target, filled(form)))
    return found


def test_fields_outside_the_form_change_nothing(
    world: World, shared_database: Database, sampling: Sampling
) -> None:
    sent: set[tuple[str, str]] = set()
    wrong: list[str] = []
    adapter = world.app.url_map.bind("localhost")

    def outcome(rule: Rule, role: str, target: str, data: MultiDict[str, str]) -> tuple[int, Any]:
        browser = world.browser(rule, role)
        answer = browser.post(target, data={"csrf_token": browser.csrf_token(), **data.to_dict(flat=False)})
        after = rows()
        db.session.remove()
        close(world.app)
        shared_database.restore("extra")
        world.sit_down_again(browser)
        return answer.status_code, after

    pages = [
        (role, rule)
        for role in ROLES
        for method, rule in world.rules()
        if method == "GET" and rule.endpoint not in {"static", "pages.choose_language"}
    ]
    for role, rule in sampling.choose(pages, SAMPLED_PAGES, "extra fields"):
        for target, data in forms(world, rule, role):
            endpoint = adapter.match(target.split("?")[0], method="POST")[0]
            kind = (role.rstrip("2"), endpoint)
            if kind in sent or endpoint == "accounts.sign_out":
                continue
            sent.add(kind)
            added = MultiDict(data)
            for name, value in EXTRA.items():
                if name not in data:
                    added.add(name, value)
            plain, extended = outcome(rule, role, target, data), outcome(rule, role, target, added)
            if plain != extended:
                tables = {
                    name: [row for row in extended[1][name] if row not in plain[1][name]]
                    for name in plain[1]
                    if plain[1][name] != extended[1][name]
                }
                wrong.append(f"{role} at {target}: {plain[0]} and {extended[0]}, {tables}")
    assert len(sent) > (MIN_FORMS if sampling.exhaustive else 0), "no page had a form to send"
    assert wrong == []
