"""Tests of the shared fixtures: database isolation, test clients and page rules."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.database import migrate
from tests.support.browser import Browser
from tests.support.databases import Database
from tests.support.page_rules import HtmlPage, check_page, outline

pytestmark = pytest.mark.both_databases

VALID_PAGE = '<!doctype html><html lang="nb"><title>Hei – Torget</title><body><main><h1>Hei</h1>{}</main></body></html>'


@pytest.mark.parametrize("_run", [1, 2])
def test_database_is_empty_at_start(app: Flask, _run: int) -> None:
    assert db.session.query(User).count() == 0
    db.session.add(User(email="kari@fjordnett.example", name="Kari", password_hash="-"))
    db.session.commit()
    assert db.session.query(User).one().id == 1


def test_run_uses_requested_database(
    app: Flask, shared_database: Database, request: pytest.FixtureRequest
) -> None:
    requested = request.config.getoption("--database")
    assert db.engine.dialect.name == shared_database.name
    assert requested in {shared_database.name, "both"}


def test_shared_database_has_head_revision(app: Flask) -> None:
    assert migrate.current(db.engine) == migrate.head()


def test_empty_database_has_no_tables(empty_database_url: str, shared_database: Database) -> None:
    assert empty_database_url != shared_database.url
    engine = create_engine(empty_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_test_and_request_see_each_others_changes(client: Browser) -> None:
    user = User(email="kari@fjordnett.example", name="Kari", password_hash="-")
    db.session.add(user)
    db.session.commit()
    assert user.last_signed_in_at is None
    client.sign_in(user.id)
    client.get("/account")
    db.session.expire_all()
    assert user.last_signed_in_at is not None


def test_test_clients_have_separate_sessions(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    with first.session_transaction() as cookie:
        cookie["mark"] = "first"
    with second.session_transaction() as cookie:
        assert "mark" not in cookie


def test_form_without_csrf_token_is_refused(client: Browser) -> None:
    client.check_pages = False
    assert client.post("/sign-in", csrf=False).status_code == 400
    assert client.post("/sign-in").status_code == 422


@pytest.mark.once
@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<h1>En til</h1>", "2 h1"),
        ('<p id="a"></p><p id="a"></p>', "occurs 2 times"),
        ('<input name="q">', "has no label"),
        ('<p style="color: red">', "inline style"),
        ("<script>1</script>", "inline script"),
        ('<a href="#nowhere">Dit</a>', "not an id on the page"),
        ("<h3>Rett ned</h3>", "comes after an h1"),
        ("<p><div></div></p>", "unexpected-end-tag"),
        ('<label for="b">B</label>', "points to nothing"),
        ('<button class="ds-button" data-color="multe">A</button>' * 2, "several orange"),
        ('<img src="https://cdn.example/a.png" alt="">', "from another site"),
    ],
)
def test_page_rule_violation_is_reported(inside: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        check_page(VALID_PAGE.format(inside), "/")


@pytest.mark.once
def test_page_that_follows_rules_passes() -> None:
    html = VALID_PAGE.format('<p>To  <a href="/x">ord</a></p><label>A <input name="a"></label>')
    check_page(html, "/")
    page = HtmlPage(html)
    assert (page.heading, page.text) == ("Hei", "Hei To ord A")
    assert page.links() == {"ord": "/x"}


@pytest.mark.once
def test_page_with_other_texts_and_objects_is_not_parsed_again() -> None:
    page = VALID_PAGE.format('<p>Én & to</p><a href="/briefs/2026-0001?page=2">Se</a>'.replace("&", "&amp;"))
    other = page.replace("Hei", "Hallo").replace("Én", "Tre").replace("0001?page=2", "0147?page=3")
    assert other != page
    assert outline(other) == outline(page)
    for fault in (
        page.replace("<h1>Hei", "<h1>Hallo"),
        page.replace(">Se<", "><"),
        page.replace("Én", "&Eacuten"),
        page.replace("Én", "\x01"),
        page.replace('href="/briefs/2026-0001?page=2"', 'href=""'),
    ):
        assert fault != page
        assert outline(fault) != outline(page), fault
