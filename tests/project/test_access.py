"""Who may use which route: the whole list, and every person at every door of the demo's world."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.core import request_state
from marketplace.core.database import Base, db, session
from marketplace.web import access
from marketplace.web.access import Level
from marketplace.web.navigation import ADMIN, COMPANY, GARDEN, PUBLIC, SUPPLIER
from tests.project.people import LEVELS, OWN, People, addresses

LEDGER = Path(__file__).with_name("routes.txt")
# Rows that a request may write although it is refused: sign-ins are noted by the browser itself.
UNCOUNTED = {"sign_in_session", "audit_event"}


def routes(app: Flask) -> list[str]:
    """Return one line for each route: address, methods, endpoint, level."""
    lines = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        level, writes = access.level_of(view) or "UNDECLARED", ""
        if set(methods) - access.SAFE_METHODS and access.write_level_of(view) is not access.level_of(view):
            writes = f" writes [{access.write_level_of(view) or 'UNDECLARED'}]"
        lines.append(f"{rule.rule} {','.join(methods)} {rule.endpoint} [{level}]{writes}")
    return sorted(lines)


def test_every_route_stands_in_the_ledger_under_its_level(app: Flask) -> None:
    """A new or changed route is a decision: write it in tests/project/routes.txt, where a reviewer sees it."""
    assert routes(app) == LEDGER.read_text(encoding="utf-8").splitlines()
    assert not [line for line in routes(app) if "UNDECLARED" in line]


def test_every_menu_leads_somewhere(app: Flask) -> None:
    for place in (*PUBLIC, *COMPANY, *SUPPLIER, *GARDEN, *ADMIN):
        assert place.endpoint in app.view_functions


def test_a_route_without_a_declaration_answers_403(make_app: Any) -> None:
    app = make_app()
    app.add_url_rule("/forgotten-to-say", "forgotten", lambda: "secret")
    browser = app.test_client()
    assert browser.get("/forgotten-to-say").status_code == 403


def test_access_is_declared_once() -> None:
    with pytest.raises(TypeError, match="twice"):
        access.public(access.admin(lambda: None))


@pytest.fixture
def people(demo_app: Flask) -> People:
    del demo_app
    return People()


def test_everybody_at_every_door(app: Flask, people: People) -> None:
    """No door opens for the wrong role, none breaks, and refused acts change nothing."""
    browsers = people.browsers(app)
    request_state.record_heartbeat("worker")
    doors = list(addresses(app, people))
    wrong: list[str] = []
    for name, browser in browsers.items():
        browser.check_pages = False
        before = counted()
        for method, path, level in doors:
            if method == "POST" and level in LEVELS[name]:
                continue  # what the allowed may do is each feature's own test
            answer = browser.open(path, method=method)
            expected = (
                {200, 303, 404, 410} if level in LEVELS[name] else ({303} if name == "anonymous" else {403})
            )
            if answer.status_code not in expected:
                wrong.append(f"{name}: {method} {path} answered {answer.status_code}")
            if (
                name == "anonymous"
                and level is not Level.PUBLIC
                and "/sign-in" not in answer.headers.get("Location", "")
            ):
                wrong.append(f"{name}: {method} {path} is not sent to sign in")
        changed = {table: rows for table, rows in counted().items() if rows != before[table]}
        if changed:
            wrong.append(f"{name}: refused acts changed {sorted(changed)}")
    assert not wrong, "\n".join(wrong)


def counted() -> dict[str, int]:
    """Count the rows of each table."""
    with db.engine.connect() as connection:
        return {
            table.name: connection.execute(db.select(db.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOUNTED
        }


COMPANY_SIDE = {"owner", "colleague"}
# Who sees the page with 200; everybody else gets 404, 403, or is sent to sign in.
SEEN_BY = {
    "/briefs/{draft}": COMPANY_SIDE,
    "/briefs/{draft}/check": COMPANY_SIDE,
    "/briefs/{draft}/guide/goal": COMPANY_SIDE,
    "/briefs/{evaluated}": COMPANY_SIDE | {"bidder", "rival", "curator", "administrator"},
    "/briefs/{evaluated}/ranking": COMPANY_SIDE | {"curator", "administrator"},
    "/briefs/{evaluated}/proposals": COMPANY_SIDE | {"curator"},
    "/briefs/{evaluated}/proposals/{offer}": COMPANY_SIDE,
    "/briefs/{evaluated}/award": {"owner"},
    # The garden may open the page, which says before the deadline only that offers are sealed.
    "/briefs/{open}/proposals": COMPANY_SIDE | {"curator"},
    "/companies/{company}/briefs": {"curator"},
    "/proposals/{offer}/letter": set[str](),
}


def test_only_those_it_is_for_see_a_thing(app: Flask, people: People) -> None:
    own = {
        b.state: b.reference
        for b in session.scalars(select(Brief).where(Brief.company_id == people.brief.company_id))
    }
    names = {
        "draft": own["draft"],
        "evaluated": OWN,
        "open": "2026-0019",
        "offer": people.proposals[0].id,
        "company": people.brief.company_id,
    }
    browsers, wrong = people.browsers(app), []
    for template, seen_by in SEEN_BY.items():
        path = template.format(**names)
        for name, browser in browsers.items():
            status = browser.get(path).status_code
            if (status == 200) != (name in seen_by):
                wrong.append(f"{path} answered {name} with {status}")
    assert not wrong, "\n".join(wrong)


def test_anothers_thing_answers_as_one_that_does_not_exist(app: Flask, people: People) -> None:
    other = people.browsers(app)["other company"]
    draft = session.scalars(
        select(Brief.reference).where(Brief.company_id == people.brief.company_id, Brief.state == "draft")
    ).one()

    def body(path: str) -> str:
        return re.sub(re.escape(path), "", other.get(path).text)

    assert body(f"/briefs/{draft}") == body("/briefs/2026-9999")
