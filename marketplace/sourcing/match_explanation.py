"""A match in sentences: why a supplier stands where it stands, what is missing, and the words that met. Pure."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core import taxonomy
from marketplace.core.i18n import format_date, format_list, format_money, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.core.places import place_of
from marketplace.matching import Explanation, TermMatch

MOST_FACTS = 3
MOST_SENTENCES = 2
MOST_MARKED = 9
Params = Mapping[str, Any]


def language_name(code: str) -> str:
    """Return a language's name in the reader's language."""
    return {"nb": _("bokmål"), "nn": _("nynorsk"), "en": _("English"), "sma": _("South Sami")}.get(code, code)


def _place(params: Params) -> str:
    return place_of(params.get("municipality"))


def _sector(params: Params) -> str:
    found = taxonomy.sectors().get(str(params.get("sector", "")))
    return found.label.lower() if found else ""


def _date(params: Params) -> str:
    return format_date(dt.date.fromisoformat(params["date"]))


_FACTS: dict[str, Callable[[Params], str]] = {
    "cases_in_sector": lambda p: ngettext(
        "has shown %(num)s job in %(sector)s",
        "has shown %(num)s jobs in %(sector)s",
        p["count"],
        sector=_sector(p),
    ),
    "similar_cases": lambda p: ngettext(
        "has shown %(num)s similar job", "has shown %(num)s similar jobs", p["count"]
    ),
    "knows_sector": lambda p: _("knows %(sector)s", sector=_sector(p)),
    "writes_of_sector": lambda p: _("writes about %(sector)s", sector=_sector(p)),
    "comes_to": lambda p: _("takes jobs in %(place)s", place=_place(p)),
    "near": lambda p: _("is %(km)s km away", km=p["km"]),
    "works_remotely": lambda _p: _("works online"),
    "free_in_time": lambda p: _("is available from %(date)s", date=_date(p)),
    "within_budget": lambda p: _("accepts jobs from %(price)s", price=format_money(p["price_from_nok"])),
}
_LACKS: dict[str, Callable[[Params], str]] = {
    "must_have_not_shown": lambda p: _("Has not shown evidence for «%(text)s».", text=p["text"]),
    "over_budget": lambda p: _("The smallest job costs %(price)s, which is over your budget.", price=format_money(p["price_from_nok"])),
    "price_unknown": lambda _p: _("Has not stated a price."),
    "place_unknown": lambda _p: _("Has not stated where it takes jobs."),
    "far_away": lambda p: _("Is %(km)s km away.", km=p["km"]),
    "start_unknown": lambda _p: _("Has not stated its availability."),
    "starts_late": lambda p: _("Is not available until %(date)s.", date=_date(p)),
    "sector_not_shown": lambda p: _("Has not shown any jobs in %(sector)s.", sector=_sector(p)),
    "languages_missing": lambda p: _("Has not stated %(languages)s.", languages=format_list([language_name(c) for c in p["languages"]])),
    "languages_unknown": lambda _p: _("Has not stated its languages."),
    "says_the_same": lambda p: _("Says the same as %(name)s, which ranks higher.", name=p["name"]),
    "repeats_the_brief": lambda _p: _("Its text repeats your brief, so its words count less."),
    "text_to_look_at": lambda _p: _("Its words count less until a business garden has reviewed its profile."),
    "services_beside": lambda p: _("Offers something close to %(services)s, but not exactly that.", services=_services(p)),
    "services_not_stated": lambda p: _("Has not stated %(services)s.", services=_services(p)),
}  # fmt: skip
_EXCLUDED: dict[str, Callable[[Params], str]] = {
    "services": lambda _p: _("Does not offer the services you need"),
    "area": lambda p: _("Does not travel to %(place)s", place=_place(p)),
    "languages": lambda p: _("Does not work in %(languages)s", languages=format_list([language_name(c) for c in p.get("languages", [])])),
    "time": lambda _p: _("Not available in time"),
}  # fmt: skip
# Said first: what a company asks for first.
_FACT_ORDER = ("cases_in_sector", "similar_cases", "knows_sector", "comes_to", "near", "works_remotely", "free_in_time", "within_budget", "writes_of_sector")  # fmt: skip
_LACK_ORDER = ("says_the_same", "repeats_the_brief", "text_to_look_at", "services_beside", "must_have_not_shown", "over_budget", "services_not_stated", "languages_missing", "starts_late", "far_away", "sector_not_shown", "price_unknown", "start_unknown", "place_unknown", "languages_unknown")  # fmt: skip


def _services(params: Params) -> str:
    known = taxonomy.services()
    return format_list([known[code].label.lower() for code in params.get("services", ()) if code in known])


def why(explanation: Explanation) -> str:
    """Return one plain sentence of what speaks for a supplier, from at most three facts."""
    notes = sorted(
        (note for note in explanation.facts if note[0] in _FACTS), key=lambda note: _FACT_ORDER.index(note[0])
    )
    clauses = [_FACTS[code](params) for code, params in notes[:MOST_FACTS]]
    if not clauses:
        beside = any(code == "services_beside" for code, _params in explanation.lacks)
        return _("Offers something close to what you ask for.") if beside else _("Offers what you ask for.")
    sentence = format_list(clauses)
    return sentence[0].upper() + sentence[1:] + "."


def lacks(explanation: Explanation, most: int = 3) -> list[str]:
    """Return what is missing or not stated, the weightiest first."""
    notes = sorted(
        (note for note in explanation.lacks if note[0] in _LACKS), key=lambda note: _LACK_ORDER.index(note[0])
    )
    return [_LACKS[code](params) for code, params in notes[:most]]


def exclusion_sentence(reason: str, params: Params) -> str:
    """Return why some were left out, as the heading of a group."""
    return _EXCLUDED[reason](params) if reason in _EXCLUDED else _("Does not meet a must-have")


def miss_sentence(reason: str, params: Params) -> str:
    """Return why one supplier does not fit, as a sentence: a requirement, or the budget, that it does not meet."""
    return _LACKS[reason](params) if reason in _LACKS else f"{exclusion_sentence(reason, params)}."


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that is marked or not."""

    text: str
    marked: bool


def met(terms: Iterable[TermMatch], text: str, *, of_query: bool) -> list[Piece]:
    """Return the one or two sentences of a text where most of the shared words stand, with those words marked."""
    weights: dict[str, float] = {}
    shared = sorted((term for term in terms if term.part == "words"), key=lambda term: -term.value)
    for term in shared[:MOST_MARKED]:
        for word in term.query_words if of_query else term.document_words:
            weights[word.casefold()] = max(weights.get(word.casefold(), 0.0), term.value)
    if not weights:
        return []
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()]
    valued = [
        (sum(weights[word] for word in _words(sentence) & weights.keys()), place)
        for place, sentence in enumerate(sentences)
    ]
    chosen = sorted(
        place
        for value, place in sorted(valued, key=lambda item: (-item[0], item[1]))[:MOST_SENTENCES]
        if value > 0
    )
    return _marked(_joined([_short(sentences[place], weights) for place in chosen]), weights)


def _joined(sentences: Sequence[str]) -> str:
    """Return sentences as one text; after a heading, which has no full stop, a dash keeps it from running on."""
    parts = [text if text[-1] in ".!?…" else f"{text} \N{EN DASH}" for text in sentences[:-1]]
    return " ".join([*parts, *sentences[-1:]])


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"\w+", text)}


def _short(sentence: str, weights: Mapping[str, float], most: int = 170) -> str:
    """Return a long sentence cut down to the part around its first shared word."""
    if len(sentence) <= most:
        return sentence
    first = next((m.start() for m in re.finditer(r"\w+", sentence) if m.group().casefold() in weights), 0)
    start = max(0, first - 50)
    start = sentence.rfind(" ", 0, start) + 1 if start else 0
    end = sentence.find(" ", min(len(sentence), start + most))
    end = len(sentence) if end < 0 else end
    return ("… " if start else "") + sentence[start:end] + (" …" if end < len(sentence) else "")


def _marked(text: str, weights: Mapping[str, float]) -> list[Piece]:
    pieces: list[Piece] = []
    place = 0
    for found in re.finditer(r"\w+", text):
        if found.group().casefold() in weights:
            if found.start() > place:
                pieces.append(Piece(text[place : found.start()], marked=False))
            pieces.append(Piece(found.group(), marked=True))
            place = found.end()
    if place < len(text):
        pieces.append(Piece(text[place:], marked=False))
    return pieces


def part_label(code: str) -> str:
    """Return the name of a part of the score."""
    return {
        "words": _("The words in the brief"),
        "services": _("Services"),
        "sector": _("Sector and experience"),
        "place": _("Place"),
        "budget": _("Budget"),
        "availability": _("Availability"),
    }[code]
