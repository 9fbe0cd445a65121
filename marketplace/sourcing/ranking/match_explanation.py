"""Match explanations as sentences: strengths, gaps, and excerpts with the shared words highlighted. Pure."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core import taxonomy
from marketplace.core.i18n import (
    format_date,
    format_list,
    format_money,
    gettext as _,
    language_in_sentence,
    ngettext,
)
from marketplace.core.places import municipality_name
from marketplace.directory.search.query_analysis import is_informative_word
from marketplace.matching import Explanation, Match, TermMatch

MAX_FACTS = 3
MAX_SENTENCES = 2
MAX_SENTENCE_LENGTH = 170
MAX_HIGHLIGHTED = 9
Params = Mapping[str, Any]


def language_name(code: str) -> str:
    """Return the name of a language as inside a sentence."""
    names = {"nb": _("Bokmål"), "nn": _("Nynorsk"), "en": _("English"), "sma": _("South Sami")}
    return language_in_sentence(names.get(code, code))


def _place(params: Params) -> str:
    return municipality_name(params.get("municipality"))


def _sector(params: Params) -> str:
    sector = taxonomy.sectors().get(str(params.get("sector", "")))
    return sector.label.lower() if sector else ""


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
    "writes_of_services": lambda p: _(
        "writes about %(services)s without being approved for it", services=_services(p)
    ),
    "writes_of_sector": lambda p: _("writes about %(sector)s", sector=_sector(p)),
    "comes_to": lambda p: _("takes jobs in %(place)s", place=_place(p)),
    "near": lambda p: _("is %(km)s km away in a straight line", km=p["km"]),
    "works_remotely": lambda _p: _("works online"),
    "free_in_time": lambda p: _("is available from %(date)s", date=_date(p)),
    "within_budget": lambda p: _("accepts jobs from %(price)s", price=format_money(p["price_from_nok"])),
}
_GAPS: dict[str, Callable[[Params], str]] = {
    "must_have_not_shown": lambda p: _("Has not shown evidence for “%(text)s”.", text=p["text"]),
    "over_budget": lambda p: _("The smallest job costs %(price)s, which is over the budget.", price=format_money(p["price_from_nok"])),
    "price_unknown": lambda _p: _("Has not stated a price."),
    "place_unknown": lambda _p: _("Has not stated where it takes jobs."),
    "far_away": lambda p: _("Is %(km)s km away in a straight line.", km=p["km"]),
    "start_unknown": lambda _p: _("Has not stated its availability."),
    "starts_late": lambda p: _("Is not available until %(date)s.", date=_date(p)),
    "sector_not_shown": lambda p: _("Has not shown any jobs in %(sector)s.", sector=_sector(p)),
    "languages_missing": lambda p: _("Has not stated %(languages)s.", languages=format_list([language_name(c) for c in p["languages"]])),
    "languages_unknown": lambda _p: _("Has not stated its languages."),
    "says_the_same": lambda p: _("Says the same as %(name)s, which ranks higher.", name=p["name"]),
    "repeats_the_brief": lambda _p: _("Its text repeats the brief, so its words count less."),
    "text_to_look_at": lambda _p: _("Its words count less until a business garden has reviewed its profile."),
    "services_beside": lambda p: _not_offered(_service_labels(p)),
    "services_not_stated": lambda p: _not_offered(_service_labels(p)),
}  # fmt: skip
_EXCLUDED: dict[str, Callable[[Params], str]] = {
    "services": lambda _p: _("Does not offer the services you need"),
    "area": lambda p: _("Does not travel to %(place)s", place=_place(p)),
    "languages": lambda p: _("Does not work in %(languages)s", languages=format_list([language_name(c) for c in p.get("languages", [])])),
    "time": lambda _p: _("Not available in time"),
}  # fmt: skip
# Sorted by how important a fact is to companies.
_FACT_ORDER = ("writes_of_services", "cases_in_sector", "similar_cases", "knows_sector", "comes_to", "near", "works_remotely", "free_in_time", "within_budget", "writes_of_sector")  # fmt: skip
_GAP_ORDER = ("services_beside", "over_budget", "says_the_same", "repeats_the_brief", "text_to_look_at", "must_have_not_shown", "services_not_stated", "languages_missing", "starts_late", "far_away", "sector_not_shown", "price_unknown", "start_unknown", "place_unknown", "languages_unknown")  # fmt: skip


def _service_labels(params: Params) -> list[str]:
    known = taxonomy.services()
    return [known[code].label.lower() for code in params.get("services", ()) if code in known]


def _services(params: Params) -> str:
    return format_list(_service_labels(params))


def _not_offered(labels: Sequence[str]) -> str:
    *others, last = labels or [""]
    if not others:
        return _("Does not offer %(service)s.", service=last)
    if len(others) == 1:
        return _("Offers neither %(service)s nor %(last)s.", service=others[0], last=last)
    return _("Offers none of these: %(services)s.", services=format_list([*others, last]))


def summary_sentence(explanation: Explanation) -> str:
    """Return one sentence with the supplier's strengths, made of at most three facts."""
    notes = sorted(
        (note for note in explanation.facts if note[0] in _FACTS), key=lambda note: _FACT_ORDER.index(note[0])
    )
    clauses = [_FACTS[code](params) for code, params in notes]
    if any(code == "services_beside" for code, _params in explanation.lacks):
        clauses.insert(0, _("offers something close to what the brief asks for"))
    if not clauses:
        return _("Offers what the brief asks for.")
    sentence = format_list(clauses[:MAX_FACTS])
    return sentence[0].upper() + sentence[1:] + "."


def approved_services(explanation: Explanation) -> list[str]:
    """Return the names of those of the brief's services that the supplier is approved for."""
    codes = next(
        (params["services"] for code, params in explanation.facts if code == "services_in_common"), ()
    )
    return [taxonomy.services()[code].label for code in codes if code in taxonomy.services()]


def gap_sentences(explanation: Explanation, limit: int = 3) -> list[str]:
    """Return sentences about missing or unstated properties, most important first."""
    notes = sorted(
        (note for note in explanation.lacks if note[0] in _GAPS), key=lambda note: _GAP_ORDER.index(note[0])
    )
    return [_GAPS[code](params) for code, params in notes[:limit]]


def misfit_label(match: Match) -> str:
    """Return a short text that says why a listed supplier does not fit, or an empty text if it fits."""
    if match.fits:
        return ""
    if match.is_related_only:
        return _("Does not fit: offers none of the services")
    return _("Does not fit: over the budget")


def exclusion_sentence(reason: str, params: Params) -> str:
    """Return the reason for an exclusion, as the heading of a group."""
    return _EXCLUDED[reason](params) if reason in _EXCLUDED else _("Does not meet a must-have")


def miss_sentence(reason: str, params: Params) -> str:
    """Return a sentence about the requirement, or the budget, that one supplier does not meet."""
    return _GAPS[reason](params) if reason in _GAPS else f"{exclusion_sentence(reason, params)}."


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A part of a text, highlighted or not."""

    text: str
    highlighted: bool


def excerpts(
    terms: Sequence[TermMatch], query_text: str, document_text: str
) -> tuple[list[TextSpan], list[TextSpan]]:
    """Return one or two sentences of the brief, and of the supplier, about the same, with the matching words highlighted.

    These are words that both use, or else words that point to a service that the brief needs. Without any, both are empty.
    """
    for part in ("words", "services"):
        matching = sorted((term for term in terms if term.part == part), key=lambda term: -term.value)
        document = _excerpt(matching[:MAX_HIGHLIGHTED], document_text, lambda term: term.document_words)
        written = {span.text.casefold() for span in document if span.highlighted}
        shown = [term for term in matching if written & {word.casefold() for word in term.document_words}]
        query = _excerpt(shown, query_text, lambda term: term.query_words)
        if query:
            return query, document
    return [], []


def _excerpt(
    terms: Sequence[TermMatch], text: str, words_of: Callable[[TermMatch], Sequence[str]]
) -> list[TextSpan]:
    """Return the one or two sentences of a text that contain most of the words, with these highlighted."""
    weights: dict[str, float] = {}
    for term in terms:
        for word in filter(is_informative_word, words_of(term)):
            weights[word.casefold()] = max(weights.get(word.casefold(), 0.0), term.value)
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()]
    scored = [
        (sum(weights[word] for word in _words(sentence) & weights.keys()), index)
        for index, sentence in enumerate(sentences)
    ]
    chosen = sorted(
        index
        for score, index in sorted(scored, key=lambda item: (-item[0], item[1]))[:MAX_SENTENCES]
        if score > 0
    )
    return _highlight(_join([_shorten(sentences[index], weights) for index in chosen]), weights)


def _join(sentences: Sequence[str]) -> str:
    """Join sentences. A heading, which has no full stop, is followed by a dash."""
    parts = [text if text[-1] in ".!?…" else f"{text} \N{EN DASH}" for text in sentences[:-1]]
    return " ".join([*parts, *sentences[-1:]])


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"\w+", text)}


def _shorten(sentence: str, weights: Mapping[str, float]) -> str:
    """Cut a long sentence down to the part around its first shared word."""
    if len(sentence) <= MAX_SENTENCE_LENGTH:
        return sentence
    first = next((m.start() for m in re.finditer(r"\w+", sentence) if m.group().casefold() in weights), 0)
    start = max(0, first - 50)
    start = sentence.rfind(" ", 0, start) + 1 if start else 0
    end = sentence.find(" ", min(len(sentence), start + MAX_SENTENCE_LENGTH))
    end = len(sentence) if end < 0 else end
    return ("… " if start else "") + sentence[start:end] + (" …" if end < len(sentence) else "")


def _highlight(text: str, weights: Mapping[str, float]) -> list[TextSpan]:
    spans: list[TextSpan] = []
    end = 0
    for word in re.finditer(r"\w+", text):
        if word.group().casefold() in weights:
            if word.start() > end:
                spans.append(TextSpan(text[end : word.start()], highlighted=False))
            spans.append(TextSpan(word.group(), highlighted=True))
            end = word.end()
    if end < len(text):
        spans.append(TextSpan(text[end:], highlighted=False))
    return spans


def part_label(code: str) -> str:
    """Return the label of a part of the score."""
    return {
        "words": _("The words in the brief"),
        "services": _("Services"),
        "sector": _("Sector and experience"),
        "place": _("Place"),
        "budget": _("Budget"),
        "availability": _("Availability"),
    }[code]
