"""Passwords: argon2id hashes, and the rules a new one must keep."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _

MIN_LENGTH = 12
MAX_LENGTH = 128
_COMMON = (
    "passord", "password", "qwerty", "leverandør", "leverandor", "næringshage", "naeringshage", "velkommen",
    "sommer", "vinter", "høst", "norge", "trondheim", "trøndelag", "12345", "abc123", "letmein", "iloveyou",
)  # fmt: skip


@cache
def hasher(time_cost: int, memory_kib: int = 65_536) -> PasswordHasher:
    """Return an argon2id hasher; the cost is passes over `memory_kib` KiB of memory."""
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=2)


@cache
def dummy_hash(time_cost: int, memory_kib: int) -> str:
    """Return a hash that no password fits, checked for unknown addresses so that they take as long."""
    return hasher(time_cost, memory_kib).hash("nobody has this password")


def matches(password_hash: str, password: str) -> bool:
    """Say whether a password fits a hash; the cost is the one stored in the hash."""
    try:
        return PasswordHasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def check_quality(password: str, *own_words: str) -> None:
    """Refuse a password that is too short, too long, or built on a common word or the person's own.

    Raises RuleBroken with what to do.
    """
    if len(password) < MIN_LENGTH:
        raise RuleBroken(
            _("Use at least %(low)s characters. Four or five words are easy to remember.", low=MIN_LENGTH),
            "password",
        )
    if len(password) > MAX_LENGTH:
        raise RuleBroken(_("Use at most %(high)s characters.", high=MAX_LENGTH), "password")
    plain = unicodedata.normalize("NFKC", password).casefold()
    rest = plain
    words = [
        word for text in own_words for word in text.casefold().replace("@", " ").replace(".", " ").split()
    ]
    for word in sorted({*_COMMON, *(word for word in words if len(word) > 3)}, key=len, reverse=True):  # noqa: PLR2004 because shorter words stand in everything
        rest = rest.replace(word, "")
    letters = [character for character in rest if character.isalnum()]
    if len(set(letters)) < 5:  # noqa: PLR2004 because less is a repeated or borrowed word
        raise RuleBroken(
            _("This password is easy to guess. Put together words that do not belong together."), "password"
        )
