"""Vendored assets: copying from node_modules, compression, and the weight of first pages."""

import gzip
import os
import re
import time
from pathlib import Path

import pytest

from marketplace.web import assets
from marketplace.web.compression import MIN_BYTES
from tests import factories
from tests.support.browser import Browser

pytestmark = pytest.mark.once


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules"
    for source in assets.VENDOR_FILES.values():
        file = folder / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a { color: red }\n" * 200)
    return folder


def test_only_served_files_are_copied_and_css_compressed(packages: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    copied = assets.prepare(packages, static)
    assert [str(file.relative_to(static / "vendor")) for file in copied] == list(assets.VENDOR_FILES)
    files = {str(file.relative_to(static / "vendor")) for file in static.rglob("*") if file.is_file()}
    assert files == {*assets.VENDOR_FILES, "designsystemet.css.br", "designsystemet.css.gz"}


def test_files_of_earlier_version_are_removed(packages: Path, tmp_path: Path) -> None:
    stale = tmp_path / "static" / "vendor" / "old.css.br"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"old")
    assets.prepare(packages, tmp_path / "static")
    assert not stale.exists()


def test_missing_package_raises_and_keeps_existing_files(packages: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    assets.prepare(packages, static)
    (packages / assets.VENDOR_FILES["designsystemet.css"]).unlink()
    with pytest.raises(assets.AssetsMissingError, match="make install"):
        assets.prepare(packages, static)
    assert assets.is_complete(static)


def test_complete_assets_need_no_node_modules(packages: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    assets.prepare(packages, static)
    assert assets.prepare(tmp_path / "nowhere", static) == []
    with pytest.raises(assets.AssetsMissingError):
        assets.prepare(tmp_path / "nowhere", tmp_path / "empty")


def test_current_installation_is_complete() -> None:
    assert assets.is_complete()


def test_design_system_complies_with_content_policy() -> None:
    """The style sheet loads no fonts or images; it only embeds SVG data URLs."""
    css = (assets.STATIC / "vendor" / "designsystemet.css").read_text(encoding="utf-8")
    assert "@import" not in css
    assert all(part.lstrip("\"'").startswith("data:image/svg+xml") for part in css.split("url(")[1:])


def test_changed_own_files_are_compressed_again(tmp_path: Path) -> None:
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    sheet = static / "css" / "own.css"
    sheet.write_text("p { color: inherit; }\n" * 200)
    assets.compress_own_files(static)
    first = (static / "css" / "own.css.gz").read_bytes()
    assert gzip.decompress(first) == sheet.read_bytes()
    sheet.write_text("h1 { color: inherit; }\n" * 200)
    os.utime(sheet, (time.time() + 60, time.time() + 60))
    assets.compress_own_files(static)
    assert gzip.decompress((static / "css" / "own.css.gz").read_bytes()) == sheet.read_bytes()
    assert [path.name for path in static.parent.iterdir()] == ["static"]


FIRST_VISIT = (
    "/",
    "/?q=selge+ost+p%C3%A5+nett",
    "/suppliers",
    "/suppliers/apply",
    "/register/company",
    "/sign-in",
)
MAX_BYTES = 100_000


@pytest.mark.parametrize("path", FIRST_VISIT)
def test_first_visit_is_small_apart_from_fonts(client: Browser, path: str) -> None:
    def weight(address: str) -> tuple[int, bytes]:
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            body = answer.data
            packed = answer.headers.get("Content-Encoding") == "gzip"
        return len(body), gzip.decompress(body) if packed else body

    client.check_pages = False
    total, page = weight(path)
    parts = set(re.findall(rb'(?:src|href)="(/static/[^"]+\.(?:css|js|svg)[^"]*)"', page))
    assert len(parts) >= 4
    assert total + sum(weight(part.decode())[0] for part in parts) < MAX_BYTES


def test_only_anonymous_pages_are_compressed(client: Browser) -> None:
    packed = {"Accept-Encoding": "gzip"}
    client.check_pages = False
    assert client.get("/", headers=packed).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/").headers
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers
    client.sign_in(factories.member(factories.company()).user_id)
    assert "Content-Encoding" not in client.get("/home", headers=packed).headers


def test_small_response_is_not_compressed(client: Browser) -> None:
    answer = client.get("/home", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype) == (303, "text/html")
    assert len(answer.data) < MIN_BYTES
    assert "Content-Encoding" not in answer.headers
    assert "/sign-in" in answer.text
    assert "Accept-Encoding" in answer.vary
