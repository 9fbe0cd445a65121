"""Passwords: argon2id hashes, and the rules a new one must keep."""

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
    """The price of a password check: argon2id passes and memory."""

    passes: int = 3
    memory_kib: int = 65_536


@cache
def hasher(time_cost: int, memory_kib: int = 65_536) -> PasswordHasher:
    """Return an argon2id hasher; the cost is passes over `memory_kib` KiB of memory."""
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=2)


def normalize(password: str) -> str:
    """Return a password in the one Unicode form that is hashed, whatever keyboard wrote it."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str, cost: HashCost) -> str:
    """Return the hash to keep of a password."""
    return hasher(cost.passes, cost.memory_kib).hash(normalize(password))


@cache
def _dummy_hash(cost: HashCost) -> str:
    return hash_password("nobody has this password", cost)


def verify(password_hash: str | None, password: str, cost: HashCost) -> bool:
    """Say whether a password fits a hash.

    Where there is no hash to check, one that nothing fits is checked: no answer comes sooner than another.
    """
    known = password_hash if password_hash and password_hash.startswith("$argon2") else None
    try:
        fits = hasher(cost.passes, cost.memory_kib).verify(known or _dummy_hash(cost), normalize(password))
    except (VerificationError, InvalidHashError):
        return False
    return known is not None and fits


def needs_rehash(password_hash: str, cost: HashCost) -> bool:
    """Say whether a hash was made at another price than today's and should be made anew."""
    return hasher(cost.passes, cost.memory_kib).check_needs_rehash(password_hash)


def check_strength(password: str, *personal_words: str) -> None:
    """Refuse a password that is too short, too long, or built on common words or the person's own.

    `personal_words` are names and addresses that a stranger would try: the person's, the site's, the organisation's.
    Raises RuleBroken with what to do.
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
