"""Rules for new passwords: length, and zxcvbn with Norwegian words and the person's own names in its dictionaries."""

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache

from zxcvbn import matching, scoring

from marketplace.accounts.password_hashing import normalize
from marketplace.core import places
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.data import data_path, load_yaml

MIN_LENGTH = 12
MAX_LENGTH = 128
MIN_GUESSES = 10**10
"""zxcvbn's limit for its highest score: safe against an offline attack on a slow hash."""
WORD_RANK = 300
"""The rank of our own words, which are not ordered by frequency: as guessable as the 300th most common password."""
MIN_PERSONAL_WORD_LENGTH = 3
MAX_SCORED_LENGTH = 72
"""The running time of zxcvbn grows with the square of the length."""

_FOLD = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "é": "e", "è": "e", "ü": "u"})

_SEPARATOR = re.compile(r"(?<=[^\W\d_]{3})[\W_]+|[\W_]+(?=[^\W\d_]{3})")


def fold(text: str) -> str:
    """Return text in lower case with æ, ø and å transliterated, the form in which words are compared."""
    return text.casefold().translate(_FOLD)


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from itertools.chain.from_iterable(map(_strings, node.values()))
    elif isinstance(node, list):
        yield from itertools.chain.from_iterable(map(_strings, node))


@cache
def common_words() -> frozenset[str]:
    """Return the folded words of our word list, the municipalities, the counties and the taxonomy."""
    lines = data_path("common_words.txt").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    for municipality in places.municipalities_by_number().values():
        words.update(re.findall(r"\w{3,}", f"{municipality.name} {municipality.seat}".casefold()))
    words.update(re.findall(r"\w{3,}", " ".join(places.counties().values()).casefold()))
    taxonomy = " ".join(_strings(load_yaml("taxonomy.yaml")))
    words.update(re.findall(r"[a-zæøå]{4,}", taxonomy.casefold()))
    return frozenset(fold(word) for word in words)


@cache
def _common_ranks() -> dict[str, int]:
    return dict.fromkeys(common_words(), WORD_RANK)


def _personal_ranks(texts: Iterable[str]) -> dict[str, int]:
    """Rank the words of a person's names and addresses first, each word alone and all of a text joined."""
    ranks: dict[str, int] = {}
    for text in texts:
        parts = re.split(r"[\W_]+", fold(text))
        words = [part for part in parts if len(part) >= MIN_PERSONAL_WORD_LENGTH]
        ranks |= dict.fromkeys([*words, "".join(words)], 1)
    ranks.pop("", None)
    return ranks


def _guesses(text: str, personal: dict[str, int]) -> int:
    # zxcvbn.zxcvbn() stores the user's words in a module-level dictionary, which other threads would see.
    dictionaries = {**matching.RANKED_DICTIONARIES, "norwegian": _common_ranks(), "user_inputs": personal}
    matches = matching.omnimatch(text, dictionaries)
    return int(scoring.most_guessable_match_sequence(text, matches)["guesses"])


def is_guessable(password: str, personal_words: Iterable[str] = ()) -> bool:
    """Return True if the password takes too few guesses, with or without the punctuation around its words."""
    personal = _personal_ranks(personal_words)
    text = fold(password)[:MAX_SCORED_LENGTH]
    variants = {text, _SEPARATOR.sub("", text)}
    return any(_guesses(variant, personal) < MIN_GUESSES for variant in variants)


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
