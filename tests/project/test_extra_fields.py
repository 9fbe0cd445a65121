"""Mass assignment: fields that a form does not have, such as role or owner, are ignored."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from marketplace.core.database import Base, db
from tests.project.policy_scenario import ROLES, PolicyScenario
from tests.support.data_sets import close
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
SAMPLED_PAGES, SAMPLED_FORMS = 100, 8
"""Number of (role, page) pairs that a sampled run opens, and of forms after which it stops. An exhaustive run submits all."""
MIN_FORMS = 60
REPEATING_TABLES = {
    "sign_in_session",
    "throttle",
    "taken_form",
    "audit_event",
    "directory_revision",
    "report_fact",
    "report_issue",
}
"""Tables of sessions and limits, and those that repeat values of the tables that are compared."""
# Columns with random values or timestamps, which differ between two identical requests.
NONDETERMINISTIC = (
    "token", "hash", "_at", "message_id", "link_path", "body", "secret", "sealed", "nonce", "client_key", "calendar", "id", "opened",
)  # fmt: skip
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
def scenario(demo_app: Flask, shared_database: Database) -> PolicyScenario:
    created = PolicyScenario(demo_app)
    db.session.remove()
    close(demo_app)
    shared_database.save("extra")
    return created


def filled(form: Element) -> MultiDict[str, str]:
    """Return form data as a browser would submit it, with sample values in empty fields."""
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


def raw_rows() -> dict[str, list[Any]]:
    """Return all rows by table as SQLite stores them: 50 times as fast as reading columns by their types."""
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        return {
            table.name: cursor.execute(f"SELECT * FROM {table.name}").fetchall()
            for table in Base.metadata.sorted_tables
            if table.name not in REPEATING_TABLES
        }


def comparable_rows(names: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows of tables without random values and timestamps."""
    with db.engine.connect() as connection:
        return {
            name: sorted(
                (
                    {column: value for column, value in row.items() if is_compared(column, value)}
                    for row in connection.execute(Base.metadata.tables[name].select()).mappings()
                ),
                key=repr,
            )
            for name in names
        }


def is_compared(column: str, value: object) -> bool:
    """Return True for the columns that two identical requests write alike."""
    if column in {"user_id", "organisation_id", "garden_id", "company_id", "supplier_id"}:
        return True
    varies = any(column.endswith(ending) or column.startswith(ending) for ending in NONDETERMINISTIC)
    return column != "at" and not isinstance(value, dt.datetime) and not varies


def forms(scenario: PolicyScenario, rule: Rule, role: str) -> list[tuple[str, MultiDict[str, str]]]:
    """Return URL and form data of each POST form on a role's page."""
    path = scenario.path(rule, role, "own")
    answer = scenario.browser(rule, role).get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return []
    submissions = []
    for form in HtmlPage(answer.text).all("form", method="post"):
        target = form.get("action") or path
        submissions.append((target, filled(form)))
    return submissions


def test_fields_outside_the_form_change_nothing(
    scenario: PolicyScenario, shared_database: Database, sampling: Sampling
) -> None:
    sent: set[tuple[str, str]] = set()
    wrong: list[str] = []
    adapter = scenario.app.url_map.bind("localhost")
    raw_before = raw_rows()
    before = comparable_rows(raw_before)

    def outcome(rule: Rule, role: str, target: str, data: MultiDict[str, str]) -> tuple[int, Any]:
        browser = scenario.browser(rule, role)
        answer = browser.post(target, data={"csrf_token": browser.csrf_token(), **data.to_dict(flat=False)})
        written = [name for name, raw in raw_rows().items() if raw != raw_before[name]]
        after = {name: rows for name, rows in comparable_rows(written).items() if rows != before[name]}
        db.session.remove()
        close(scenario.app)
        shared_database.restore("extra")
        scenario.reset_session(browser)
        return answer.status_code, after

    pages = [
        (role, rule)
        for role in ROLES
        for method, rule in scenario.rules()
        if method == "GET" and rule.endpoint not in {"static", "pages.choose_language"}
        # Only pages that accept POST: few others have forms, and a small sample might have none.
        if sampling.exhaustive or "POST" in (rule.methods or ())
    ]
    for role, rule in sampling.choose(pages, SAMPLED_PAGES, "extra fields"):
        if not sampling.exhaustive and len(sent) >= SAMPLED_FORMS:
            break
        for target, data in forms(scenario, rule, role):
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
                    name: [row for row in rows if row not in plain[1].get(name, [])]
                    for name, rows in extended[1].items()
                    if plain[1].get(name) != rows
                }
                wrong.append(f"{role} at {target}: {plain[0]} and {extended[0]}, {tables}")
    assert len(sent) > (MIN_FORMS if sampling.exhaustive else 0), "no page had a form to send"
    assert not wrong, "\n".join(wrong)
