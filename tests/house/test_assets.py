"""Copying what npm has fetched into the folder that is served."""

from pathlib import Path

import pytest

from marketplace import assets

pytestmark = pytest.mark.once


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules"
    for source in assets.SERVED.values():
        file = folder / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a { color: red }\n" * 200)
    return folder


def test_only_the_served_files_are_copied_and_style_sheets_compressed(packages: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    copied = assets.prepare(packages, static)
    assert [str(file.relative_to(static / "vendor")) for file in copied] == list(assets.SERVED)
    found = {str(file.relative_to(static / "vendor")) for file in static.rglob("*") if file.is_file()}
    assert found == {*assets.SERVED, "designsystemet.css.br", "designsystemet.css.gz"}


def test_what_an_earlier_version_left_is_removed(packages: Path, tmp_path: Path) -> None:
    left = tmp_path / "static" / "vendor" / "old.css.br"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"old")
    assets.prepare(packages, tmp_path / "static")
    assert not left.exists()


def test_a_missing_package_says_what_to_run_and_leaves_what_is_there(packages: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    assets.prepare(packages, static)
    (packages / assets.SERVED["designsystemet.css"]).unlink()
    with pytest.raises(assets.AssetsMissingError, match="make install"):
        assets.prepare(packages, static)
    assert assets.is_complete(static)


def test_an_installed_wheel_has_nothing_to_fetch(packages: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    assets.prepare(packages, static)
    assert assets.prepare(tmp_path / "nowhere", static) == []
    with pytest.raises(assets.AssetsMissingError):
        assets.prepare(tmp_path / "nowhere", tmp_path / "empty")


def test_this_installation_is_complete() -> None:
    assert assets.is_complete()


def test_the_kit_asks_for_nothing_that_the_content_policy_refuses() -> None:
    """It brings no font or picture of its own, only drawings inside the style sheet."""
    css = (assets.STATIC / "vendor" / "designsystemet.css").read_text(encoding="utf-8")
    assert "@import" not in css
    assert all(part.lstrip("\"'").startswith("data:image/svg+xml") for part in css.split("url(")[1:])
