"""The wheel is complete: installed in an empty environment, it seeds demo data and serves pages."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.repository import PACKAGE, ROOT, tracked_files

pytestmark = [pytest.mark.slow, pytest.mark.once]

DEMO_TIMEOUT_SECONDS = 300
SERVE_TIMEOUT_SECONDS = 60


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel in a temporary folder, as `make wheel` does."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in an environment without this source tree. Returns its `bin` folder.

    Dependencies are linked from the current environment, so that nothing is downloaded; the project itself is not.
    """
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")])
    python = folder / "venv" / "bin" / "python"
    site = Path(run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
    for item in Path(sysconfig.get_path("purelib")).iterdir():
        if "leverandortorget" not in item.name and item.suffix != ".pth":
            (site / item.name).symlink_to(item)
    uv = ROOT / ".uv" / "bin" / "uv"
    tool = str(uv) if uv.exists() else shutil.which("uv")
    if tool is None:
        pytest.fail("uv is not in .uv: run the tests with `make test`")
    run([tool, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python), str(wheel)])
    return python.parent


@pytest.fixture(scope="session")
def served(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Seed demo data and serve from an empty working directory. Yields the base URL."""
    work_folder = tmp_path_factory.mktemp("elsewhere")
    command = str(installed / "marketplace")
    run([command, "db", "upgrade"], cwd=work_folder)
    run([command, "demo"], cwd=work_folder, timeout=DEMO_TIMEOUT_SECONDS)
    address = f"127.0.0.1:{free_port()}"
    log = (work_folder / "log").open("wb")
    process = subprocess.Popen(
        [command, "serve", "--bind", address, "--workers", "1"],
        cwd=work_folder,
        env=environment(),
        stdout=log,
        stderr=log,
    )
    try:
        wait_for(f"http://{address}/healthz", process, work_folder / "log")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def test_wheel_contains_all_package_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package_files = {str(path.relative_to(ROOT)) for path in tracked_files() if path.is_relative_to(PACKAGE)}
    assert {
        name for name in package_files - names if not name.endswith((".po", ".pot", "pyproject.toml"))
    } == set()


def test_wheel_contains_generated_files(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "marketplace/static/vendor/designsystemet.css",
        "marketplace/static/vendor/designsystemet.css.br",
        "marketplace/static/vendor/fonts/inter-latin-wght-normal.woff2",
        "marketplace/static/vendor/fonts/literata-latin-wght-normal.woff2",
        "marketplace/static/vendor/fonts/literata.LICENSE.txt",
        "marketplace/static/css/own.css.br",
        "marketplace/static/css/own.css.gz",
        "marketplace/translations/nb/LC_MESSAGES/messages.mo",
        "marketplace/translations/nn/LC_MESSAGES/messages.mo",
    ):
        assert wanted in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert len(names) == len(set(names))


def test_wheel_contains_no_other_files(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if not name.startswith(("marketplace/", "leverandortorget-"))] == []
    assert [name for name in names if "__pycache__" in name or name.endswith((".po", ".sqlite3"))] == []


@pytest.mark.exhaustive
def test_import_uses_installed_wheel(installed: Path, tmp_path: Path) -> None:
    where = run(
        [str(installed / "python"), "-c", "import marketplace; print(marketplace.__file__)"], cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed.parent)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/healthz", ""),
        ("/", "text/html"),
        ("/static/css/own.css", "text/css"),
        ("/static/vendor/designsystemet.css", "text/css"),
        ("/static/vendor/fonts/inter-latin-wght-normal.woff2", "font/woff2"),
    ],
)
def test_installed_wheel_serves_page(served: str, path: str, kind: str) -> None:
    with urllib.request.urlopen(served + path, timeout=30) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.read()


@pytest.mark.exhaustive
def test_installed_wheel_serves_norwegian_text(served: str) -> None:
    with urllib.request.urlopen(served + "/", timeout=30) as answer:
        page = answer.read().decode()
    assert '<html lang="nb"' in page
    assert "Hopp til innholdet" in page


@pytest.mark.exhaustive
def test_installed_wheel_serves_compressed_css(served: str) -> None:
    request = urllib.request.Request(served + "/static/css/own.css", headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "br"


def environment() -> dict[str, str]:
    """Return environment variables without those that configure the application or point to this source tree."""
    inherited = {"PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT"}
    return {name: value for name, value in os.environ.items() if name in inherited}


def run(command: list[str], *, cwd: Path | None = None, timeout: int = 120) -> str:
    """Run a command and return its standard output. Fails with both output streams if it exits with an error."""
    done = subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers. Fails with its log if it exits or does not answer in time."""
    deadline = time.monotonic() + SERVE_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"no answer from {address}:\n{log.read_text(errors='replace')[-3000:]}")
