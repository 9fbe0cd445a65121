"""Settings: defaults, generated secrets and refused values."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from marketplace.commands.server import log_warnings
from marketplace.config import Settings, SettingsError, write_demo_marker

pytestmark = pytest.mark.once
GOOD = {
    "PRODUCTION": "1",
    "SITE_URL": "https://torget.example",
    "SECRET_KEY": "8f1b2c3d4e5a69788796a5b4c3d2e1f00f1e2d3c",
    "SEAL_KEYS": "0f1e2d3c" * 8,
}


def read(folder: Path, **environ: str) -> Settings:
    return Settings.from_environment({"INSTANCE_PATH": str(folder), **environ})


def test_secret_key_is_generated_once_with_owner_only_access(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_get_the_same_keys(tmp_path: Path) -> None:
    starting = threading.Barrier(4)

    def start(folder: Path) -> tuple[str, list[str]]:
        starting.wait(10)
        settings = read(folder)
        return settings.secret_key, settings.keyring().names

    with ThreadPoolExecutor(4) as pool:
        for number in range(50):
            folder = tmp_path / str(number)
            folder.mkdir()
            found = list(pool.map(start, [folder] * 4))
            assert found == [found[0]] * 4
            assert sorted(file.name for file in folder.iterdir()) == ["seal_keys", "secret_key"]


def test_seal_key_is_generated_once_with_owner_only_access(tmp_path: Path) -> None:
    first, second = read(tmp_path).keyring(), read(tmp_path).keyring()
    assert first.names == second.names
    assert len(first.names) == 1
    assert (tmp_path / "seal_keys").stat().st_mode & 0o777 == 0o600


def test_production_generates_no_seal_key_but_reads_existing_one(tmp_path: Path) -> None:
    without = {name: value for name, value in GOOD.items() if name != "SEAL_KEYS"}
    with pytest.raises(SettingsError, match="SEAL_KEYS"):
        read(tmp_path, **without)
    assert not (tmp_path / "seal_keys").exists()
    (tmp_path / "seal_keys").write_text(GOOD["SEAL_KEYS"])
    assert read(tmp_path, **without).keyring().names == read(tmp_path, **GOOD).keyring().names


def test_database_defaults_to_sqlite_file(tmp_path: Path) -> None:
    assert read(tmp_path).database_url == f"sqlite:///{tmp_path / 'marketplace.sqlite3'}"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql://a:p%40ss@b:1/c", "postgresql+psycopg://a:p%40ss@b:1/c"),
        ("sqlite:///x.db", "sqlite:///{folder}/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
    ],
)
def test_database_url_gets_its_driver_and_folder(tmp_path: Path, given: str, used: str) -> None:
    assert read(tmp_path, DATABASE_URL=given).database_url == used.format(folder=tmp_path)


def test_instance_folder_is_created_for_its_owner_only(tmp_path: Path) -> None:
    assert read(tmp_path / "new").instance_path.stat().st_mode & 0o777 == 0o700


def test_instance_path_that_is_no_folder_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsError, match=f"INSTANCE_PATH .*{file}: File exists"):
        read(file)


def test_site_url_is_used_without_its_last_slash(tmp_path: Path) -> None:
    assert read(tmp_path, SITE_URL="https://torget.example/").site_url == "https://torget.example"


def test_valid_production_settings_are_accepted(tmp_path: Path) -> None:
    assert read(tmp_path, **GOOD).production


@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": "short"},
        {"SECRET_KEY": "a" * 64},
        {"DEMO": "1"},
        {"SEAL_KEYS": ""},
        {"SEAL_KEYS": "0f1e"},
        {"SITE_URL": "http://torget.example"},
        {"DEFAULT_LOCALE": "sv"},
        {"MAIL_TLS": "perhaps"},
        {"MAIL_PORT": "many"},
        {"MAIL_PORT": "-1"},
        {"PRODUCTION": "maybe"},
        {"DEBUG": "1"},
        {"FLASK_DEBUG": "true"},
        {"TESTING": "1"},
        {"SESSION_COOKIE_SECURE": "0"},
        {"SECOND_FACTOR": "0"},
        {"SECOND_FACTOR": "off"},
        {"PASSWORD_HASH_COST": "0"},
        {"MAIL_PORT": "65536"},
        {"MAIL_FROM": "torget"},
        {"MAIL_FROM": "Torget <post@torget.example>"},
        {"SITE_URL": "https://"},
        {"SITE_URL": "https://["},
        {"SITE_URL": "https://torget.example:port"},
        {"SITE_URL": "https://torget.example?from=mail"},
        {"SITE_URL": "https://torget.example "},
        {"SITE_URL": "https://torget.example/market"},
        {"WEB_WORKERS": "0"},
        {"MAX_REQUEST_KILOBYTES": "8"},
        {"DATABASE_URL": "torget"},
        {"DATABASE_URL": "mysql://torget.example/market"},
        {"DATABASE_URL": "postgresql://torget.example:port/market"},
    ],
)
def test_unsafe_or_invalid_setting_is_refused_by_name(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(change))):
        read(tmp_path, **(GOOD | change))


def test_demo_marker_enables_demo_and_is_refused_in_production(tmp_path: Path) -> None:
    write_demo_marker(read(tmp_path))
    assert read(tmp_path).demo
    with pytest.raises(SettingsError, match="DEMO"):
        read(tmp_path, **GOOD)


def test_second_factor_may_be_off_outside_production(tmp_path: Path) -> None:
    assert not read(tmp_path, SECOND_FACTOR="0").second_factor


SAFE = GOOD | {"MAIL_HOST": "smtp.torget.example", "TRUSTED_PROXIES": "1"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, ""),
        ({"MAIL_HOST": ""}, "MAIL_HOST"),
        ({"MAIL_TLS": "none"}, "MAIL_TLS"),
        ({"TRUSTED_PROXIES": "0"}, "TRUSTED_PROXIES"),
        ({"LIST_PAGES_PER_MINUTE": "0"}, "LIST_PAGES_PER_MINUTE"),
        ({"PASSWORD_HASH_COST": "1"}, "PASSWORD_HASH_COST"),
        ({"TRUSTED_IDLE_MINUTES": "600"}, "TRUSTED_IDLE_MINUTES"),
        ({"METRICS_TOKEN": "secret"}, "METRICS_TOKEN"),
    ],
)
def test_doubtful_production_setting_is_warned_about(
    tmp_path: Path, change: dict[str, str], named: str
) -> None:
    messages = read(tmp_path, **(SAFE | change)).warnings()
    assert len(messages) == bool(named)
    assert all(message.startswith(named) for message in messages)
    assert read(tmp_path, **(change | {"PRODUCTION": "0"})).warnings() == []


@pytest.mark.parametrize(
    ("host", "production", "is_loud"), [("", "1", True), ("smtp.x.no", "1", False), ("", "0", False)]
)
def test_production_without_mail_server_is_warned_about_loudly(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    host: str,
    production: str,
    is_loud: bool,
) -> None:
    log_warnings(read(tmp_path, **(GOOD | {"MAIL_HOST": host, "PRODUCTION": production})))
    assert any(record.levelname == "ERROR" for record in caplog.records) is is_loud
    assert ("MAIL_HOST is not set" in capsys.readouterr().err) is is_loud
