"""Suggestions that do not block publication: each rule checks a draft and returns one piece of advice, or None."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from marketplace.briefs.coach.advice import Advice, advice
from marketplace.briefs.coach.draft_answers import Draft
from marketplace.briefs.coach.private_details import find_contact_details, find_secrets
from marketplace.briefs.guide import Guide
from marketplace.core import clock, taxonomy
from marketplace.core.dates import is_unknown

Rule = Callable[[Draft], Advice | None]
_RULES: list[tuple[str, Rule]] = []

MIN_AUDIENCE_WORDS, MAX_MUST_HAVES, MAX_INVITED, MAX_PRICE_WEIGHT = 4, 3, 5, 50
MIN_TOOL_NAME_LENGTH = 3
EASTER_MONTHS, EASTER_WORKING_DAYS = {3, 4}, 3
JULY = 7
_WHY = re.compile(
    r"\b(fordi|derfor|difor|so that|because|koster|kostar|costs?|taper|tapar|mister|mistar|lose|los(t|ing)|tapt|"
    r"rekker ikke|rekk ikkje|cannot|can.t|klarer ikke|klarar ikkje|tid|time[rn]?|timar|hours?|penger|pengar|money|"
    r"kund\w*|customers?|gjest\w*|guests?|bestill\w*|orders?|bookings?|dyrt?|expensive|går glipp|færre|fewer|\d+)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(beste kvalitet|best quality|høy kvalitet|høg kvalitet|high quality|moderne|modern|brukervennlig\w*|"
    r"brukarvenleg\w*|user.friendly|profesjonel\w*|professional|innovativ\w*|innovative|i verdensklasse|"
    r"i verdsklasse|world.class|lekker\w*|delikat\w*|fremtidsrettet|framtidsretta)\b",
    re.IGNORECASE,
)
_FILLERS = (
    r"må|skal|bør|være|vere|det|den|en|ei|et|eit|og|litt|så|veldig|mest|mulig|som|til|pris\w*|ha|leverandør\w*|"
    r"ikke|ikkje|for|must|should|be|have|an?|the|very|as|possible|and|price|supplier|not|too"
)
_SUBJECTIVE = (
    r"billig\w*|rimelig\w*|rimeleg\w*|prisgunstig\w*|lav|låg|dyre?|dyrt|god\w*|bra|fin|fint|flott|pene?|pent|rask\w*|"
    r"kjapp\w*|flink\w*|dyktig\w*|pålitelig\w*|påliteleg\w*|hyggelig\w*|hyggeleg\w*|seriøs\w*|kreativ\w*|cheap\w*|"
    r"affordable|inexpensive|expensive|low|good|nice|fast|quick|skilled|reliable|friendly|creative"
)
# Matches a line that consists of such words only. A supplier can show that it meets "raskt skjema på mobil".
_UNPROVABLE = re.compile(
    rf"(?=.*\b(?:{_SUBJECTIVE})\b)(?:\W*\b(?:{_FILLERS}|{_SUBJECTIVE})\b)+\W*", re.IGNORECASE
)
_SKETCH = re.compile(
    r"\b((gratis|free|uforpliktende|uforpliktande)\s+(\w+\s+)?(skisse\w*|utkast|designforslag|sketch\w*|mock-?ups?)|"
    r"(skisse\w*|designforslag|sketch\w*|mock-?ups?)\s+(i|sammen med|saman med|with|in)\s+(the\s+)?(tilbud\w*|tilbod\w*|offers?))\b",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"annonse(budsjett|penge|penga|kron|midl)\w*|mediebudsjett|(ad|advertising|media) (budget|spend|money)",
    re.IGNORECASE,
)
_CONTENT_WORDS = {
    "text": r"tekst|artik|innhold|innhald|copy|text|skriv",
    "photos": r"bilde|bilete|foto|photo|pictur",
    "logo": r"logo|profil|brand|merke",
    "film": r"film|video",
    "product_data": r"produkt|vare|product",
}


def _rule(code: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        _RULES.append((code, rule))
        return rule

    return register


def find_suggestions(guide: Guide, answers: Mapping[str, Any]) -> list[Advice]:
    """Return the suggestions for a brief, the one with the largest gain first."""
    draft = Draft(guide, answers)
    suggestions = [suggestion for _code, rule in _RULES if (suggestion := rule(draft)) is not None]
    return sorted(suggestions, key=lambda suggestion: -suggestion.gain)


def _has_target(text: str) -> bool:
    return bool(text.strip(" .")) and not is_unknown(text)


@_rule("no_target")
def _no_target(draft: Draft) -> Advice | None:
    if not draft.text("goal") or _has_target(draft.text("target")):
        return None
    return advice("suggestions", "no_target")


@_rule("no_why")
def _no_why(draft: Draft) -> Advice | None:
    text = draft.text("problem")
    return advice("suggestions", "no_why") if text and not _WHY.search(text) else None


@_rule("no_users")
def _no_users(draft: Draft) -> Advice | None:
    few = draft.word_count("audience_text") < MIN_AUDIENCE_WORDS
    return advice("suggestions", "no_users") if draft.items("audience") and few else None


@cache
def _tool_pattern() -> re.Pattern[str]:
    names = [alias for tool in taxonomy.raw_taxonomy()["tools"] for alias in (tool["name"], *tool["aliases"])]
    words = "|".join(
        re.escape(name)
        for name in sorted(set(names), key=len, reverse=True)
        if len(name) >= MIN_TOOL_NAME_LENGTH
    )
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


@_rule("tool_first")
def _tool_first(draft: Draft) -> Advice | None:
    for code in ("title", "goal"):
        if match := _tool_pattern().search(draft.text(code)):
            return advice("suggestions", "tool_first", code, word=match.group(0))
    return None


@_rule("many_must_haves")
def _many_must_haves(draft: Draft) -> Advice | None:
    count = len(draft.items("must_have"))
    return advice("suggestions", "many_must_haves", count=count) if count > MAX_MUST_HAVES else None


@_rule("unprovable_must_have")
def _unprovable_must_have(draft: Draft) -> Advice | None:
    texts = [text for text in draft.items("must_have") if _UNPROVABLE.fullmatch(text)]
    return advice("suggestions", "unprovable_must_have", word=texts[0]) if texts else None


@_rule("budget_low")
def _budget_low(draft: Draft) -> Advice | None:
    band = draft.band()
    if band is None or band.high is None:
        return None
    bands = [taxonomy.price_band(code) for code in draft.items("services")]
    low = sum(price.low for price in bands if price is not None and price.unit == "once")
    return advice("suggestions", "budget_low", low=low) if low > band.high else None


@_rule("budget_unknown")
def _budget_unknown(draft: Draft) -> Advice | None:
    return advice("suggestions", "budget_unknown") if draft.text("budget_band") == "unknown" else None


@_rule("content_open")
def _content_open(draft: Draft) -> Advice | None:
    written = f"{draft.text('deliverables')}\n{draft.text('must_have')}"
    question = draft.guide.question("content")
    open_rows = [
        question.row_label(row).lower()
        for row, answer in draft.table("content").items()
        if answer == "need_help" and not re.search(_CONTENT_WORDS.get(row, "$^"), written, re.IGNORECASE)
    ]
    return (
        advice("suggestions", "content_open", rows=open_rows)
        if open_rows and draft.items("deliverables")
        else None
    )


@_rule("no_limit")
def _no_limit(draft: Draft) -> Advice | None:
    return (
        advice("suggestions", "no_limit")
        if draft.items("deliverables") and not draft.text("out_of_scope")
        else None
    )


@_rule("finish_before_start")
def _finish_before_start(draft: Draft) -> Advice | None:
    finish, others = draft.date("finish_by"), (draft.date("start_from"), draft.date("decision_date"))
    if finish is None or not any(other and finish <= other for other in others):
        return None
    return advice("suggestions", "finish_before_start", finish=finish)


@_rule("start_before_decision")
def _start_before_decision(draft: Draft) -> Advice | None:
    start, decision = draft.date("start_from"), draft.date("decision_date")
    if start is None or decision is None or start >= decision:
        return None
    return advice("suggestions", "start_before_decision", start=start, decision=decision)


@_rule("decision_before_deadline")
def _decision_before_deadline(draft: Draft) -> Advice | None:
    decision, deadline = draft.date("decision_date"), draft.date("response_deadline")
    if decision is None or deadline is None or decision > deadline:
        return None
    return advice("suggestions", "decision_before_deadline", deadline=deadline)


@_rule("short_time")
def _short_time(draft: Draft) -> Advice | None:
    start, finish = draft.date("start_from"), draft.date("finish_by")
    if start is None or finish is None or not start < finish < start + dt.timedelta(days=21):
        return None
    return advice("suggestions", "short_time")


@_rule("season_launch")
def _season_launch(draft: Draft) -> Advice | None:
    finish = draft.date("finish_by")
    tourists = {"norwegian_tourists", "foreign_tourists"} & set(draft.items("audience"))
    in_season = finish is not None and (6, 15) <= (finish.month, finish.day) <= (8, 15)
    return advice("suggestions", "season_launch") if tourists and in_season else None


@_rule("holiday_deadline")
def _holiday_deadline(draft: Draft) -> Advice | None:
    deadline = draft.date("response_deadline")
    if deadline is None:
        return None
    month_day = (deadline.month, deadline.day)
    christmas = month_day >= (12, 21) or month_day <= (1, 3)
    # Around Easter at most three of the seven days are working days.
    week = [deadline + dt.timedelta(days=offset) for offset in range(-3, 4)]
    easter = (
        deadline.month in EASTER_MONTHS
        and sum(clock.is_working_day(day) for day in week) <= EASTER_WORKING_DAYS
    )
    return (
        advice("suggestions", "holiday_deadline", deadline=deadline)
        if deadline.month == JULY or christmas or easter
        else None
    )


@_rule("media_budget")
def _media_budget(draft: Draft) -> Advice | None:
    mentioned = any(_MEDIA.search(text) for _code, text in draft.prose())
    return advice("suggestions", "media_budget") if draft.has_group("ads") and not mentioned else None


@_rule("free_sketches")
def _free_sketches(draft: Draft) -> Advice | None:
    match = draft.find(_SKETCH)
    return advice("suggestions", "free_sketches", match[0]) if match else None


@_rule("contact_data")
def _contact_data(draft: Draft) -> Advice | None:
    found = draft.find_all(find_contact_details)
    return (
        advice("suggestions", "contact_data", next(iter(found.values())), words=list(found))
        if found
        else None
    )


@_rule("password")
def _password(draft: Draft) -> Advice | None:
    found = draft.find_all(find_secrets)
    return advice("suggestions", "password", next(iter(found.values())), words=list(found)) if found else None


@_rule("vague_word")
def _vague_word(draft: Draft) -> Advice | None:
    match = draft.find(_VAGUE)
    return advice("suggestions", "vague_word", match[0], word=match[1]) if match else None


@_rule("price_weight")
def _price_weight(draft: Draft) -> Advice | None:
    return (
        advice("suggestions", "price_weight")
        if draft.table("weights").get("price", 0) > MAX_PRICE_WEIGHT
        else None
    )


@_rule("ownership_gap")
def _ownership_gap(draft: Draft) -> Advice | None:
    question = draft.guide.question("ownership")
    owned = set(draft.items("ownership"))
    open_rows = [question.option_label(code).lower() for code in question.option_codes() if code not in owned]
    return (
        advice("suggestions", "ownership_gap", rows=open_rows)
        if open_rows and "ownership" in draft.answers
        else None
    )


@_rule("many_invited")
def _many_invited(draft: Draft) -> Advice | None:
    count = draft.answers.get("invite_count")
    return (
        advice("suggestions", "many_invited", count=count)
        if isinstance(count, int) and count > MAX_INVITED
        else None
    )


@_rule("no_aftercare")
def _no_aftercare(draft: Draft) -> Advice | None:
    lasting = draft.has_group("web", "ecm") and draft.items("deliverables")
    return advice("suggestions", "no_aftercare") if lasting and not draft.items("aftercare") else None


@_rule("personal_data_unknown")
def _personal_data_unknown(draft: Draft) -> Advice | None:
    return (
        advice("suggestions", "personal_data_unknown") if draft.text("personal_data") == "unknown" else None
    )


@_rule("no_link")
def _no_link(draft: Draft) -> Advice | None:
    return (
        advice("suggestions", "no_link") if draft.text("current_state") and not draft.items("links") else None
    )
