"""Registrations that a new feature needs; each missing one fails a check that names the place to add it."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask
from sqlalchemy import JSON, String, Text

from marketplace.core.database import Base, db
from marketplace.database import metadata, migrate
from marketplace.worker import JOBS
from tests.project.repository import PACKAGE, ROOT, texts

pytestmark = pytest.mark.once

MIN_TEXT_LENGTH = 100
FEATURE_MODULES = ("views", "use_cases", "models")
UNLINKED = {
    "briefs.newest": "a confirmed registration leads here when a brief was begun before it",
    "operation.healthz": "read by monitoring",
    "operation.livez": "read by the process supervisor",
    "operation.metrics_page": "read by Prometheus",
    "operation.readyz": "read after an upgrade",
}
"""Pages that no link leads to, each with the reason."""


def packages() -> list[str]:
    return sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file())


def modules_named(name: str) -> list[str]:
    """List the dotted names of all modules or packages with a name, anywhere in the product."""
    paths = [*PACKAGE.rglob(f"{name}.py"), *(path.parent for path in PACKAGE.rglob(f"{name}/__init__.py"))]
    return sorted(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths)


def test_every_blueprint_is_registered(app: Flask) -> None:
    blueprints = {
        value
        for module in modules_named("views")
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, Blueprint)
    }
    missing = {blueprint.name for blueprint in blueprints} - set(app.blueprints)
    assert missing == set(), "add the blueprint to FEATURES in marketplace/app.py"


def test_every_models_module_is_in_the_metadata() -> None:
    registered = {module.__name__ for module in metadata.MODELS}
    missing = set(modules_named("models")) - registered
    assert missing == set(), "add the module to MODELS in marketplace/database/metadata.py"


def test_every_feature_package_is_in_the_inner_import_contract() -> None:
    contracts = tomllib.loads(texts()["pyproject.toml"])["tool"]["importlinter"]["contracts"]
    flow = next(contract for contract in contracts if contract["id"] == "flow")
    features = {module.split(".")[1] for name in FEATURE_MODULES for module in modules_named(name)}
    without_flow = {"core", "database", "demo", "operation", "backup", "pages"}
    missing = features - {container.split(".")[1] for container in flow["containers"]} - without_flow
    assert missing == set(), "add the package to the containers of the contract `flow` in pyproject.toml"


def test_every_package_is_in_the_readme() -> None:
    named = set(re.findall(r"`(\w+)/`", texts()["README.md"]))
    assert set(packages()) - named == set(), "add the package to the table under Architecture in README.md"


def test_every_package_is_in_the_package_map() -> None:
    listed = set(re.findall(r"^(\w+)(?:, (\w+))?  +\S", texts()["marketplace/__init__.py"], re.MULTILINE))
    named = {name for pair in listed for name in pair if name}
    assert set(packages()) - named - {"templates", "static", "translations"} == set(), (
        "add the package to the docstring of marketplace/__init__.py"
    )


def test_every_page_has_a_link(app: Flask) -> None:
    """A link is the endpoint's name in a template or in code, or its path in a notice."""
    sources = "\n".join(
        text
        for name, text in texts().items()
        if name.startswith("marketplace/") and name.endswith((".py", ".html", ".txt"))
    )
    named = set(re.findall(r"[\"'](\w*\.\w+)[\"']", sources))
    unlinked = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in {*UNLINKED, "static"}:
            continue
        if {rule.endpoint, f".{rule.endpoint.rpartition('.')[2]}"} & named:
            continue
        path = re.sub(r"<[^>]+>", "[^\"']+", rule.rule)
        if not re.search(rf"f?\"{path}[\"#?]", sources.replace(f'"{rule.rule}"', "")):
            unlinked.append(rule.endpoint)
    assert sorted(unlinked) == [], "link to the page from another one, or add it to UNLINKED with the reason"


def is_long_text(column: Any) -> bool:
    """Return True for text, JSON, and strings of 100 characters or more; shorter ones hold codes and states."""
    if isinstance(column.type, JSON | Text):
        return True
    return isinstance(column.type, String) and (column.type.length or MIN_TEXT_LENGTH) >= MIN_TEXT_LENGTH


def test_every_text_column_has_a_retention_rule() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if is_long_text(column)
    }
    declared = {
        f"{mapper.local_table.name}.{column}"
        for mapper in Base.registry.mappers
        for column in vars(mapper.class_).get("__retention__", {})
    }
    assert columns - declared == set(), "add the column to __retention__ of its model"
    assert declared - columns == set()


def test_worker_runs_every_scheduled_job() -> None:
    """A scheduled job is a function without parameters, in `use_cases` or `privacy`, that no other code uses."""
    sources = {
        name: text
        for name, text in texts().items()
        if name.startswith("marketplace/") and name.endswith(".py")
    }
    jobs = {job.__name__ for job in JOBS}
    missing = []
    for module in (name for name in sources if re.search(r"/use_cases\b|/privacy/", name)):
        others = [
            text
            for name, text in sources.items()
            if name not in {module, "marketplace/worker.py"} and not name.endswith("__init__.py")
        ]
        for name in re.findall(r"\n\n\n(?:@.*\n)?def ([a-z]\w*)\(\) ->", sources[module]):
            is_called = re.search(rf"(?<!def )\b{name}\(", sources[module])
            if not is_called and not any(re.search(rf"\b{name}\b", text) for text in others):
                missing.append(name)
    assert set(missing) - jobs == set(), "add the job to JOBS in marketplace/worker.py"


def test_generated_migration_passes_lint(app: Flask, tmp_path: Path) -> None:
    """A table, a column, an index and a JSON column, as `make db-revision` would write them."""
    changed = sa.MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(changed)
    sa.Table(
        "example_note",
        changed,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("company_id", sa.ForeignKey("company.id", ondelete="CASCADE"), index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
    )
    file = migrate.make_revision(db.engine, "add example notes", changed, tmp_path)
    name = f"marketplace/database/migrations/versions/{file.name}"
    for command in (["check"], ["format", "--check"]):
        ruff = [str(Path(sys.executable).with_name("ruff")), *command, "--stdin-filename", name, "-"]
        source = file.read_text(encoding="utf-8")
        run = subprocess.run(ruff, input=source, capture_output=True, text=True, check=False, cwd=ROOT)
        assert run.returncode == 0, run.stdout + run.stderr
