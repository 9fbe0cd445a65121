"""Password hashing with argon2id, and the rules for new passwords."""

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.accounts.password_strength import is_guessable
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _

MIN_LENGTH = 12
MAX_LENGTH = 128


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

    Without a stored hash, verify against a dummy one so that timing does not reveal whether the account exists. By
    default it has the current cost.
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


def check_strength(password: str, *personal_words: str) -> None:
    """Refuse a password that is too short, too long or easy to guess.

    `personal_words` are names and addresses that an attacker would try: the user's, the site's, the organisation's.
    Raises RuleBroken with advice.
    """
    plain = normalize(password)
    if len(plain) < MIN_LENGTH:
        raise RuleBroken(
            _("Use at least %(low)s characters. Four or five words are easy to remember.", low=MIN_LENGTH),
            "password",
        )
    if len(plain) > MAX_LENGTH:
        raise RuleBroken(_("Use %(high)s characters or fewer.", high=MAX_LENGTH), "password")
    if is_guessable(plain):
        raise RuleBroken(
            _("This password is easy to guess. Combine words that are unrelated to each other."), "password"
        )
    if is_guessable(plain, personal_words):
        raise RuleBroken(
            _("Do not use your own name or address, or the names of the site or your organisation."),
            "password",
        )
