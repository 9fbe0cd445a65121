"""Agreements about the files of the project."""

import json
import re
import tomllib

import pytest

from benchmarks import sbom
from marketplace.config import SETTINGS_DOC
from tests.project.project import ROOT, code, texts

pytestmark = pytest.mark.once

REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("anaconda", "org"),
)
MACHINE_FOLDERS = ("home", "root", "Users", "work", "mnt")
LONGEST_MODULE = 320
LONGEST_TESTS = 450
MARKERS = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
OPT_OUT = re.compile(
    r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover|nosec|ruff:\s*noqa)|djlint:\s*off", re.IGNORECASE
)
LOCK_LINE = re.compile(r"^([a-z0-9._-]+)==(\S+)((?: ;[^\\]*)?) \\$", re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "instance/README.md"]
)
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    assert len(texts()[name]) > 200


def test_no_file_names_a_registry() -> None:
    hosts = [".".join(parts) for parts in REGISTRIES]
    assert [(name, host) for name, text in texts().items() for host in hosts if host in text] == []


def test_no_file_names_a_folder_of_someones_machine() -> None:
    pattern = re.compile(rf"(?<![\w.\])}}/-])/({'|'.join(MACHINE_FOLDERS)})/[\w.-]+/")
    assert [(name, found[0]) for name, text in texts().items() if (found := pattern.search(text))] == []


def test_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads(texts()["package-lock.json"])
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity")] == []


def test_npm_packages_are_named_at_one_version() -> None:
    wanted = json.loads(texts()["package.json"])["dependencies"]
    assert [version for version in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-run.lock", "requirements-bench.lock", "requirements-uv.lock"]
)
def test_python_locks_have_hashes_and_no_addresses(name: str) -> None:
    lock = texts()[name]
    assert "://" not in lock
    entries = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)
    assert [entry for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_what_runs_is_what_was_tested() -> None:
    tested, run = (
        set(LOCK_LINE.findall(texts()[name])) for name in ("requirements.lock", "requirements-run.lock")
    )
    assert run
    assert run <= tested


def test_the_list_of_parts_names_each_that_runs_with_its_hashes() -> None:
    found = sbom.bill()
    assert json.loads(json.dumps(found)) == found
    python = [part for part in found["components"] if part["purl"].startswith("pkg:pypi/")]
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", texts()["requirements-run.lock"], re.MULTILINE)
    assert [(part["name"], part["version"]) for part in python] == pins
    assert len(pins) > 20
    assert [part["name"] for part in python if not part["properties"]] == []
    npm = [part for part in found["components"] if part["purl"].startswith("pkg:npm/")]
    assert len(npm) == len(json.loads(texts()["package-lock.json"])["packages"]) - 1
    assert all(len(part["hashes"][0]["content"]) == 128 for part in npm)


def test_every_dependency_is_in_its_lock() -> None:
    project = tomllib.loads(texts()["pyproject.toml"])
    groups = dict(project["dependency-groups"], product=project["project"]["dependencies"])
    for group, requirements in groups.items():
        wanted = {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in requirements}  # type: ignore[index]  # because each begins with a name
        lock = texts()["requirements-bench.lock" if group == "bench" else "requirements.lock"]
        assert wanted - {name for name, _version, _marker in LOCK_LINE.findall(lock)} == set()


def test_what_is_measured_is_what_was_tested() -> None:
    tested, measured = (
        {(name, version) for name, version, _marker in LOCK_LINE.findall(texts()[lock])}
        for lock in ("requirements.lock", "requirements-bench.lock")
    )
    known = {name for name, _version in tested}
    assert {"numpy", "scipy", "scikit-learn"} <= known
    assert {(name, version) for name, version in measured if name in known} <= tested


def test_each_opt_out_of_a_check_says_why() -> None:
    silent = [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts().items()
        if name.endswith((".py", ".html")) and name != "tests/project/test_files.py"
        for number, line in enumerate(text.splitlines(), 1)
        if OPT_OUT.search(line) and "because" not in line[OPT_OUT.search(line).start() :]  # type: ignore[union-attr]  # because it was found
    ]
    assert silent == []


def test_each_opt_out_in_the_configuration_says_why() -> None:
    block = texts()["pyproject.toml"].split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    listed = [line for line in block.splitlines() if re.match(r'\s+"[A-Z]+\d*"', line)]
    assert len(listed) > 20
    assert [line for line in listed if not re.search(r"# \S+ \S+", line)] == []


def test_modules_stay_short_enough_to_read() -> None:
    lengths = {name: text.count("\n") for name, text in code().items() if "/migrations/versions/" not in name}
    # A file of tests is read one test at a time, so it may be longer.
    limit = {name: LONGEST_TESTS if name.startswith("tests/") else LONGEST_MODULE for name in lengths}
    long = {name: length for name, length in lengths.items() if length > limit[name]}
    assert long == {}, "split these into a folder of the same name"


def test_no_test_fails_because_a_machine_is_slow() -> None:
    """How long something takes is measured in benchmarks/; a limit in a test fails on somebody's busy machine."""
    pattern = re.compile(
        r"assert [^\n]*(monotonic|perf_counter|process_time|thread_time)\(\) - \w+ <|assert (taken|seconds|elapsed)\b.*<"
    )
    found = [
        (name, match[0])
        for name, text in code().items()
        if name.startswith("tests/") and (match := pattern.search(text))
    ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    pattern = re.compile(rf"\b({'|'.join(MARKERS)})\b")
    found = [(name, match[0]) for name, text in code().items() if (match := pattern.search(text))]
    assert found == []


def test_the_readme_lists_the_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", texts()["README.md"], re.MULTILINE)
    wanted = [(name, f"`{default}`" if default else "", about) for name, default, about in SETTINGS_DOC]
    assert [row for row in rows if row[0] in {name for name, _default, _about in SETTINGS_DOC}] == wanted


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `([A-Z_]{4,})` \|", texts()["README.md"], re.MULTILINE)
    assert sorted(set(rows) - {name for name, _default, _about in SETTINGS_DOC}) == []


def test_each_make_command_is_declared_and_the_daily_ones_are_explained() -> None:
    makefile = texts()["Makefile"]
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE))
    phony = set(re.search(r"\.PHONY: ((?:.*\\\n)*.*)", makefile)[1].replace("\\\n", " ").split())  # type: ignore[index]  # because it is there
    assert targets == phony
    explained = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))
    assert {
        "run",
        "test",
        "check",
        "demo-reset",
        "format",
        "lint",
        "types",
        "translations",
        "bench",
        "e2e",
    } <= explained


def test_the_style_sheet_made_from_the_theme_is_kept() -> None:
    css = texts()["marketplace/static/css/torget.css"]
    assert "#1F5A45".lower() in css.lower()
    assert (ROOT / "theme" / "build").stat().st_mode & 0o111
