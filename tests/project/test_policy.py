"""Compare the responses of every rule and method with the access policy in policy.txt, on the demo data.

Each line of policy.txt has method, rule, permission, and for each of eight users the responses to requests for their
own object, another's object and a missing one; if the URL names two objects, also for their own first and another's
second. `y` allowed (including 409 and 422), `s` redirect to sign-in, `n` 403, `-` 404 as for a missing object, `g` 410
for a used link, `u` 503 while a dependency is not ready. A reviewer must approve each changed line.
"""

import hashlib
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Table, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.core.database import Base, db
from marketplace.web import access
from marketplace.web.access import Level
from tests import factories
from tests.factories import suppliers
from tests.project.policy_file import permission, read_policy
from tests.project.policy_scenario import ROLES, PolicyScenario
from tests.support.browser import comparable_html
from tests.support.data_sets import close
from tests.support.databases import Database
from tests.support.sampling import Sampling

pytestmark = [pytest.mark.once, pytest.mark.slow]
# Reading updates the last use of a session, and the times at which letters and messages were read.
TABLES_CHANGED_BY_READING = {"sign_in_session"}
COLUMNS_CHANGED_BY_READING = {"last_opened_at", "opened", "outcome_seen_at", "read_at"}
REFUSED = set("sn-g")
SAMPLED_RULES = 24
"""Number of (method, rule) pairs that a sampled run compares for all users. An exhaustive run compares all."""
SAMPLED_SAFE_RULES = 16
"""Number of rules to which a sampled run sends HEAD and OPTIONS."""


@pytest.fixture
def scenario(demo_app: Flask, shared_database: Database) -> PolicyScenario:
    created = PolicyScenario(demo_app)
    db.session.remove()
    close(demo_app)
    shared_database.save("policy")
    return created


def response_letter(answer: TestResponse, allowed: str) -> str:
    """Return the policy letter of a response. A redirect from a public route to sign-in counts as allowed.

    A visitor who submits text gets the sign-in page itself (401), which carries the text.
    """
    location = answer.headers.get("Location", "")
    if answer.status_code == 303 and location.startswith("/sign-in") and not allowed.endswith(":public"):
        return "s"
    return {
        200: "y",
        302: "y",
        303: "y",
        409: "y",
        422: "y",
        401: "s",
        403: "n",
        404: "-",
        410: "g",
        503: "u",
    }.get(answer.status_code, f"?{answer.status_code}")


def table_checksums(*, every_column: bool = False) -> dict[str, str]:
    """Return a checksum of the rows of each table as stored, by default without what reading a page changes."""
    ignored = set() if every_column else COLUMNS_CHANGED_BY_READING
    with db.engine.connect() as connection:
        return {
            table.name: hashlib.sha256(
                repr(connection.exec_driver_sql(_select_columns(table, ignored)).all()).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
            if every_column or table.name not in TABLES_CHANGED_BY_READING
        }


def _select_columns(table: Table, ignored: set[str]) -> str:
    # Sorted, because a database may return updated rows in a different order.
    columns = (column for column in table.columns if column.name not in ignored)
    return str(select(*columns).order_by(*table.primary_key.columns).compile(db.engine))


class PolicyCheck:
    """Sends requests for all roles and relations and collects differences."""

    def __init__(self, scenario: PolicyScenario, database: Database) -> None:
        self.scenario, self.database = scenario, database
        self.wrong: list[str] = []

    def request(self, method: str, rule: Rule, role: str, relation: str) -> TestResponse:
        path = self.scenario.path(rule, role, relation)
        return self.scenario.browser(rule, role).open(path, method=method)

    def restore(self) -> None:
        db.session.remove()
        close(self.scenario.app)
        self.database.restore("policy")

    def cell(self, method: str, rule: Rule, role: str) -> str:
        """Return the policy letters of a role, one for each relation. Restores the database after permitted writes."""
        relations = self.scenario.relations(rule)
        letters = ""
        for relation in relations:
            answer = self.request(method, rule, role, relation)
            letter = response_letter(answer, permission(rule, method, self.scenario.app))
            letters += letter
            if method == "POST" and letter not in REFUSED:
                self.restore()
                self.scenario.reset_session(self.scenario.browser(rule, role))
            if letter == "-" and relation in {"other", "crossed"} and method == "GET":
                self.compare(rule, role, relation, answer)
            answer.close()
        return letters

    def compare(self, rule: Rule, role: str, relation: str, answer: TestResponse) -> None:
        """Record a difference between the responses for a forbidden object and a missing one."""
        missing = self.request("GET", rule, role, "none")

        def body(page: TestResponse) -> str:
            return comparable_html(page.text, page.request.path)

        if (answer.status_code, body(answer)) != (missing.status_code, body(missing)):
            self.wrong.append(
                f"{role}: {relation} object at {answer.request.path} differs from a missing one"
            )


def test_responses_match_policy(
    scenario: PolicyScenario, shared_database: Database, sampling: Sampling
) -> None:
    """All responses match policy.txt, and refused or read-only requests change no rows."""
    check, policy = PolicyCheck(scenario, shared_database), read_policy()
    differences: list[str] = []
    sampled = sampling.choose(scenario.rules(), SAMPLED_RULES, "policy")
    before = table_checksums()
    for role_index, role in enumerate(ROLES):
        for phase in ("refused", "allowed"):
            for method, rule in sampled:
                _permission, cells = policy.get((method, rule.rule), ("", ["?"] * len(ROLES)))
                expected = cells[role_index]
                writes = method == "POST" and bool(set(expected) - REFUSED)
                if writes != (phase == "allowed"):
                    continue
                got = check.cell(method, rule, role)
                if got != expected:
                    differences.append(
                        f"{method} {rule.rule} as {role}: expected {expected or 'nothing'}, got {got}"
                    )
            if phase == "refused":
                after = table_checksums()
                changed = sorted(name for name in before if before[name] != after[name])
                if changed:
                    differences.append(f"{role}: refused or read-only requests changed {changed}")
                check.restore()
    assert differences + check.wrong == []


def test_adviser_of_garden_that_follows_by_cohort_reads_what_the_home_garden_reads(
    scenario: PolicyScenario,
) -> None:
    """The third garden runs the first company's course: its company and briefs answer, the second company's do not."""
    answers: dict[str, list[tuple[int, int]]] = {"own": [], "other": []}
    for method, rule in scenario.rules():
        level = access.level_of(scenario.app.view_functions[rule.endpoint])
        about_company = {"company_id", "reference"} & set(rule.arguments)
        if method != "GET" or level not in {Level.GARDEN, Level.MEMBERS} or not about_company:
            continue
        for relation, found in answers.items():
            path = scenario.path(rule, "curator", relation)
            users = (scenario.users["curator"], scenario.course_adviser)
            home, course = (scenario.browsers[user].get(path).status_code for user in users)
            assert home == course, path
            found.append((home, course))
    assert answers["own"].count((200, 200)) > 4
    assert {status for status, _course in answers["other"]} == {404}


def one_relation(scenario: PolicyScenario, rule: Rule, role: str) -> str:
    """Return one relation of a rule to a user, so that the eight users have all relations of each rule."""
    relations = scenario.relations(rule)
    return relations[ROLES.index(role) % len(relations)]


def test_head_and_options_answer_as_get_and_change_nothing(
    scenario: PolicyScenario, shared_database: Database, sampling: Sampling
) -> None:
    """HEAD has the status of GET for every user; no row changes, not even those that reading a page changes."""
    one_each = {rule.rule: rule for _method, rule in scenario.rules()}.values()
    rules = {rule.rule: rule for rule in sampling.choose(one_each, SAMPLED_SAFE_RULES, "safe methods")}
    wrong: list[str] = []
    check, statuses = (
        PolicyCheck(scenario, shared_database),
        dict[tuple[str, str, str], tuple[int, str | None]](),
    )
    before = table_checksums(every_column=True)
    for role in ROLES:
        for rule in rules.values():
            relation = one_relation(scenario, rule, role)
            options, head = (check.request(method, rule, role, relation) for method in ("OPTIONS", "HEAD"))
            if options.status_code != (405 if rule.endpoint == "static" else 200):
                wrong.append(f"OPTIONS {options.request.path} as {role} answered {options.status_code}")
            if head.data:
                wrong.append(f"HEAD {head.request.path} as {role} has a body")
            statuses[role, rule.rule, relation] = (head.status_code, head.headers.get("Location"))
    after = table_checksums(every_column=True)
    wrong += [f"HEAD or OPTIONS changed {name}" for name in before if before[name] != after[name]]
    for (role, name, relation), expected in statuses.items():
        answer = check.request("GET", rules[name], role, relation)
        if (answer.status_code, answer.headers.get("Location")) != expected:
            wrong.append(f"HEAD {answer.request.path} as {role}: {expected}, GET {answer.status_code}")
        answer.close()
    assert wrong == []


def test_shared_read_write_permission_has_a_reason(app: Flask) -> None:
    """Views with one level for GET and POST give a reason, and read-only levels do not permit POST."""
    problems = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = rule.methods or set()
        if "POST" in methods and access.write_level_of(view) is None:
            problems.append(f"{rule.rule} accepts POST with a read-only level")
        if {"GET", "POST"} <= methods and access.level_of(view) is access.write_level_of(view):
            problems += (
                [] if len(access.shared_access_reason(view)) > 20 else [f"{rule.rule} gives no reason"]
            )
    assert problems == []


def test_shared_access_reason_is_empty_for_other_views() -> None:
    def undeclared() -> str:
        return ""

    def separate() -> str:
        return ""

    def shared() -> str:
        return ""

    why = "a garden's people help its companies together"
    access.writes(Level.CURATOR, because="curators alone decide")(access.garden(separate))
    access.reads_and_writes(Level.GARDEN, because=why)(shared)
    assert [access.shared_access_reason(view) for view in (undeclared, separate, shared)] == ["", "", why]


def test_read_only_levels_refuse_post(make_app: Callable[..., Flask]) -> None:
    """A view without a write level answers 403 to every POST."""
    app, garden = make_app(), factories.garden()
    viewers = (
        None,
        factories.member(factories.company(of=garden)),
        factories.member(suppliers.supplier(of=garden)),
        factories.member(garden, "curator"),
        factories.administrator(),
    )
    levels = sorted(set(Level) - set(access.WRITE_LEVELS))
    for number, level in enumerate(levels):
        view = access._declare(level)(lambda: "done")
        app.add_url_rule(f"/read-only/{number}", f"read_only_{number}", view, methods=["GET", "POST"])
    for viewer in viewers:
        browser = app.test_client()
        if viewer:
            browser.sign_in(viewer.user_id)  # type: ignore[attr-defined]  # because it is our browser
        for number, level in enumerate(levels):
            assert browser.post(f"/read-only/{number}").status_code == 403, level
