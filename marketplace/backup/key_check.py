"""Values in a backup that the configured keys cannot decrypt.

The columns are read by name, not through the models: a backup may have the schema of an earlier version.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.config import Settings

WRAPPED_COLUMNS = (
    ("proposal", "data_key", "sealed offers"),
    ("outbox_mail", "sealed_link", "links of queued e-mail"),
    ("form_draft", "sealed_content", "drafts of forms"),
    ("participation", "sealed_token", "links of participants"),
)
"""Columns that begin with the name of the seal key they are encrypted with, and what they hold."""
KEY_NAME_LENGTH = 8


ColumnReader = Callable[[str, str], Iterable[str]]
"""Return the values of a column that are not empty; none if the data has no such table or column."""


def find_unreadable(read: ColumnReader, settings: Settings) -> list[str]:
    """Return one message for each key that is missing: what is encrypted with it, and where to put it."""
    names, faults = settings.keyring().names, []
    for table_name, column_name, contents in WRAPPED_COLUMNS:
        counts = Counter(value[:KEY_NAME_LENGTH] for value in read(table_name, column_name))
        faults += [
            f"{count} {contents} need the key {key}. Add it to {_where(settings)}."
            for key, count in counts.items()
            if key not in names
        ]
    cipher = SecretCipher(settings.secret_key)
    unreadable = sum(
        not cipher.can_decrypt(secret) for secret in read("user_account", "second_factor_secret")
    )
    if unreadable:
        faults.append(
            f"{unreadable} people's two-factor secrets need the SECRET_KEY that the backup was made with."
        )
    return faults


def _where(settings: Settings) -> str:
    return "SEAL_KEYS" if settings.seal_keys else f"SEAL_KEYS or {settings.seal_key_file}"
