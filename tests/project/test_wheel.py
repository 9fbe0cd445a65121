"""A wheel carries all it needs: installed into an empty environment, it fills and serves somewhere else."""

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

from tests.project.project import PACKAGE, ROOT, kept_files

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.exhaustive]

DEMO_SECONDS = 300
SERVE_SECONDS = 60


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as `make wheel` does, into a folder of the test."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that does not know this folder. Returns its `bin`.

    The libraries are those of this environment, so that nothing is fetched; the project itself is not among them.
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
    """Fill with demo data and serve, from a folder that has nothing of the project."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    command = str(installed / "marketplace")
    run([command, "db", "upgrade"], cwd=elsewhere)
    run([command, "demo"], cwd=elsewhere, timeout=DEMO_SECONDS)
    address = f"127.0.0.1:{free_port()}"
    log = (elsewhere / "log").open("wb")
    process = subprocess.Popen(
        [command, "serve", "--bind", address, "--workers", "1"],
        cwd=elsewhere,
        env=environment(),
        stdout=log,
        stderr=log,
    )
    try:
        wait_for(f"http://{address}/healthz", process, elsewhere / "log")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def test_the_wheel_carries_every_file_of_the_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    kept = {str(path.relative_to(ROOT)) for path in kept_files() if path.is_relative_to(PACKAGE)}
    assert {name for name in kept - names if not name.endswith((".po", ".pot"))} == set()


def test_the_wheel_carries_what_is_made_at_install(wheel: Path) -> None:
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


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if not name.startswith(("marketplace/", "leverandortorget-"))] == []
    assert [name for name in names if "__pycache__" in name or name.endswith((".po", ".sqlite3"))] == []


def test_the_installed_wheel_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    where = run(
        [str(installed / "python"), "-c", "import marketplace; print(marketplace.__file__)"], cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed.parent)


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
def test_the_installed_wheel_serves(served: str, path: str, kind: str) -> None:
    with urllib.request.urlopen(served + path, timeout=30) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.read()


def test_the_installed_wheel_speaks_norwegian(served: str) -> None:
    with urllib.request.urlopen(served + "/", timeout=30) as answer:
        page = answer.read().decode()
    assert '<html lang="nb"' in page
    assert "Hopp til innholdet" in page


def test_the_installed_wheel_serves_compressed_style_sheets(served: str) -> None:
    request = urllib.request.Request(served + "/static/css/own.css", headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "br"


def environment() -> dict[str, str]:
    """Return this environment without what points to this folder or sets the product up."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT"}
    return {name: value for name, value in os.environ.items() if name in kept}


def run(command: list[str], *, cwd: Path | None = None, timeout: int = 120) -> str:
    """Run a command and return what it printed; fails with both its outputs."""
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
    """Wait until the server answers; fails with its log when it ends or stays silent."""
    deadline = time.monotonic() + SERVE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"no answer from {address}:\n{log.read_text(errors='replace')[-3000:]}")
