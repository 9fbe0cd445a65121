"""Conventions for the files of the repository: locks, module length, opt-outs, README and Makefile."""

import json
import re
import tomllib

import pytest

from benchmarks import sbom
from marketplace.config import SETTINGS_DOC
from tests.project.repository import ROOT, code, texts

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
MAX_MODULE_LINES = 320
MAX_TEST_MODULE_LINES = 450
MARKERS = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
OPT_OUT = re.compile(
    r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover|nosec|ruff:\s*noqa)|djlint:\s*off", re.IGNORECASE
)
LOCK_LINE = re.compile(r"^([a-z0-9._-]+)==(\S+)((?: ;[^\\]*)?) \\$", re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "instance/README.md"]
)
def test_standard_documents_exist(name: str) -> None:
    assert len(texts()[name]) > 200


def test_no_file_mentions_a_registry_host() -> None:
    hosts = [".".join(parts) for parts in REGISTRIES]
    assert [(name, host) for name, text in texts().items() for host in hosts if host in text] == []


def test_no_file_mentions_a_local_path() -> None:
    pattern = re.compile(rf"(?<![\w.\])}}/-])/({'|'.join(MACHINE_FOLDERS)})/[\w.-]+/")
    assert [(name, found[0]) for name, text in texts().items() if (found := pattern.search(text))] == []


def test_npm_lock_has_hashes_and_no_urls() -> None:
    lock = json.loads(texts()["package-lock.json"])
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity")] == []


def test_npm_versions_are_pinned() -> None:
    wanted = json.loads(texts()["package.json"])["dependencies"]
    assert [version for version in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("use", ["", "-run", "-assets", "-bench", "-uv"])
def test_python_locks_have_hashes_and_no_urls(use: str) -> None:
    lock = texts()[f"requirements{use}.lock"]
    assert "://" not in lock
    entries = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)
    assert [entry for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_runtime_locks_are_subsets_of_test_lock() -> None:
    tested, run, assets = (
        set(LOCK_LINE.findall(texts()[f"requirements{use}.lock"])) for use in ("", "-run", "-assets")
    )
    assert run
    assert run | assets < tested
    assert run.isdisjoint(assets), "servers install neither the build back end nor Node"


def test_sbom_lists_each_runtime_dependency_with_hashes() -> None:
    bill = sbom.bill()
    assert json.loads(json.dumps(bill)) == bill
    python = [part for part in bill["components"] if part["purl"].startswith("pkg:pypi/")]
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", texts()["requirements-run.lock"], re.MULTILINE)
    assert [(part["name"], part["version"]) for part in python] == pins
    assert len(pins) > 20
    assert [part["name"] for part in python if not part["properties"]] == []
    npm = [part for part in bill["components"] if part["purl"].startswith("pkg:npm/")]
    assert len(npm) == len(json.loads(texts()["package-lock.json"])["packages"]) - 1
    assert all(len(part["hashes"][0]["content"]) == 128 for part in npm)


def test_declared_dependencies_are_locked() -> None:
    project = tomllib.loads(texts()["pyproject.toml"])
    groups = dict(project["dependency-groups"], product=project["project"]["dependencies"])
    for group, requirements in groups.items():
        wanted = {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in requirements}  # type: ignore[index]  # because each begins with a name
        lock = texts()["requirements-bench.lock" if group == "bench" else "requirements.lock"]
        assert wanted - {name for name, _version, _marker in LOCK_LINE.findall(lock)} == set()


def test_benchmark_lock_agrees_with_test_lock() -> None:
    tested, measured = (
        {(name, version) for name, version, _marker in LOCK_LINE.findall(texts()[lock])}
        for lock in ("requirements.lock", "requirements-bench.lock")
    )
    known = {name for name, _version in tested}
    assert {"numpy", "scipy", "scikit-learn"} <= known
    assert {(name, version) for name, version in measured if name in known} <= tested


def test_opt_out_comments_have_a_reason() -> None:
    unexplained = [
        f"{name}:{line_number}: {line.strip()}"
        for name, text in texts().items()
        if name.endswith((".py", ".html")) and name != "tests/project/test_files.py"
        for line_number, line in enumerate(text.splitlines(), 1)
        if OPT_OUT.search(line) and "because" not in line[OPT_OUT.search(line).start() :]  # type: ignore[union-attr]  # because it was found
    ]
    assert unexplained == []


def test_ruff_ignores_have_a_reason() -> None:
    block = texts()["pyproject.toml"].split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    listed = [line for line in block.splitlines() if re.match(r'\s+"[A-Z]+\d*"', line)]
    assert len(listed) > 20
    assert [line for line in listed if not re.search(r"# \S+ \S+", line)] == []


def test_modules_are_within_max_length() -> None:
    lengths = {name: text.count("\n") for name, text in code().items() if "/migrations/versions/" not in name}
    # Test modules may be longer, because tests are read one at a time.
    limit = {
        name: MAX_TEST_MODULE_LINES if name.startswith("tests/") else MAX_MODULE_LINES for name in lengths
    }
    long = {name: length for name, length in lengths.items() if length > limit[name]}
    assert long == {}, "split these into a folder of the same name"


def test_no_test_asserts_a_duration() -> None:
    """Durations are measured in benchmarks/. A limit in a test would fail on a busy machine."""
    pattern = re.compile(
        r"assert [^\n]*(monotonic|perf_counter|process_time|thread_time)\(\) - \w+ <|assert (taken|seconds|elapsed)\b.*<"
    )
    found = [
        (name, match[0])
        for name, text in code().items()
        if name.startswith("tests/") and (match := pattern.search(text))
    ]
    assert found == []


def test_no_unfinished_work_markers() -> None:
    pattern = re.compile(rf"\b({'|'.join(MARKERS)})\b")
    found = [(name, match[0]) for name, text in code().items() if (match := pattern.search(text))]
    assert found == []


def test_readme_lists_all_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", texts()["README.md"], re.MULTILINE)
    wanted = [(name, f"`{default}`" if default else "", about) for name, default, about in SETTINGS_DOC]
    assert [row for row in rows if row[0] in {name for name, _default, _about in SETTINGS_DOC}] == wanted


def test_readme_lists_no_unknown_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]{4,})` \|", texts()["README.md"], re.MULTILINE)
    assert sorted(set(rows) - {name for name, _default, _about in SETTINGS_DOC}) == []


def test_make_targets_are_phony_and_documented() -> None:
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


def test_generated_theme_style_sheet_is_committed() -> None:
    css = texts()["marketplace/static/css/torget.css"]
    assert "#1F5A45".lower() in css.lower()
    assert (ROOT / "theme" / "build").stat().st_mode & 0o111
