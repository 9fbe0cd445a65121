"""The ground that other tests stand on."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.database import migrate
from tests.support.browser import Browser
from tests.support.databases import Database
from tests.support.page_rules import HtmlPage, check_page

GOOD = '<!doctype html><html lang="nb"><title>Hei – Torget</title><body><main><h1>Hei</h1>{}</main></body></html>'


@pytest.mark.parametrize("_turn", [1, 2])
def test_each_test_starts_without_rows(app: Flask, _turn: int) -> None:
    assert db.session.query(User).count() == 0
    db.session.add(User(email="kari@fjordnett.example", name="Kari", password_hash="-"))
    db.session.commit()
    assert db.session.query(User).one().id == 1


def test_the_tests_run_on_the_database_they_were_asked_to(
    app: Flask, shared_database: Database, request: pytest.FixtureRequest
) -> None:
    asked = request.config.getoption("--database")
    assert db.engine.dialect.name == shared_database.name
    assert asked in {shared_database.name, "both"}


def test_the_shared_database_is_at_the_newest_version(app: Flask) -> None:
    assert migrate.current(db.engine) == migrate.head()


def test_another_database_has_no_tables(empty_database_url: str, shared_database: Database) -> None:
    assert empty_database_url != shared_database.url
    engine = create_engine(empty_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_request_sees_what_the_test_added_and_the_test_what_the_request_changed(client: Browser) -> None:
    user = User(email="kari@fjordnett.example", name="Kari", password_hash="-")
    db.session.add(user)
    db.session.commit()
    assert user.last_signed_in_at is None
    client.sign_in(user.id)
    client.get("/account")
    db.session.expire_all()
    assert user.last_signed_in_at is not None


def test_two_browsers_are_two_people(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    with first.session_transaction() as cookie:
        cookie["mark"] = "first"
    with second.session_transaction() as cookie:
        assert "mark" not in cookie


def test_a_form_without_its_token_is_refused(client: Browser) -> None:
    client.check_pages = False
    assert client.post("/sign-in", csrf=False).status_code == 400
    assert client.post("/sign-in").status_code == 200


@pytest.mark.once
@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<h1>En til</h1>", "2 h1"),
        ('<p id="a"></p><p id="a"></p>', "stands 2 times"),
        ('<input name="q">', "has no label"),
        ('<p style="color: red">', "inline style"),
        ("<script>1</script>", "inline script"),
        ('<a href="#nowhere">Dit</a>', "not on the page"),
        ("<h3>Rett ned</h3>", "comes after an h1"),
        ("<p><div></div></p>", "unexpected-end-tag"),
        ('<label for="b">B</label>', "points to nothing"),
        ('<button class="ds-button" data-color="multe">A</button>' * 2, "several orange"),
        ('<img src="https://cdn.example/a.png" alt="">', "from elsewhere"),
    ],
)
def test_a_page_that_breaks_a_rule_is_told_so(inside: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        check_page(GOOD.format(inside), "/")


@pytest.mark.once
def test_a_page_that_keeps_the_rules_passes() -> None:
    html = GOOD.format('<p>To  <a href="/x">ord</a></p><label>A <input name="a"></label>')
    check_page(html, "/")
    page = HtmlPage(html)
    assert (page.heading, page.text) == ("Hei", "Hei To ord A")
    assert page.links() == {"ord": "/x"}
