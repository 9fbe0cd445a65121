"""Keeping texts under seal: authenticated encryption at rest, with keys that lie outside the database.

Each thing under seal has a data key of its own, made at random and kept beside it, wrapped with one of the
installation's keys. Changing to a new key of the installation therefore wraps a few bytes anew and touches no
sealed text. What a text belongs to (`about`, as "proposal:17:content") is bound to it: a row that is changed, or
copied to another place, does not open. AES-256-GCM throughout.
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
    """Something under seal cannot be opened. The message says what to do, and holds no secret."""


class KeyMissingError(SealError):
    """The key that something was sealed with is not among the installation's keys."""


class TamperedError(SealError):
    """Something under seal was changed, or moved to another row, outside the product."""


class UnreadableKeyError(ValueError):
    """A key is not 64 hexadecimal characters."""


def new_key() -> str:
    """Return a fresh key as it is written in a setting: 64 hexadecimal characters."""
    return secrets.token_hex(KEY_BYTES)


def split_keys(text: str) -> list[str]:
    """Return the keys in a text, split by commas, spaces or lines. Raises UnreadableKeyError for what is none."""
    found = re.split(r"[\s,]+", text.strip().lower()) if text.strip() else []
    if not all(_HEX_KEY.fullmatch(key) for key in found):
        raise UnreadableKeyError
    return found


def key_name(key: str) -> str:
    """Return the short name of a key: it stands beside all that is sealed with it, and tells nothing of it."""
    return hashlib.sha256(b"name of a key" + bytes.fromhex(key)).hexdigest()[:8]


class Keyring:
    """The installation's keys, the newest first; read anew when something was sealed with an unknown one."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read
        self._keys: dict[str, AESGCM] = {}
        self.reload()

    def reload(self) -> None:
        """Read the keys from where they are kept."""
        self._keys = {key_name(key): AESGCM(bytes.fromhex(key)) for key in self._read()}

    @property
    def names(self) -> list[str]:
        """Return the names of the keys, the newest first."""
        return list(self._keys)

    def wrap(self, data_key: bytes, about: str) -> str:
        """Return a data key, wrapped with the newest key. Raises KeyMissingError when there is none."""
        name = next(iter(self._keys), None)
        if name is None:
            message = "There is no key to seal with: set SEAL_KEYS, or put the file seal_keys back in the instance folder."
            raise KeyMissingError(message)
        return f"{name}.{_encrypt(self._keys[name], data_key, about)}"

    def unwrap(self, wrapped: str, about: str) -> bytes:
        """Return a data key. Raises KeyMissingError or TamperedError."""
        name, _dot, box = wrapped.partition(".")
        if name not in self._keys:
            self.reload()
        key = self._keys.get(name)
        if key is None:
            message = (
                f"What is sealed at {about} needs the key {name}, and the keys here are {', '.join(self.names) or 'none'}. "
                "Put that key back: add it to SEAL_KEYS, or to the file seal_keys in the instance folder, and restart."
            )
            raise KeyMissingError(message)
        return _decrypt(key, box, about)


_keyrings: dict[URL, Keyring] = {}


def use_keyring(database: URL, keyring: Keyring) -> None:
    """Let what is under seal in a database be opened with these keys."""
    _keyrings[database] = keyring


def keyring_of(database: URL) -> Keyring:
    """Return the keys of a database. Raises KeyMissingError."""
    found = _keyrings.get(database)
    if found is None:
        message = "No keys are known for this database: open it through the `marketplace` command."
        raise KeyMissingError(message)
    return found


def new_data_key(keyring: Keyring, about: str) -> str:
    """Return a fresh data key, wrapped."""
    return keyring.wrap(secrets.token_bytes(KEY_BYTES), about)


def rewrap(keyring: Keyring, wrapped: str, about: str) -> str:
    """Return a data key wrapped with the newest key; as it is when it was so already."""
    if wrapped.partition(".")[0] == keyring.names[0]:
        keyring.unwrap(wrapped, about)
        return wrapped
    return keyring.wrap(keyring.unwrap(wrapped, about), about)


def seal(keyring: Keyring, wrapped: str, owner: str, part: str, value: Any) -> str:
    """Return a plain JSON value under seal; `owner` is whose data key it is, `part` what it is of the owner's."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _encrypt(AESGCM(keyring.unwrap(wrapped, owner)), text, f"{owner}:{part}")


def unseal(keyring: Keyring, wrapped: str, owner: str, part: str, box: str) -> Any:
    """Return what was sealed. Raises KeyMissingError, or TamperedError when a byte or the place is another."""
    return json.loads(_decrypt(AESGCM(keyring.unwrap(wrapped, owner)), box, f"{owner}:{part}"))


def _encrypt(key: AESGCM, text: bytes, about: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + key.encrypt(nonce, text, about.encode())).decode()


def _decrypt(key: AESGCM, box: str, about: str) -> bytes:
    try:
        raw = base64.b64decode(box, altchars=b"-_", validate=True)
        return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError, binascii.Error) as error:
        message = (
            f"What is sealed at {about} does not open: the row was changed or moved outside the product. "
            "Bring that row back from a backup; `marketplace keys check` lists all such rows."
        )
        raise TamperedError(message) from error
