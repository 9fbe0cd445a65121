"""What people build passwords on, and how much of a password is more than that.

A password is read as a thief's program reads it: common words, names, places, rows of the keyboard, runs of letters
and years count for little however they are dressed; what is left counts. The words are our own: a list of
passwords' usual material, every municipality, and the trade's own vocabulary from the taxonomy.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache

import yaml

from marketplace.core import places
from marketplace.data import data_path

SHORTEST_OWN_WORD = 3
SHORT_WORD = 4
ENOUGH = 3.0
"""Points a password needs: three common words, six odd characters, or some of each."""

_FOLD = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "é": "e", "è": "e", "ü": "u"})
_DRESSED = str.maketrans("0134578@$!|€", "oleastbasiie")
_ROWS = ("1234567890+", "qwertyuiopå", "asdfghjkløæ", "zxcvbnm,.-")
_SHIFTED = ('!"#¤%&/()=?`', "!@#$%^&*()_+")
_RUN = 3
_READABLE = 6


def fold(text: str) -> str:
    """Return text as words are compared: small letters, æøå as a typist abroad writes them."""
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
    """Return the words, folded: several thousand."""
    lines = data_path("common_words.txt").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    for municipality in places.municipalities_by_number().values():
        words.update(re.findall(r"\w{3,}", f"{municipality.name} {municipality.seat}".casefold()))
    words.update(re.findall(r"\w{3,}", " ".join(places.counties().values()).casefold()))
    with data_path("taxonomy.yaml").open(encoding="utf-8") as file:
        trade = " ".join(_strings(yaml.safe_load(file)))
    words.update(re.findall(r"[a-zæøå]{4,}", trade.casefold()))
    return frozenset(fold(word) for word in words)


@cache
def _neighbours() -> frozenset[tuple[str, str]]:
    """Return pairs of keys that lie beside each other, in a row or one row apart."""
    pairs: set[tuple[str, str]] = set()
    for number, row in enumerate(_ROWS):
        for place, key in enumerate(row):
            near = [row[place + 1 : place + 2]]
            if number + 1 < len(_ROWS):
                near += [_ROWS[number + 1][max(0, place - 1) : place + 1]]
            pairs.update((key, other) for other in "".join(near))
    pairs.update(pair for row in _SHIFTED for pair in itertools.pairwise(row))
    return frozenset(pairs | {(second, first) for first, second in pairs})


def _goes_on(first: str, second: str) -> bool:
    """Say whether a character follows from the one before: the same, the next in the alphabet, the next key."""
    return abs(ord(first) - ord(second)) <= 1 or (first, second) in _neighbours()


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where runs along the keyboard or the alphabet begin and end, and years."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _goes_on(text[place - 1], text[place]):
            if place - start >= _RUN:
                yield start, place
            start = place
    for year in re.finditer(r"(?:19|20)\d\d", text):
        yield year.span()


def _own(words: Iterable[str]) -> set[str]:
    """Return a person's and a site's own words, each alone and run together."""
    found: set[str] = set()
    for text in words:
        parts = [part for part in re.split(r"[\W_]+", fold(text)) if len(part) >= SHORTEST_OWN_WORD]
        found.update(parts)
        found.add("".join(parts))
    return {word for word in found if len(word) >= SHORTEST_OWN_WORD}


@cache
def _longest(words: frozenset[str]) -> int:
    return max(map(len, words))


def _cheapest(text: str, own: set[str], common: frozenset[str]) -> list[tuple[int, int, str]]:
    """Return the pieces of a text's reading that leaves the fewest characters: (start, end, kind)."""
    runs = dict(_runs(text))
    longest = max(_longest(common), *map(len, own), 0)
    best: list[tuple[float, list[tuple[int, int, str]]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        cost, pieces = best[end - 1]
        found = (cost + 1.0, [*pieces, (end - 1, end, "odd")])
        for start in range(max(0, end - longest), end):
            piece = text[start:end]
            kind = "own" if piece in own else "run" if runs.get(start) == end else ""
            if not kind and end - start >= SHORTEST_OWN_WORD and piece in common:
                kind = "word"
            if kind and best[start][0] + 0.5 < found[0]:
                found = (best[start][0] + 0.5, [*best[start][1], (start, end, kind)])
        best.append(found)
    return best[-1][1]


def _points(text: str, own: set[str]) -> float:
    """Return what a reading of a password is worth."""
    words: set[str] = set()
    odd: set[str] = set()
    for start, end, kind in _cheapest(text, own, common_words()):
        if kind == "odd" and not text[start:end].isspace():
            odd.add(text[start:end])
        elif kind in {"word", "run"}:
            words.add(text[start:end] if kind == "word" else "run")
    return len(odd) / 2 + sum(1.0 if len(word) >= SHORT_WORD else 0.5 for word in words)


def is_guessable(password: str, personal_words: Iterable[str] = ()) -> bool:
    """Say whether a password is mostly what anybody would try: common words, rows of keys, one's own name."""
    plain, own = fold(password), _own(personal_words)
    bare = re.sub(r"[\W_]+", "", plain)
    readings = {plain, plain.translate(_DRESSED), bare if len(bare) >= _READABLE else plain}
    return any(_points(reading, own) < ENOUGH for reading in readings)
