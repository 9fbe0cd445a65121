"""pytest plugin of the suite: its options, the choice of tests to run, and the summary at the end of a run."""

import datetime as dt
import gc
import os
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support import run as runs
from tests.support.run import Run
from tests.support.sampling import Sampling

DATABASES = ("sqlite", "postgresql")
BROWSER_TESTS = "journeys"

# No deadline: the duration of an example depends on the load of the machine.
hypothesis.settings.register_profile("exhaustive", deadline=None)
hypothesis.settings.register_profile("sampled", deadline=None, max_examples=20)


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
    hypothesis.settings.load_profile("exhaustive" if config.option.exhaustive else "sampled")
    # Set here, not by each worker: a run may go on past midnight.
    config.option.sample_seed = config.option.sample_seed or f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    if memory := runs.memory_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
    gc.disable()  # modules and collected tests are permanent: see pytest_collection_finish


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the shared folder of the run to a pytest-xdist worker."""
    node.workerinput["run_folder"] = str(node.config.stash[runs.KEY].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) and not runs.is_worker(config):
        gc.freeze()  # pytest now collects garbage ten times; only the workers, which ran the tests, can have leaks
    if runs.is_worker(config) or runs.KEY not in config.stash:
        return
    run = config.stash[runs.KEY]
    if config.getoption("--database") != "sqlite":
        from tests.support import databases

        databases.stop(run)
    run.remove()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore the browser tests if they are deselected, because importing Playwright takes seconds."""
    return (collection_path.name == BROWSER_TESTS and "not browser" in config.option.markexpr) or None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize database tests over the databases of the run for `--database=both`."""
    if metafunc.config.getoption("--database") == "both" and "shared_database" in metafunc.fixturenames:
        exhaustive = metafunc.config.getoption("--exhaustive")
        names = DATABASES if exhaustive else databases_of(metafunc.definition)
        if metafunc.definition.get_closest_marker("once"):
            names = DATABASES[:1]
        metafunc.parametrize("shared_database", names, indirect=True, scope="session")


def databases_of(item: pytest.Item) -> Sequence[str]:
    """Return the databases that a test runs on in a run that is not exhaustive: the one of the day for its module."""
    if item.get_closest_marker("once"):
        return DATABASES[:1]
    if item.get_closest_marker("both_databases"):
        return DATABASES
    module = item.nodeid.partition("::")[0]
    return Sampling(item.config.getoption("--sample-seed")).choose(DATABASES, 1, f"database {module}")


def database_of(item: pytest.Item) -> str:
    """Return the name of the database a test runs on, or an empty string if it uses none."""
    if "shared_database" not in getattr(item, "fixturenames", ()):
        return ""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return str(params.get("shared_database", item.config.getoption("--database")))


def sampling_of(config: pytest.Config) -> Sampling:
    """Return the sampling of parametrized cases for this run."""
    return Sampling(
        config.getoption("--sample-seed"),
        config.getoption("--exhaustive"),
        both_databases=config.getoption("--database") == "both",
    )


def is_long(item: pytest.Item) -> bool:
    """Return True for a test that runs in part, or not on this database, without `--exhaustive`."""
    sampled = "sampling" in getattr(item, "fixturenames", ()) or hypothesis.is_hypothesis_test(
        getattr(item, "obj", None)
    )
    is_other_database = bool(database_of(item)) and database_of(item) not in databases_of(item)
    return sampled or is_other_database or any(map(item.get_closest_marker, ("exhaustive", "sample")))


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
    sampling = sampling_of(config)
    for (name, database), cases in sampled.items():
        marker = cases[0].get_closest_marker("sample")
        assert marker is not None
        key = marker.kwargs.get("key", name)
        chosen = sampling.choose(cases, marker.args[0], key)
        if marker.kwargs.get("split"):
            chosen = sampling.split(chosen, database, key)
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
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


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
def run(request: pytest.FixtureRequest) -> Run:
    """Return the folder and the locks shared by all workers of the run."""
    return request.config.stash[runs.KEY]
