"""Password hashing with argon2id."""

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True)
class HashCost:
    """Cost parameters of argon2id: number of passes and memory."""

    passes: int = 3
    memory_kib: int = 65_536


@cache
def hasher(time_cost: int, memory_kib: int = 65_536) -> PasswordHasher:
    """Return an argon2id hasher with the given passes and memory in KiB."""
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=2)


def normalize(password: str) -> str:
    """Return the NFKC form of a password, which is the form that is hashed."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str, cost: HashCost) -> str:
    """Return the argon2id hash of a password."""
    return hasher(cost.passes, cost.memory_kib).hash(normalize(password))


@cache
def _dummy_hash(cost: HashCost) -> str:
    return hash_password("nobody has this password", cost)


def verify(password_hash: str | None, password: str, cost: HashCost, dummy_hash: str | None = None) -> bool:
    """Return True if the password matches the hash.

    Without a stored hash, verify against a dummy one so that timing does not reveal whether the account exists. Without
    `dummy_hash`, the dummy has the current cost.
    """
    stored = password_hash if password_hash and password_hash.startswith("$argon2") else None
    try:
        matches = hasher(cost.passes, cost.memory_kib).verify(
            stored or dummy_hash or _dummy_hash(cost), normalize(password)
        )
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and matches


def needs_rehash(password_hash: str, cost: HashCost) -> bool:
    """Return True if the hash was made with other cost parameters than the current ones."""
    return hasher(cost.passes, cost.memory_kib).check_needs_rehash(password_hash)
