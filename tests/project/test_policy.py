"""The policy: who may do what with whose things, for every rule and method, walked over the demo's world.

policy.txt holds one line for each: method, rule, who may read or write, and for each of eight people what is answered
about their own thing, another's and one that does not exist; where an address names two things, also about another's
part of their own. `y` is let in (also to be told what to mend), `s` sent to sign in, `n` 403, `-` 404 as for a missing
thing, `g` 410 for a used link, `u` 503 while
something is not ready. A changed line is a decision, seen by a reviewer.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Select, Table, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.core.database import Base, db
from marketplace.web import access
from marketplace.web.access import Level
from tests.conftest import close
from tests.project.policy_world import ROLES, World
from tests.support.databases import Database
from tests.support.sampling import Sampling

pytestmark = [pytest.mark.once, pytest.mark.slow]
POLICY = Path(__file__).with_name("policy.txt")
# Two things are noted by reading: when a session was last used, and that a supplier has read its letter.
NOTED_BY_READING = {"sign_in_session"}
READ_MARKS = {"outcome_seen_at"}
REFUSED = set("sn-g")
SAMPLED_RULES = 24
"""Rules and methods whose answers a run compares for all eight people; an exhaustive run compares all."""


@pytest.fixture
def world(demo_app: Flask, shared_database: Database) -> World:
    made = World(demo_app)
    db.session.remove()
    close(demo_app)
    shared_database.save("policy")
    return made


def sign(answer: TestResponse, allowed: str) -> str:
    """Return the letter of an answer. What is open to all is never sent to sign in first, only afterwards."""
    location = answer.headers.get("Location", "")
    if answer.status_code == 303 and location.startswith("/sign-in") and not allowed.endswith(":public"):
        return "s"
    return {200: "y", 302: "y", 303: "y", 409: "y", 422: "y", 403: "n", 404: "-", 410: "g", 503: "u"}.get(
        answer.status_code, f"?{answer.status_code}"
    )


def permission(rule: Rule, method: str, app: Flask) -> str:
    view = app.view_functions[rule.endpoint]
    reads = method in access.SAFE_METHODS
    level = access.level_of(view) if reads else access.write_level_of(view)
    return f"{'read' if reads else 'write'}:{(level or 'UNDECLARED').replace(' ', '-')}"


def written() -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Return the policy: (method, rule) to permission and the cells of each role."""
    found = {}
    for line in POLICY.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            method, rule, allowed, *cells = line.split()
            found[method, rule] = (allowed, cells)
    return found


def rows() -> dict[str, str]:
    """Return a mark of all rows of each table: the same only when nothing has changed."""
    with db.engine.connect() as connection:
        return {
            table.name: hashlib.sha256(repr(connection.execute(_kept(table)).all()).encode()).hexdigest()
            for table in Base.metadata.sorted_tables
            if table.name not in NOTED_BY_READING
        }


def _kept(table: Table) -> Select[tuple[object, ...]]:
    # In order: PostgreSQL hands out a row that was written anew, as by a mark of reading, at another place.
    kept = (column for column in table.columns if column.name not in READ_MARKS)
    return select(*kept).order_by(*table.primary_key.columns)


class Walk:
    """Everybody at every door, with their own things and with others'."""

    def __init__(self, world: World, database: Database) -> None:
        self.world, self.database = world, database
        self.wrong: list[str] = []

    def ask(self, method: str, rule: Rule, role: str, relation: str) -> TestResponse:
        path = self.world.path(rule, role, relation)
        return self.world.browser(rule, role).open(path, method=method)

    def restore(self) -> None:
        db.session.remove()
        close(self.world.app)
        self.database.restore("policy")

    def cell(self, method: str, rule: Rule, role: str) -> str:
        """Return what a role is answered, one letter for each relation; what was let in and written is put back."""
        relations = self.world.relations(rule)
        letters = ""
        for relation in relations:
            answer = self.ask(method, rule, role, relation)
            letter = sign(answer, permission(rule, method, self.world.app))
            letters += letter
            if method == "POST" and letter not in REFUSED:
                self.restore()
                self.world.sit_down_again(self.world.browser(rule, role))
            if letter == "-" and relation in {"other", "crossed"} and method == "GET":
                self.compare(rule, role, relation, answer)
            answer.close()
        return letters

    def compare(self, rule: Rule, role: str, relation: str, answer: TestResponse) -> None:
        """Another's thing answers like one that does not exist, to the letter."""
        missing = self.ask("GET", rule, role, "none")

        def body(page: TestResponse) -> str:
            return re.sub(
                re.escape(page.request.path) + "|" + re.escape(page.request.path.replace("/", "%2F")),
                "",
                page.text,
            )

        if (answer.status_code, body(answer)) != (missing.status_code, body(missing)):
            self.wrong.append(f"{role}: {relation} thing at {answer.request.path} differs from a missing one")


def test_every_rule_and_method_stands_in_the_policy_under_its_permission(app: Flask) -> None:
    found = {
        (method, rule.rule): permission(rule, method, app)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }
    assert {key: allowed for key, (allowed, _cells) in written().items()} == found
    assert not [key for key, allowed in found.items() if "UNDECLARED" in allowed]


def test_answers_match_the_policy(world: World, shared_database: Database, sampling: Sampling) -> None:
    """No cell is wrong; and none of what is refused, or only read, changes a row."""
    walk, policy = Walk(world, shared_database), written()
    walked: list[str] = []
    sampled = sampling.choose(world.rules(), SAMPLED_RULES, "policy")
    for role_place, role in enumerate(ROLES):
        before = rows()
        for phase in ("refused", "let in"):
            for method, rule in sampled:
                _permission, cells = policy.get((method, rule.rule), ("", ["?"] * len(ROLES)))
                expected = cells[role_place]
                writes = method == "POST" and bool(set(expected) - REFUSED)
                if writes != (phase == "let in"):
                    continue
                got = walk.cell(method, rule, role)
                if got != expected:
                    walked.append(
                        f"{method} {rule.rule} as {role}: {expected or 'nothing'} expected, {got} answered"
                    )
            if phase == "refused":
                after = rows()
                changed = sorted(name for name in before if before[name] != after[name])
                if changed:
                    walked.append(f"{role}: being refused, or reading, changed {changed}")
                walk.restore()
    assert walked + walk.wrong == []


def test_reading_and_writing_share_a_permission_only_with_a_reason(app: Flask) -> None:
    """A view that takes GET and POST under one level says why, and no level that only lets one read lets one write."""
    silent = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = rule.methods or set()
        if "POST" in methods and access.write_level_of(view) is None:
            silent.append(f"{rule.rule} takes POST under a level that only lets one read")
        if {"GET", "POST"} <= methods and access.level_of(view) is access.write_level_of(view):
            silent += [] if len(access.shared_access_reason(view)) > 20 else [f"{rule.rule} does not say why"]
    assert silent == []


def test_a_reason_for_sharing_is_told_of_views_that_share_alone() -> None:
    def undeclared() -> str:
        return ""

    def apart() -> str:
        return ""

    def shared() -> str:
        return ""

    why = "a garden's people help its companies together"
    access.writes(Level.CURATOR, because="curators alone decide")(access.garden(apart))
    access.writes(Level.GARDEN, because=why)(access.garden(shared))
    assert [access.shared_access_reason(view) for view in (undeclared, apart, shared)] == ["", "", why]


@pytest.mark.parametrize("level", sorted(set(Level) - set(access.WRITE_LEVELS)))
def test_a_level_to_read_by_lets_nobody_write(
    make_app: Callable[..., Flask], level: Level, world: World
) -> None:
    """A view that forgets to say who may write answers 403 to everybody, at run time."""

    def view() -> str:
        return "done"

    app = make_app()
    access._declare(level)(view)
    app.add_url_rule("/forgotten-to-say", "forgotten", view, methods=["GET", "POST"])
    for role in ROLES:
        browser = app.test_client()
        if role in world.users:
            browser.sign_in(world.users[role])  # type: ignore[attr-defined]  # because it is our browser
        assert browser.post("/forgotten-to-say").status_code == 403
