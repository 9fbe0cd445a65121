"""Values in a database that the configured keys cannot decrypt.

The columns are read by name, not through the models: a restored database may have the schema of an earlier version.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, func, inspect, select, table

from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.config import Settings

if TYPE_CHECKING:
    from sqlalchemy.sql.expression import ColumnElement

WRAPPED_COLUMNS = (
    ("proposal", "data_key", "sealed offers"),
    ("outbox_mail", "sealed_link", "links of queued e-mail"),
    ("form_draft", "sealed_content", "drafts of forms"),
)
"""Columns that begin with the name of the seal key they are encrypted with, and what they hold."""
KEY_NAME_LENGTH = 8


def find_unreadable(engine: Engine, settings: Settings) -> list[str]:
    """Return one message for each key that is missing: what is encrypted with it, and where to put it."""
    faults = []
    with engine.connect() as connection:
        columns = {
            name: {str(item["name"]) for item in inspect(connection).get_columns(name)}
            for name in inspect(connection).get_table_names()
        }
        for table_name, column_name, contents in WRAPPED_COLUMNS:
            if column_name not in columns.get(table_name, ()):
                continue
            for key, count in _count_by_key(connection, table_name, column_name).items():
                if key not in settings.keyring().names:
                    faults.append(f"{count} {contents} need the key {key}. Add it to {_where(settings)}.")
        if "second_factor_secret" in columns.get("user_account", ()):
            faults += _unreadable_secrets(connection, settings)
    return faults


def _where(settings: Settings) -> str:
    return "SEAL_KEYS" if settings.seal_keys else f"SEAL_KEYS or {settings.seal_key_file}"


def _count_by_key(connection: Connection, table_name: str, column_name: str) -> dict[str, int]:
    wrapped: ColumnElement[str] = column(column_name)
    key = func.substr(wrapped, 1, KEY_NAME_LENGTH)
    query = select(key, func.count()).select_from(table(table_name)).where(wrapped != "").group_by(key)
    return {str(name): int(count) for name, count in connection.execute(query)}


def _unreadable_secrets(connection: Connection, settings: Settings) -> list[str]:
    secret: ColumnElement[str | None] = column("second_factor_secret")
    stored = connection.scalars(select(secret).select_from(table("user_account")).where(secret.is_not(None)))
    cipher = SecretCipher(settings.secret_key)
    unreadable = sum(not cipher.can_decrypt(str(encrypted)) for encrypted in stored)
    if not unreadable:
        return []
    return [f"{unreadable} people's two-factor secrets need the SECRET_KEY that the backup was made with."]
