"""Typed settings, read from the environment and the instance folder. README lists them."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from marketplace.core import setting_values
from marketplace.core.atomic_files import create_private_file
from marketplace.core.sealing import Keyring, UnreadableKeyError, new_key, split_keys

DEMO_MARKER = "demo"
MIN_SAFE_HASH_COST = 2
MIN_TOKEN_LENGTH = 16
NOT_NEGATIVE = range(2**31)
POSITIVE = range(1, 2**31)


class SettingsError(ValueError):
    """A setting is missing or unsafe. The message names it and the remedy."""


def _setting(env: str, default: object, about: str, allowed: range = NOT_NEGATIVE) -> Any:
    return field(default=default, metadata={"env": env, "about": about, "allowed": allowed})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings that can differ between installations. Each field names its environment variable."""

    instance_path: Path = _setting(  # noqa: RUF009 because it makes a field, nothing shared
        "INSTANCE_PATH", Path("instance"), "Folder for database, secrets and mail files"
    )
    production: bool = _setting(
        "PRODUCTION", default=False, about="Refuse weak secrets and demo mode, secure cookies only"
    )
    database_url: str = _setting(
        "DATABASE_URL", "", "SQLAlchemy database URL; empty: SQLite file in the instance folder"
    )
    secret_key: str = _setting(
        "SECRET_KEY", "", "Signs cookies and links; empty: generated once in the instance folder"
    )
    seal_keys: str = _setting(
        "SEAL_KEYS",
        "",
        "Keys that offers are encrypted with, newest first, separated by commas; empty: in the file `seal_keys` in "
        "the instance folder, generated once unless in production",
    )
    site_name: str = _setting("SITE_NAME", "Leverandørtorget", "Name shown on every page and in e-mail")
    site_url: str = _setting("SITE_URL", "http://127.0.0.1:8000", "Base URL of links in e-mail")
    default_locale: str = _setting(
        "DEFAULT_LOCALE", "", "Default language: nb, nn or en; empty: the first language of the region"
    )
    mail_host: str = _setting(
        "MAIL_HOST", "", "SMTP server; empty: e-mail is written to .eml files in the instance folder"
    )
    mail_port: int = _setting("MAIL_PORT", 587, "SMTP port", range(1, 2**16))
    mail_username: str = _setting("MAIL_USERNAME", "", "SMTP user; empty: no sign-in")
    mail_password: str = _setting("MAIL_PASSWORD", "", "SMTP password")
    mail_tls: str = _setting("MAIL_TLS", "starttls", "starttls, ssl or none")
    mail_from: str = _setting("MAIL_FROM", "post@leverandortorget.example", "Sender address of all e-mail")
    session_hours: int = _setting("SESSION_HOURS", 12, "Maximum age of a session, in hours", POSITIVE)
    session_idle_minutes: int = _setting(
        "SESSION_IDLE_MINUTES", 240, "Sign out after this long without activity, in minutes", POSITIVE
    )
    trusted_idle_minutes: int = _setting(
        "TRUSTED_IDLE_MINUTES", 30, "The same for curators and administrators, in minutes", POSITIVE
    )
    second_factor: bool = _setting(
        "SECOND_FACTOR",
        default=True,
        about="Require two-factor sign-in of curators and administrators; cannot be turned off in production; never in demo mode",
    )
    password_hash_cost: int = _setting(
        "PASSWORD_HASH_COST", 3, "argon2id time cost (passes over 64 MiB)", POSITIVE
    )
    max_request_kilobytes: int = _setting(
        "MAX_REQUEST_KILOBYTES", 512, "Maximum size of a form, in kilobytes", range(64, 2**21)
    )
    trusted_proxies: int = _setting(
        "TRUSTED_PROXIES", 0, "Number of reverse proxies whose X-Forwarded headers are trusted"
    )
    web_workers: int = _setting(
        "WEB_WORKERS", 2, "Number of worker processes of `marketplace serve`", POSITIVE
    )
    web_threads: int = _setting("WEB_THREADS", 4, "Number of threads in each worker process", POSITIVE)
    metrics_token: str = _setting(
        "METRICS_TOKEN", "", "Bearer token required to read /metrics; empty: the page does not exist"
    )
    list_pages_per_minute: int = _setting(
        "LIST_PAGES_PER_MINUTE",
        60,
        "List pages that one address, or one signed-in user, may read in a minute; 0: no limit",
    )
    demo: bool = _setting(
        "DEMO",
        default=False,
        about="Show the demo banner and one-click sign-in; on after `marketplace demo`, refused in production",
    )
    test_organisation_numbers: bool = _setting(
        "TEST_ORGANISATION_NUMBERS",
        default=False,
        about="Accept test organisation numbers, which begin with 2 or 3; always on in demo mode",
    )
    testing: bool = _setting("TESTING", default=False, about="For the test suite: cheap password hashes")

    @property
    def is_https(self) -> bool:
        """Return True if the site is served over HTTPS, so that cookies can be marked secure."""
        return self.production or self.site_url.startswith("https://")

    @property
    def accepts_test_numbers(self) -> bool:
        """Return True if organisation numbers that begin with 2 or 3 are accepted."""
        return self.test_organisation_numbers or self.demo or self.testing

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> "Settings":
        """Return the settings from environment variables. Raises SettingsError for an unsafe or invalid one."""
        source = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for item in fields(cls):
            raw = source.get(item.metadata["env"])
            if raw is not None:
                values[item.name] = _parse(item.metadata["env"], raw, item.default, item.metadata["allowed"])
        settings = cls(**(values | overrides)).resolved()  # type: ignore[arg-type]  # because values come by field name
        if settings.production:
            _refuse_debug_settings(source, settings)
        return settings

    @classmethod
    def for_tests(cls, *, database_url: str, instance_path: Path, **overrides: Any) -> "Settings":
        """Return settings for the test suite: cheap password hashes, e-mail to files, independent of the machine."""
        values: dict[str, Any] = {
            "database_url": database_url,
            "instance_path": instance_path,
            "secret_key": "test-" * 8,
            "seal_keys": "5ea1" * 16,
            "testing": True,
            "password_hash_cost": 1,
            "second_factor": False,
            "list_pages_per_minute": 0,
        }
        return cls(**(values | overrides)).resolved()

    def resolved(self) -> "Settings":
        """Return the settings with derived values filled in. Raises SettingsError if one is unsafe."""
        path = self.instance_path.resolve()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            settings = replace(
                self,
                instance_path=path,
                database_url=setting_values.complete_database_url(self.database_url, path),
                secret_key=self.secret_key or _load_or_create_secret(path),
                site_url=self.site_url.rstrip("/"),
                demo=self.demo or (path / DEMO_MARKER).exists(),
            )
            _refuse_unsafe(settings)
            if not settings.seal_keys:
                create_private_file(settings.seal_key_file, new_key().encode())
            settings.keyring()
        except setting_values.InvalidDatabaseUrlError as error:
            message = "DATABASE_URL must be like postgresql://user:password@host/name or sqlite:////folder/file, with special characters percent-encoded."
            raise SettingsError(message) from error
        except OSError as error:
            message = f"INSTANCE_PATH must be a folder that the user of the service may write to. {path}: {error.strerror}."
            raise SettingsError(message) from error
        return settings

    def warnings(self) -> list[str]:
        """Return a message for each production setting that is allowed but doubtful. Logged at each start."""
        if not self.production:
            return []
        doubtful = (
            (
                not self.mail_host,
                "MAIL_HOST is empty: nobody gets e-mail. It is written to files with links that let their reader sign in.",
            ),
            (
                self.mail_host and self.mail_tls == "none",
                "MAIL_TLS=none: e-mail with sign-in links travels unencrypted.",
            ),
            (
                not self.trusted_proxies,
                "TRUSTED_PROXIES=0: behind a proxy all visitors share one address, and one visitor's rate limit.",
            ),
            (
                not self.list_pages_per_minute,
                "LIST_PAGES_PER_MINUTE=0: anybody can copy the directory at full speed.",
            ),
            (
                self.password_hash_cost < MIN_SAFE_HASH_COST,
                f"PASSWORD_HASH_COST is below {MIN_SAFE_HASH_COST}: stolen password hashes are cheap to guess.",
            ),
            (
                self.trusted_idle_minutes > self.session_idle_minutes,
                "TRUSTED_IDLE_MINUTES is longer than SESSION_IDLE_MINUTES: curators stay signed in longest.",
            ),
            (
                bool(self.metrics_token) and len(self.metrics_token) < MIN_TOKEN_LENGTH,
                f"METRICS_TOKEN is shorter than {MIN_TOKEN_LENGTH} characters: it can be guessed.",
            ),
        )
        return [message for applies, message in doubtful if applies]

    @property
    def seal_key_file(self) -> Path:
        """Return the file with the encryption keys of the offers, used unless SEAL_KEYS is set."""
        return self.instance_path / "seal_keys"

    def keyring(self) -> Keyring:
        """Return the encryption keys of the offers. Raises SettingsError if one is invalid."""
        try:
            return Keyring(self._seal_keys)
        except UnreadableKeyError as error:
            where = "SEAL_KEYS" if self.seal_keys else str(self.seal_key_file)
            message = f"{where} must hold keys of 64 hexadecimal characters, as from `openssl rand -hex 32`."
            raise SettingsError(message) from error

    def _seal_keys(self) -> list[str]:
        return split_keys(self.seal_keys or self.seal_key_file.read_text(encoding="ascii"))


def _refuse_unsafe(settings: Settings) -> None:
    """Raise SettingsError for settings that are not safe to serve with."""
    for refused, message in (
        (settings.default_locale not in {"", "nb", "nn", "en"}, "DEFAULT_LOCALE must be nb, nn or en."),
        (settings.mail_tls not in {"starttls", "ssl", "none"}, "MAIL_TLS must be starttls, ssl or none."),
        (
            settings.production and setting_values.is_weak(settings.secret_key),
            "SECRET_KEY is too weak for production: use 32 random characters, as from `openssl rand -hex 32`.",
        ),
        (
            settings.production and not settings.seal_keys and not settings.seal_key_file.exists(),
            "SEAL_KEYS is missing: offers are encrypted with it. Set a key from `openssl rand -hex 32`, or the one it had.",
        ),
        (
            settings.production and settings.demo,
            "DEMO cannot be used in production: everyone could sign in as an administrator.",
        ),
        (
            settings.production and not settings.second_factor,
            "SECOND_FACTOR cannot be turned off in production: a stolen password of a curator would be enough.",
        ),
        (
            not setting_values.is_email(settings.mail_from),
            "MAIL_FROM must be an e-mail address, such as post@torget.example.",
        ),
        (
            not setting_values.is_site_url(settings.site_url),
            "SITE_URL must be the address of the site, such as https://torget.example.",
        ),
        (
            settings.production and not settings.site_url.startswith("https://"),
            "SITE_URL must begin with https:// in production: sign-in cookies travel on secure connections only.",
        ),
    ):
        if refused:
            raise SettingsError(message)


def _refuse_debug_settings(environ: Mapping[str, str], settings: Settings) -> None:
    """Raise SettingsError for debug settings in production."""
    for name in ("DEBUG", "FLASK_DEBUG"):
        if _parse(name, environ.get(name, ""), default=False):
            message = f"{name} cannot be used in production: error pages would show internals of the program."
            raise SettingsError(message)
    if settings.testing:
        message = "TESTING cannot be used in production: passwords would be hashed too cheaply."
        raise SettingsError(message)
    if not _parse("SESSION_COOKIE_SECURE", environ.get("SESSION_COOKIE_SECURE", "yes"), default=True):
        message = (
            "SESSION_COOKIE_SECURE cannot be turned off in production: session cookies could be intercepted."
        )
        raise SettingsError(message)


def write_demo_marker(settings: Settings) -> None:
    """Mark the instance folder as one with demo data, so that the site shows the demo banner."""
    (settings.instance_path / DEMO_MARKER).write_text(
        "The database in this folder holds demo data.\n", encoding="utf-8"
    )


def _parse(name: str, raw: str, default: object, allowed: range = NOT_NEGATIVE) -> object:
    """Return the value of an environment variable, converted to the type of its default."""
    if isinstance(default, bool):
        if raw.strip().lower() in {"1", "true", "yes", "on"}:
            return True
        if raw.strip().lower() in {"", "0", "false", "no", "off"}:
            return False
        message = f"{name} must be true or false."
        raise SettingsError(message)
    if isinstance(default, int):
        try:
            value = int(raw)
        except ValueError as error:
            message = f"{name} must be a whole number."
            raise SettingsError(message) from error
        if value not in allowed:
            message = f"{name} must be at least {allowed[0]} and at most {allowed[-1]}."
            raise SettingsError(message)
        return value
    return Path(raw) if isinstance(default, Path) else raw


def _load_or_create_secret(instance_path: Path) -> str:
    """Return the installation's secret key. It is generated once."""
    file = instance_path / "secret_key"
    create_private_file(file, secrets.token_hex(32).encode())
    return file.read_text(encoding="ascii").strip()


SETTINGS_DOC: tuple[tuple[str, str, str], ...] = tuple(
    (item.metadata["env"], str(item.default), item.metadata["about"]) for item in fields(Settings)
)
