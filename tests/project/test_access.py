"""Access levels: the reviewed policy of routes, and every demo user's request to every route."""

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
from tests.project.people import LEVELS, OPEN, People, demo_brief, route_urls
from tests.project.policy_file import permission, read_policy
from tests.support.browser import comparable_html
from tests.support.databases import Database
from tests.support.sampling import Sampling

# Signing in the test client writes these rows, so they may change although a request is refused.
IGNORED_TABLES = {"sign_in_session", "audit_event"}


def test_routes_match_policy_file(app: Flask) -> None:
    """Add new and changed routes to tests/project/policy.txt, so that a reviewer sees who may read and write."""
    declared = {
        (method, rule.rule): permission(rule, method, app)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }
    assert {key: allowed for key, (allowed, _cells) in read_policy().items()} == declared
    assert not [key for key, allowed in declared.items() if "UNDECLARED" in allowed]


def test_menu_items_have_endpoints(app: Flask) -> None:
    for item in (*PUBLIC, *COMPANY, *SUPPLIER, *GARDEN, *ADMIN):
        assert item.endpoint in app.view_functions


def test_undeclared_route_answers_403(make_app: Any) -> None:
    app = make_app()
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    browser = app.test_client()
    assert browser.get("/undeclared").status_code == 403


def test_second_access_declaration_raises() -> None:
    with pytest.raises(TypeError, match="twice"):
        access.public(access.admin(lambda: None))


@pytest.fixture
def people(demo_app: Flask) -> People:
    del demo_app
    return People()


def one_of_each_level(sampling: Sampling) -> set[str]:
    """Return one user for each set of levels, because users with equal levels are refused alike."""
    groups: dict[frozenset[Level], list[str]] = {}
    for name, levels in LEVELS.items():
        groups.setdefault(frozenset(levels), []).append(name)
    return {name for names in groups.values() for name in sampling.choose(names, 1, f"refused {names[0]}")}


SAMPLED_ONE_IN = 8
"""A sampled run sends one in so many requests. The rules of access are few, and every route declares its level."""


def test_each_user_gets_expected_status_on_each_route(
    app: Flask, people: People, shared_database: Database, sampling: Sampling
) -> None:
    """No route admits the wrong role or fails, and refused requests change no rows."""
    refused = one_of_each_level(sampling)
    browsers = people.browsers(app)
    requests = list(route_urls(app, people))
    wrong: list[str] = []
    for name, browser in browsers.items():
        browser.check_pages = False
        request_state.record_heartbeat("worker")  # for each user, because /readyz refuses an old one
        before = count_rows()
        numbered = list(enumerate(requests))
        for number, (method, path, level) in sampling.split(numbered, shared_database.name, name):
            if method == "POST" and level in LEVELS[name]:
                continue  # permitted writes are tested with each feature
            if level not in LEVELS[name] and name not in refused:
                continue
            if not sampling.includes(f"{name} {number}", SAMPLED_ONE_IN):
                continue
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
                wrong.append(f"{name}: {method} {path} is not redirected to sign-in")
        changed = {table: rows for table, rows in count_rows().items() if rows != before[table]}
        if changed:
            wrong.append(f"{name}: refused requests changed {sorted(changed)}")
    assert not wrong, "\n".join(wrong)


def count_rows() -> dict[str, int]:
    """Count the rows of each table."""
    with db.engine.connect() as connection:
        return {
            table.name: connection.execute(db.select(db.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name not in IGNORED_TABLES
        }


COMPANY_SIDE = {"owner", "colleague"}
# Users who get 200 for each page; all others get 404, 403 or a redirect to sign-in.
VISIBLE_TO = {
    "/briefs/{draft}": COMPANY_SIDE,
    "/briefs/{draft}/check": COMPANY_SIDE,
    "/briefs/{draft}/guide/goal": COMPANY_SIDE,
    "/briefs/{evaluated}": COMPANY_SIDE | {"bidder", "rival", "curator", "administrator"},
    "/briefs/{evaluated}/ranking": COMPANY_SIDE | {"curator", "administrator"},
    "/briefs/{evaluated}/proposals": COMPANY_SIDE | {"curator"},
    "/briefs/{evaluated}/proposals/{offer}": COMPANY_SIDE,
    "/briefs/{evaluated}/award": {"owner"},
    # Before the deadline the page shows the garden only that offers are sealed.
    "/briefs/{open}/proposals": COMPANY_SIDE | {"curator"},
    "/companies/{company}/briefs": {"curator"},
    "/proposals/{offer}/letter": set[str](),
}


def test_object_pages_are_visible_only_to_permitted_users(app: Flask, people: People) -> None:
    own = {
        b.state: b.reference
        for b in session.scalars(select(Brief).where(Brief.company_id == people.brief.company_id))
    }
    names = {
        "draft": own["draft"],
        "evaluated": people.brief.reference,
        "open": demo_brief(OPEN).reference,
        "offer": people.proposals[0].id,
        "company": people.brief.company_id,
    }
    browsers, wrong = people.browsers(app), []
    for template, visible_to in VISIBLE_TO.items():
        path = template.format(**names)
        for name, browser in browsers.items():
            status = browser.get(path).status_code
            if (status == 200) != (name in visible_to):
                wrong.append(f"{path} answered {name} with {status}")
    assert not wrong, "\n".join(wrong)


def test_forbidden_object_is_indistinguishable_from_missing(app: Flask, people: People) -> None:
    other = people.browsers(app)["other company"]
    draft = session.scalars(
        select(Brief.reference).where(Brief.company_id == people.brief.company_id, Brief.state == "draft")
    ).one()

    def body(path: str) -> str:
        return comparable_html(other.get(path).text, path)

    assert body(f"/briefs/{draft}") == body("/briefs/2026-9999")
