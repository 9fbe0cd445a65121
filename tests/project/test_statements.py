"""What pages ask of the database: little, and no more when there is more to show."""

import time
from collections import Counter
from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import select

from benchmarks.data import page_set
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.privacy.queries import EXPORTED_TABLES
from marketplace.proposals.models import Proposal
from marketplace.sourcing import corpus
from marketplace.suppliers.models import Supplier
from tests.project.people import LEVELS, People, addresses
from tests.support.browser import Browser
from tests.support.sampling import Sampling
from tests.support.sql_capture import captured_sql

MOST_STATEMENTS, MOST_REPEATS, AROUND_PARTS = 29, 2, 4
ROLES = {
    "anonymous": "anyone",
    "owner": "company",
    "bidder": "supplier",
    "curator": "garden",
    "administrator": "administrator",
}
"""Who opens each route, and the pages of scale_tour: what each is to the demo's brief, and the demo's own person."""
SAMPLED_ROLES = 2
NOT_ASKED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")
ACTS = "/admin/audit?action=brief.publish"
"""Of all acts the newest are sign-ins, this test's own among them: some pages of those name no organisation."""
LISTS = {
    "anonymous": ["/", "/suppliers", "/suppliers?q=nettbutikk", "/suppliers?place=5021", "/gardens"],
    "owner": ["/home", "/briefs", "/messages"],
    "bidder": ["/home", "/opportunities", "/proposals", "/messages"],
    "curator": ["/home", "/vetting", "/garden/suppliers", "/companies", "/messages"],
    "administrator": ["/home", "/admin/users", ACTS, "/admin/gardens", "/suppliers"],
}


def asked(statements: Iterable[str]) -> Counter[str]:
    """Count the statements that ask the database for something, by their text."""
    return Counter(statement for statement in statements if not statement.startswith(NOT_ASKED))


def statements_of(browser: Browser, path: str) -> tuple[int, Counter[str]]:
    """Open a page until the index is in place, and return the status and the statements of the last time."""
    browser.check_pages = False
    browser.get(path)
    while corpus.is_refitting():
        time.sleep(0.01)
    browser.get(path)
    with captured_sql() as seen:
        status = browser.get(path).status_code
    return status, asked(seen)


def browser_of(app: Flask, user_id: int | None) -> Browser:
    browser: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client class is Browser
    return browser.sign_in(user_id) if user_id else browser


def most_for(path: str) -> int:
    """Return how much a page may ask. What is kept of a person is asked for once in each table that knows of people."""
    return len(EXPORTED_TABLES) + AROUND_PARTS if path == "/account/data/export" else MOST_STATEMENTS


@pytest.mark.once
def test_pages_send_few_statements(scaled_demo_app: Flask, sampling: Sampling) -> None:
    people, tour, wrong, opened = People(), page_set.people(), list[str](), Counter[str]()
    roles = sampling.choose(ROLES, SAMPLED_ROLES, "statements")
    for name in roles:
        role = ROLES[name]
        every = [
            path
            for method, path, level in addresses(scaled_demo_app, people)
            if method == "GET" and level in LEVELS[name]
        ]
        pages = [(people.ids[name], path) for path in every]
        pages += [(tour.get(role), path) for of, path in page_set.pages() if of == role]
        for user_id, path in pages:
            status, seen = statements_of(browser_of(scaled_demo_app, user_id), path)
            opened[f"{name} {status}"] += 1
            if seen.total() > most_for(path):
                wrong.append(f"{name} {path}: {seen.total()} statements")
            wrong += [
                f"{name} {path}: {times} times {statement[:300]}"
                for statement, times in seen.items()
                if times > MOST_REPEATS
            ]
    assert not wrong, "\n".join(wrong)
    assert all(opened[f"{name} 200"] > 10 for name in roles), opened


@pytest.fixture
def ids(demo_app: Flask) -> dict[str, int | None]:
    del demo_app
    of = page_set.people()
    return {name: of.get(role) for name, role in ROLES.items()}


def lists(app: Flask, ids: dict[str, int | None]) -> dict[tuple[str, str], int]:
    """Return how much each list asks."""
    counted = {}
    for name, paths in LISTS.items():
        for path in paths:
            status, seen = statements_of(browser_of(app, ids[name]), path)
            assert status == 200, (name, path)
            counted[name, path] = seen.total()
    return counted


@pytest.mark.once
def test_a_list_asks_the_same_of_three_times_as_many_rows(
    ids: dict[str, int | None], request: pytest.FixtureRequest
) -> None:
    app = request.getfixturevalue("demo_app")
    few, rows = lists(app, ids), session.query(Supplier).count() + session.query(Brief).count()
    app = request.getfixturevalue("scaled_demo_app")
    assert session.query(Supplier).count() + session.query(Brief).count() > 2.9 * rows
    assert lists(app, ids) == few


def test_a_comparison_and_a_ranking_ask_the_same_however_long(demo_app: Flask) -> None:
    company = page_set.organisation_of("company")
    assert company is not None
    owner = browser_of(demo_app, company[1])
    judged = session.scalars(select(Brief).where(Brief.reference == "2026-0012")).one()
    offers = session.scalars(select(Proposal).where(Proposal.brief_id == judged.id)).all()
    paths = [
        f"/briefs/{judged.reference}/{page}" for page in ("proposals", "proposals/scores", "award", "ranking")
    ]
    many = [statements_of(owner, path)[1].total() for path in paths]
    assert len(offers) > 2
    for offer in offers[1:]:
        offer.state = "draft"
    session.commit()
    assert [statements_of(owner, path)[1].total() for path in paths] == many
