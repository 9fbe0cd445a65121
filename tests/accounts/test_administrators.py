"""Administrators: creating and removing them, and what they do with accounts."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from marketplace.accounts import queries, use_cases
from marketplace.accounts.models import User
from marketplace.cli import main
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from tests import factories
from tests.support.browser import Browser

COST = use_cases.HashCost(1, 1024)
PASSWORD = "grønn traktor på jordet"
USUAL = ("admin", "root", "administrator", "test", "demo", "post", "sivert")


def test_new_installation_has_no_accounts_or_default_password(client: Browser) -> None:
    assert session.query(User).count() == 0
    for name in USUAL:
        for password in ("admin", "password", name):
            email = f"{name}@leverandortorget.example"
            assert client.post("/sign-in", data={"email": email, "password": password}).status_code != 303


def test_administrator_searches_users_and_closes_accounts(client: Browser) -> None:
    admin, person = factories.administrator(), factories.user("Åse Ødegård")
    client.sign_in(admin.user_id or 0)
    factories.member(factories.company("Kvernhus Mølle"), person=person)
    listed = client.page("/admin/users?q=ødeg").text
    assert "Åse Ødegård" in listed
    assert "Kvernhus Mølle, eier" in listed
    for query, is_listed in (
        ("q=kvernhus", True),
        ("q=Aase+Ødegaad", True),
        ("q=Ødegaad+kverhus", True),
        ("q=Åse+Nordgård", False),
        ("role=company", True),
        ("role=garden", False),
        ("state=closed", False),
    ):
        assert ("Åse Ødegård" in client.page(f"/admin/users?{query}").text) is is_listed
    asked = client.page(f"/admin/users/{person.id}/active")
    assert "kan ikke logge inn" in asked.text
    session.refresh(person)
    assert person.is_active, "the page only asks"
    assert client.post(f"/admin/users/{person.id}/active", data={"active": "no"}).status_code == 303
    session.refresh(person)
    assert not person.is_active
    assert "Åse Ødegård" in client.page("/admin/users?state=closed").text
    client.post(f"/admin/users/{person.id}/active", data={"active": "yes"})
    session.refresh(person)
    assert person.is_active, "closing can be undone"
    assert client.post(f"/admin/users/{admin.user_id}/active", data={"active": "no"}).status_code == 422
    assert client.post("/admin/users/999999/active", data={"active": "no"}).status_code == 404


def test_administrator_is_created_and_removed_by_use_case(app: Flask) -> None:
    use_cases.create_administrator(name="Nils", email="Nils@torget.example", password=PASSWORD, cost=COST)
    found = queries.find_user_by_email("nils@torget.example")
    assert found is not None
    assert found.is_admin
    assert found.email_verified_at
    assert re.match(r"\$argon2id\$", found.password_hash)
    with pytest.raises(RuleBroken):
        use_cases.remove_administrator("nils@torget.example")
    person = factories.user(email="oda@torget.example")
    kept = person.password_hash
    use_cases.create_administrator(name="", email="oda@torget.example", password="short", cost=COST)
    assert session.get_one(User, person.id).is_admin
    assert session.get_one(User, person.id).password_hash == kept, "who has an account keeps the password"
    use_cases.remove_administrator("nils@torget.example")
    with pytest.raises(NotFound):
        use_cases.remove_administrator("nils@torget.example")


def test_last_administrator_cannot_be_closed(app: Flask) -> None:
    first, second = factories.administrator(), factories.administrator()
    use_cases.set_active(first, second.user_id or 0, active=False)
    with pytest.raises(RuleBroken):
        use_cases.set_active(second, first.user_id or 0, active=False)
    with pytest.raises(Forbidden):
        use_cases.set_active(factories.member(factories.company()), first.user_id or 0, active=False)


def test_no_page_grants_the_administrator_role(app: Flask) -> None:
    admin, person = factories.administrator(), factories.user()
    browser = app.test_client().sign_in(admin.user_id or 0)
    for rule in app.url_map.iter_rules():
        if "user_id" in rule.arguments and "POST" in (rule.methods or ()):
            path = rule.rule.replace("<int:user_id>", str(person.id))
            browser.post(path, data={"is_admin": "1", "role": "administrator", "active": "yes"})
    assert not session.get_one(User, person.id).is_admin


def test_admin_commands_report_their_results(migrated_database_url: str, tmp_path: Path) -> None:
    environ = {
        "DATABASE_URL": migrated_database_url,
        "INSTANCE_PATH": str(tmp_path),
        "PASSWORD_HASH_COST": "1",
    }

    def run(*words: str, says: str, typed: str = "") -> None:
        done = CliRunner().invoke(main, ["admin", *words], input=typed, env=environ)
        assert says in done.output, done.exception

    typed = f"{PASSWORD}\n{PASSWORD}\n"
    for email, name, says in (
        ("nils", "Nils", "Write one like name@company.no"),
        ("nils@\udcff.no", "Nils", "is not an e-mail address"),
        ("n\u00e5l@torget.example", "Nils", "must be written with a-z"),
        (f"{'n' * 400}@torget.example", "Nils", "is not an e-mail address"),
        ("nils@torget.example", "N", "2 to 120 characters; this has 1"),
        ("nils@torget.example", "N" * 121, "this has 121"),
        ("nils@torget.example", " \u200b ", "this has 0"),
        ("nils@torget.example", "Nils\x07", "cannot be seen"),
        ("nils@torget.example", "Nils\udcff", "cannot be seen"),
    ):
        run("create", email, "--name", name, typed=typed, says=says)
    run(
        "create",
        "nils@torget.example",
        "--name",
        "Nils",
        "--password",
        f"{PASSWORD}\udcff",
        says="cannot be typed",
    )
    run("remove", "nils", says="is not an e-mail address")
    created = ("create", "nils@torget.example", "--name", " Nils\u00a0 Ås ")
    run(*created, typed="passord12345\npassord12345\n", says="lett å gjette")
    run(*created, typed=f"{PASSWORD}\n{PASSWORD}\n", says="is an administrator")
    run("remove", "nils@torget.example", says="være minst én administrator")
    run("remove", "nobody@torget.example", says="no account")
    run("reset-two-factor", "nils@torget.example", says="ikke satt opp totrinnsinnlogging")


def test_unknown_revision_is_refused_with_a_remedy(empty_database_url: str, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": empty_database_url, "INSTANCE_PATH": str(tmp_path)}
    for direction in ("upgrade", "downgrade"):
        for revision in ("no-such", "\udcff"):
            done = CliRunner().invoke(main, ["db", direction, revision], env=environ)
            assert done.exit_code == 1
            assert "There is no revision" in done.output, done.exception


def test_command_on_a_database_without_tables_says_what_to_do(
    empty_database_url: str, tmp_path: Path
) -> None:
    environ = {"DATABASE_URL": empty_database_url, "INSTANCE_PATH": str(tmp_path)}
    done = CliRunner().invoke(main, ["audit", "head"], env=environ)
    assert (done.exit_code, "run `marketplace db upgrade`" in done.output) == (1, True)
