"""Validation of a region's changes to the course plan, the texts of the guide, and the taxonomy with its sectors."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.briefs.guide.questions import LATEST, base_guide
from marketplace.core.course_plan import default_course_plan
from marketplace.core.i18n import LOCALES
from marketplace.core.taxonomy import base_taxonomy
from marketplace.regions.yaml_entries import Entry, Value

UNITS = ("project", "month", "hour", "day", "package")
MAX_WORDS = 30
MAX_LESSON_LINES = 6
UNKNOWN = "unknown"
"""The category of companies without a sector in reports."""
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_QUESTION_TEXTS = {"label": 120, "short": 60, "help": 400, "placeholder": 200}
_EXAMPLES = ("weak", "better")
_TOPIC_TEXTS = {"title": 80, "lede": 300}


def read_course_plan(value: Value) -> dict[str, Any]:
    """Return the times and the sessions that differ from the default course plan."""
    entry = Entry(value)
    plan = default_course_plan()
    found: dict[str, Any] = {}
    for key in ("starts_at", "ends_at"):
        time = entry.get(key)
        if time and (text := time.text(5)):
            found[key] = text
            if not _TIME.fullmatch(text):
                time.report(f"{text} is not a time.", "Write hours and minutes, such as 13:00.")
    starts, ends = (
        found.get(key, getattr(plan, key).isoformat("minutes")) for key in ("starts_at", "ends_at")
    )
    if ends <= starts:
        value.report(f"The course begins at {starts} and ends at {ends}.", "Let it end later than it begins.")
    numbers = [str(session.number) for session in plan.sessions]
    sessions: dict[str, dict[str, Any]] = {}
    for item in entry.items("sessions"):
        row = Entry(item)
        number = row.text("number", 2)
        if number and number not in numbers:
            item.report(f"There is no session {number}.", f"Use a number of the plan: {', '.join(numbers)}.")
        if number in sessions:
            item.report(f"Session {number} is written twice.", "Remove one of them.")
        title, about = row.texts("title", 80), row.texts("about", 300)
        row.check_unknown()
        sessions[number] = {"number": int(number) if number in numbers else 0, "title": title, "about": about}
    entry.check_unknown()
    return found | {"sessions": list(sessions.values())}


def read_guide(value: Value) -> dict[str, Any]:
    """Return the texts that replace those of the guide's questions and topics."""
    entry = Entry(value)
    guide = base_guide(LATEST)
    topics = {topic["code"]: topic for topic in guide["topics"]}
    questions = {
        question["code"]: question
        for topic in guide["topics"]
        for section in topic["sections"]
        for question in section["questions"]
    }
    found = {
        "questions": _read_codes(entry.get("questions"), questions, _QUESTION_TEXTS, "question"),
        "topics": _read_codes(entry.get("topics"), topics, _TOPIC_TEXTS, "topic"),
    }
    entry.check_unknown()
    return found


def _read_codes(
    value: Value | None, known: Mapping[str, Mapping[str, Any]], limits: Mapping[str, int], kind: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, item in Entry(value).keys() if value else ():
        if code not in known:
            item.report(
                f"The guide has no {kind} {code}.", f"Use a code of marketplace/data/guide/v{LATEST}.yaml."
            )
            continue
        row = Entry(item)
        texts: dict[str, Any] = {
            name: row.texts(name, high) for name, high in limits.items() if row.get(name)
        }
        for name in _EXAMPLES if kind == "question" else ():
            if (example := row.get(name)) and "example" in known[code]:
                part = Entry(example)
                texts[name] = {"text": part.texts("text", 400), "why": part.texts("why", 200)}
                part.check_unknown()
            elif example:
                example.report(f"The question {code} has no examples.", "Remove this.")
        if kind == "topic" and (lesson := row.get("lesson")):
            texts["lesson"] = _read_lesson(Entry(lesson))
        row.check_unknown()
        found[code] = texts
    return found


def _read_lesson(entry: Entry) -> dict[str, Any]:
    """Return the title and the lines of a lesson in each language."""
    title, text = entry.texts("title", 80), entry.require("text")
    lines: dict[str, list[str]] = {}
    if text is not None:
        texts = Entry(text)
        for locale in LOCALES:
            items = texts.items(locale, 1)
            if len(items) > MAX_LESSON_LINES:
                text.report(f"{locale} has {len(items)} lines.", f"Write at most {MAX_LESSON_LINES}.")
            lines[locale] = [item.text(300) for item in items]
        texts.check_unknown()
    entry.check_unknown()
    return {"title": title, "text": lines}


def read_taxonomy(values: Sequence[Value]) -> list[dict[str, Any]]:
    """Return the services that the region adds to the taxonomy."""
    groups = {group["code"]: group for group in base_taxonomy()["groups"]}
    codes = {service["code"] for group in groups.values() for service in group["services"]}
    words = {
        (locale, word.casefold()): service["code"]
        for group in groups.values()
        for service in group["services"]
        for locale, word in _words(service)
    }
    entries = [Entry(value) for value in values]
    found = [_read_service(entry, groups) for entry in entries]
    for service, value in zip(found, values, strict=True):
        if service["code"] in codes:
            value.report(
                f"The code {service['code']} is used already.", "Choose another: codes are never reused."
            )
        codes.add(service["code"])
        for locale, word in _words(service):
            if (other := words.setdefault((locale, word.casefold()), service["code"])) != service["code"]:
                value.report(
                    f"“{word}” ({locale}) belongs to {other} already.",
                    "A word points to one service: remove it here.",
                )
    for service, value in zip(found, values, strict=True):
        if unknown := sorted(set(service["related"]) - codes):
            value.report(
                f"Unknown related service: {', '.join(unknown)}.",
                "Use codes of marketplace/data/taxonomy.yaml.",
            )
    return found


def read_sectors(values: Sequence[Value]) -> list[dict[str, Any]]:
    """Return the sectors that the region adds, and those of the taxonomy that it gives another name."""
    known = {sector["code"]: sector for sector in base_taxonomy()["sectors"]}
    found = [_read_sector(Entry(value), known) for value in values]
    renamed = {sector["code"] for sector in found}
    words = {
        (locale, word.casefold()): code
        for code, sector in known.items()
        for locale, word in (*_words(sector), *sector["label"].items())
        if code not in renamed
    }
    seen: set[str] = set()
    for sector, value in zip(found, values, strict=True):
        if sector["code"] in seen:
            value.report(f"The sector {sector['code']} is written twice.", "Remove one of them.")
        seen.add(sector["code"])
        kept = sector if "terms" in sector else known.get(sector["code"], {})
        for locale, word in dict.fromkeys((*_words(kept), *sector["label"].items())):
            other = words.setdefault((locale, word.casefold()), sector["code"])
            if other != sector["code"]:
                value.report(
                    f"“{word}” ({locale}) belongs to the sector {other} already.",
                    "A word points to one sector: choose another name, or remove the word here.",
                )
    return found


def _read_sector(entry: Entry, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sector. A sector of the taxonomy keeps its words if the file gives none."""
    code = entry.text("code", 40, low=2)
    if code and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
        entry.value.report(f"The code {code} does not fit.", "Write words of a-z with hyphens between them.")
    if code == UNKNOWN:
        entry.value.report(f"The code {UNKNOWN} means that a company has no sector.", "Choose another code.")
    sector: dict[str, Any] = {"code": code, "label": entry.texts("label", 60)}
    terms = entry.get("terms") if code in known else entry.require("terms")
    if terms is not None:
        sector["terms"] = _read_words(terms, low=1)
    if _read_retired(entry, "sector"):
        sector["retired"] = True
    entry.check_unknown()
    return sector


def _read_retired(entry: Entry, kind: str) -> bool:
    """Return True if a service or a sector is no longer offered."""
    retired = entry.get("retired")
    text = retired.text(5) if retired else "false"
    if retired and text not in {"true", "false"}:
        retired.report("This must be true or false.", f"Write true to stop offering the {kind}.")
    return text == "true"


def _read_service(entry: Entry, groups: Mapping[str, Any]) -> dict[str, Any]:
    code, group, unit = entry.text("code", 48), entry.text("group", 3), entry.text("unit", 10)
    if group and group not in groups:
        entry.value.report(f"Unknown group: {group}.", f"Use one of {', '.join(groups)}.")
    if code and not re.fullmatch(rf"{re.escape(group)}\.[a-z0-9]+(-[a-z0-9]+)*", code):
        entry.value.report(
            f"The code {code} does not fit.",
            f"Write {group}. and then words of a-z with hyphens between them.",
        )
    if unit and unit not in UNITS:
        entry.value.report(f"Unknown unit: {unit}.", f"Use one of {', '.join(UNITS)}.")
    service = {
        "code": code,
        "group": group,
        "label": entry.texts("label", 60),
        "about": entry.texts("about", 200),
        "unit": unit,
        "related": [value.text(48) for value in entry.items("related")],
        "terms": _read_words(entry.require("terms"), low=1),
        "lay": _read_words(entry.get("lay"), low=0),
        "retired": _read_retired(entry, "service"),
    }
    entry.check_unknown()
    return service


def _read_words(value: Value | None, low: int) -> dict[str, list[str]]:
    """Return lists of words by language: names and synonyms (`terms`), or everyday expressions (`lay`)."""
    if value is None:
        return {locale: [] for locale in LOCALES}
    entry = Entry(value)
    found: dict[str, list[str]] = {}
    for locale in LOCALES:
        items = entry.items(locale, low)
        if len(items) > MAX_WORDS:
            value.report(f"{locale} has {len(items)} words.", f"Write at most {MAX_WORDS}.")
        found[locale] = [item.text(80, low=2).lower() for item in items]
    entry.check_unknown()
    return found


def _words(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in ("terms", "lay"):
        for locale, words in service.get(kind, {}).items():
            yield from ((locale, str(word)) for word in words)
