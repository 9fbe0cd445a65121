"""Envelope encryption at rest for sealed offers, with AES-256-GCM and master keys outside the database.

Each sealed object has a random data key, stored next to it and wrapped with a master key of the installation.
Rotating the master key therefore rewraps data keys and re-encrypts no content. The identity of the object (`context`,
such as "proposal:17:content") is authenticated as associated data: a row that was changed, or copied to another
object, does not decrypt.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import URL

from marketplace.core.errors import MarketplaceError

KEY_BYTES = 32
_NONCE_BYTES = 12
_HEX_KEY = re.compile(r"[0-9a-f]{64}")


class SealError(MarketplaceError):
    """Sealed data cannot be decrypted. The message says what to do and contains no secret."""


class KeyMissingError(SealError):
    """The master key that wraps a data key is not in the keyring."""


class TamperedError(SealError):
    """Sealed data was changed or moved to another row outside the application."""


class UnreadableKeyError(ValueError):
    """A master key is not 64 hexadecimal characters."""


def new_key() -> str:
    """Return a random master key as 64 hexadecimal characters, the format of the setting."""
    return secrets.token_hex(KEY_BYTES)


def split_keys(text: str) -> list[str]:
    """Split a text into master keys, at commas or whitespace. Raises UnreadableKeyError for anything else."""
    keys = re.split(r"[\s,]+", text.strip().lower()) if text.strip() else []
    if not all(_HEX_KEY.fullmatch(key) for key in keys):
        raise UnreadableKeyError
    return keys


def key_name(key: str) -> str:
    """Return the short id of a master key, stored with all data that the key wraps. The id reveals nothing about the key."""
    return hashlib.sha256(b"name of a key" + bytes.fromhex(key)).hexdigest()[:8]


class Keyring:
    """The master keys, newest first. Reloaded when data was wrapped with an unknown key."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read
        self._keys: dict[str, AESGCM] = {}
        self.reload()

    def reload(self) -> None:
        """Read the master keys from their source."""
        self._keys = {key_name(key): AESGCM(bytes.fromhex(key)) for key in self._read()}

    @property
    def names(self) -> list[str]:
        """Ids of the master keys, newest first."""
        return list(self._keys)

    def wrap(self, data_key: bytes, context: str) -> str:
        """Wrap a data key with the newest master key. Raises KeyMissingError if there is none."""
        name = next(iter(self._keys), None)
        if name is None:
            message = "There is no key to seal with: set SEAL_KEYS, or put the file seal_keys back in the instance folder."
            raise KeyMissingError(message)
        return f"{name}.{_encrypt(self._keys[name], data_key, context)}"

    def unwrap(self, wrapped: str, context: str) -> bytes:
        """Unwrap a data key. Raises KeyMissingError or TamperedError."""
        name, _dot, ciphertext = wrapped.partition(".")
        if name not in self._keys:
            self.reload()
        key = self._keys.get(name)
        if key is None:
            message = (
                f"The data sealed as {context} needs the key {name}; the configured keys are {', '.join(self.names) or 'none'}. "
                "Add the missing key to SEAL_KEYS, or to the file seal_keys in the instance folder, and restart."
            )
            raise KeyMissingError(message)
        return _decrypt(key, ciphertext, context)


_keyrings: dict[URL, Keyring] = {}


def use_keyring(database: URL, keyring: Keyring) -> None:
    """Register the keyring of a database."""
    _keyrings[database] = keyring


def keyring_of(database: URL) -> Keyring:
    """Return the keyring of a database. Raises KeyMissingError."""
    keyring = _keyrings.get(database)
    if keyring is None:
        message = "No keys are known for this database: open it through the `marketplace` command."
        raise KeyMissingError(message)
    return keyring


def new_data_key(keyring: Keyring, context: str) -> str:
    """Return a random data key, wrapped."""
    return keyring.wrap(secrets.token_bytes(KEY_BYTES), context)


def rewrap(keyring: Keyring, wrapped: str, context: str) -> str:
    """Rewrap a data key with the newest master key, unless it already is."""
    if wrapped.partition(".")[0] == keyring.names[0]:
        keyring.unwrap(wrapped, context)
        return wrapped
    return keyring.wrap(keyring.unwrap(wrapped, context), context)


def seal(keyring: Keyring, wrapped: str, owner: str, part: str, value: Any) -> str:
    """Encrypt a JSON value. `owner` identifies the object with the data key, `part` the value within the object."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _encrypt(AESGCM(keyring.unwrap(wrapped, owner)), text, f"{owner}:{part}")


def unseal(keyring: Keyring, wrapped: str, owner: str, part: str, ciphertext: str) -> Any:
    """Decrypt a sealed value. Raises KeyMissingError, or TamperedError if it was changed or moved."""
    return json.loads(_decrypt(AESGCM(keyring.unwrap(wrapped, owner)), ciphertext, f"{owner}:{part}"))


def seal_bytes(keyring: Keyring, wrapped: str, owner: str, part: str, data: bytes) -> bytes:
    """Encrypt bytes, such as a file. `owner` and `part` are as in `seal`."""
    return _encrypt_bytes(AESGCM(keyring.unwrap(wrapped, owner)), data, f"{owner}:{part}")


def unseal_bytes(keyring: Keyring, wrapped: str, owner: str, part: str, ciphertext: bytes) -> bytes:
    """Decrypt sealed bytes. Raises KeyMissingError, or TamperedError if they were changed or moved."""
    return _decrypt_bytes(AESGCM(keyring.unwrap(wrapped, owner)), ciphertext, f"{owner}:{part}")


def _encrypt(key: AESGCM, text: bytes, context: str) -> str:
    return base64.urlsafe_b64encode(_encrypt_bytes(key, text, context)).decode()


def _encrypt_bytes(key: AESGCM, data: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, data, context.encode())


def _decrypt(key: AESGCM, ciphertext: str, context: str) -> bytes:
    try:
        raw = base64.b64decode(ciphertext, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    return _decrypt_bytes(key, raw, context)


def _decrypt_bytes(key: AESGCM, raw: bytes, context: str) -> bytes:
    try:
        return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        message = (
            f"The data sealed as {context} cannot be decrypted: its row was changed or moved outside the application. "
            "Restore the row from a backup; `marketplace keys check` lists all such rows."
        )
        raise TamperedError(message) from error
