"""The files in deploy/ and docs/ match the program's settings, commands and URLs."""

import re

import pytest
from click import Context, Group

from marketplace import cli
from marketplace.config import SETTINGS_DOC
from tests.project.repository import texts

pytestmark = pytest.mark.once
DEPLOY = {name: text for name, text in texts().items() if name.startswith("deploy/")}


def commands(group: Group = cli.main, before: str = "") -> set[str]:
    found = set()
    context = Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found |= commands(command, f"{before}{name} ") if isinstance(command, Group) else {before + name}
    return found


def test_environment_example_names_existing_settings() -> None:
    named = re.findall(r"^([A-Z_]+)=", DEPLOY["deploy/environment.example"], re.MULTILINE)
    assert len(named) > 8
    assert set(named) <= {name for name, _default, _about in SETTINGS_DOC}


def test_units_and_guide_use_existing_commands() -> None:
    verbs = "upgrade|create|verify|check|rotate|import|export|reset-two-factor"
    pattern = re.compile(
        rf"(?:^ +|`|bin/|=)marketplace ((?!marketplace)[a-z]+(?: (?:{verbs}))?)\b", re.MULTILINE
    )
    for name, text in {**DEPLOY, "docs/operation.md": texts()["docs/operation.md"]}.items():
        for used in pattern.findall(text):
            assert used in commands(), f"{name} uses `marketplace {used}`"


def test_units_are_documented_and_unprivileged() -> None:
    units = [name for name in DEPLOY if name.endswith(".service")]
    assert len(units) == 3
    for name in units:
        assert "User=marketplace" in DEPLOY[name]
        assert "NoNewPrivileges=yes" in DEPLOY[name]
        assert name.removeprefix("deploy/").removesuffix(".service") in texts()["docs/operation.md"]


def test_documented_endpoints_respond(app) -> None:
    client = app.test_client()
    for path, statuses in {
        "/livez": {200},
        "/healthz": {200, 503},
        "/readyz": {200, 503},
        "/metrics": {404},
    }.items():
        assert path in texts()["docs/operation.md"]
        assert client.get(path).status_code in statuses
