"""SQL statement counts of pages: low, and independent of the number of rows shown."""

import time
from collections import Counter
from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import select

from benchmarks.data import page_set
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.privacy.queries import user_references
from marketplace.proposals.models.offers import Proposal
from marketplace.sourcing.ranking import corpus
from marketplace.suppliers.models import Supplier
from tests.project.people import EVALUATED, LEVELS, People, demo_brief, route_urls
from tests.support.browser import Browser
from tests.support.databases import Database
from tests.support.sampling import Sampling
from tests.support.sql_capture import captured_sql

MAX_STATEMENTS, MAX_REPEATS, EXPORT_OVERHEAD = 12, 2, 6
MAX_OF_COMPUTED = {"/plan/plan.json": 14, "/report": 20}
"""Statements of the file with a whole plan, which has a dozen tables, and of a project's report, by end of the path."""
ROLES = {
    "anonymous": "anyone",
    "owner": "company",
    "bidder": "supplier",
    "curator": "garden",
    "administrator": "administrator",
}
"""Users of people.py who open each route, and the matching role in benchmarks/data/page_set.py."""
SAMPLED_ROLES = 1
NESTED_OUTER_JOIN = "LEFT OUTER JOIN (organisation AS"
"""Form of a `joinedload` through a nullable key to a kind of organisation; `selectinload` avoids it."""
IGNORED_PREFIXES = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")
AUDIT_PAGE = "/admin/audit?action=brief.publish"
"""Filtered by action: the newest events are sign-ins by this test, and those may have no organisation."""
LISTS = {
    "anonymous": ["/", "/suppliers", "/suppliers?q=nettbutikk", "/suppliers?place=5021", "/gardens"],
    "owner": ["/home", "/briefs", "/messages"],
    "bidder": ["/home", "/opportunities", "/proposals", "/messages"],
    "curator": ["/home", "/vetting", "/garden/suppliers", "/companies", "/messages"],
    "administrator": ["/home", "/admin/users", AUDIT_PAGE, "/admin/gardens", "/suppliers"],
}


def count_queries(statements: Iterable[str]) -> Counter[str]:
    """Count SQL statements by text, without transaction control."""
    return Counter(statement for statement in statements if not statement.startswith(IGNORED_PREFIXES))


def statements_of(browser: Browser, path: str) -> tuple[int, Counter[str]]:
    """Open a page with warm caches and return its status and statement counts."""
    browser.check_pages = False
    browser.get(path)
    while corpus.is_refitting():
        time.sleep(0.01)
    browser.get(path)
    with captured_sql() as seen:
        status = browser.get(path).status_code
    return status, count_queries(seen)


def browser_of(app: Flask, user_id: int | None) -> Browser:
    browser: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client class is Browser
    return browser.sign_in(user_id) if user_id else browser


def max_statements(path: str) -> int:
    """Return the statement limit of a page. The data export needs one query for each exported table."""
    if path == "/account/data/export":
        return len(user_references()) + EXPORT_OVERHEAD
    return next((most for end, most in MAX_OF_COMPUTED.items() if path.endswith(end)), MAX_STATEMENTS)


def test_pages_stay_within_statement_limit(
    scaled_demo_app: Flask, shared_database: Database, sampling: Sampling
) -> None:
    people, page_users, wrong, opened = People(), page_set.people(), list[str](), Counter[str]()
    sampled = sampling.choose(ROLES, SAMPLED_ROLES, "statements")
    roles = sampling.split(sampled, shared_database.name, "statements")
    for name in roles:
        role = ROLES[name]
        urls = [
            path
            for method, path, level in route_urls(scaled_demo_app, people)
            if method == "GET" and level in LEVELS[name]
        ]
        pages = [(people.ids[name], path) for path in urls]
        pages += [(page_users.get(role), path) for of, path in page_set.pages() if of == role]
        for user_id, path in pages:
            status, seen = statements_of(browser_of(scaled_demo_app, user_id), path)
            opened[f"{name} {status}"] += 1
            if seen.total() > max_statements(path):
                wrong.append(f"{name} {path}: {seen.total()} statements")
            wrong += [
                f"{name} {path}: outer join that SQLite answers with a scan {statement[:300]}"
                for statement in seen
                if NESTED_OUTER_JOIN in statement
            ]
            wrong += [
                f"{name} {path}: {times} times {statement[:300]}"
                for statement, times in seen.items()
                if times > MAX_REPEATS
            ]
    assert not wrong, "\n".join(wrong)
    assert all(opened[f"{name} 200"] > 10 for name in roles), opened


@pytest.fixture
def ids(demo_app: Flask) -> dict[str, int | None]:
    del demo_app
    of = page_set.people()
    return {name: of.get(role) for name, role in ROLES.items()}


def list_statements(app: Flask, ids: dict[str, int | None]) -> dict[tuple[str, str], int]:
    """Return the number of statements of each list page."""
    counted = {}
    for name, paths in LISTS.items():
        for path in paths:
            status, seen = statements_of(browser_of(app, ids[name]), path)
            assert status == 200, (name, path)
            counted[name, path] = seen.total()
    return counted


def test_list_statements_do_not_grow_with_rows(
    ids: dict[str, int | None], request: pytest.FixtureRequest
) -> None:
    app = request.getfixturevalue("demo_app")
    few, rows = list_statements(app, ids), session.query(Supplier).count() + session.query(Brief).count()
    app = request.getfixturevalue("scaled_demo_app")
    assert session.query(Supplier).count() + session.query(Brief).count() >= 2 * rows
    assert list_statements(app, ids) == few


def test_comparison_statements_do_not_grow_with_offers(demo_app: Flask) -> None:
    company = page_set.organisation_of("company")
    assert company is not None
    owner = browser_of(demo_app, company[1])
    evaluated = demo_brief(EVALUATED)
    offers = session.scalars(select(Proposal).where(Proposal.brief_id == evaluated.id)).all()
    paths = [
        f"/briefs/{evaluated.reference}/{page}"
        for page in ("proposals", "proposals/scores", "award", "ranking")
    ]
    many = [statements_of(owner, path)[1].total() for path in paths]
    assert len(offers) > 2
    for offer in offers[2:]:
        offer.state = "draft"
    session.commit()
    assert [statements_of(owner, path)[1].total() for path in paths] == many
