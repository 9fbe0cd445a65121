"""Derivation of a brief from an action of a strategy: the parts that can be copied, and the answers they give.

Private parts are marked. They are copied only if the company chooses them.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.i18n import format_list, format_money, gettext as _
from marketplace.core.money import BUDGET_BANDS
from marketplace.core.optimistic_lock import fingerprint
from marketplace.strategy.content import Audience, Channel, Offer, StrategyContent

TITLE_CHARACTERS, LINE_CHARACTERS, NUMBER_CHARACTERS = 80, 140, 60
MAX_WORDS = {"goal": 50, "problem": 200, "current_state": 150, "audience_text": 60}
BRIEF_LANGUAGES = ("nb", "nn", "en")
SEASON_MONTHS = 4
"""A season that begins within this many months is given as the reason for the date."""

METRICS_BY_INDICATOR = {
    "vis_search_clicks": "more_visits",
    "vis_map_views": "more_visits",
    "vis_visits": "more_visits",
    "vis_brand_pos": "awareness",
    "vis_reviews": "awareness",
    "vis_rating": "awareness",
    "vis_reach": "awareness",
    "sal_leads": "more_enquiries",
    "sal_cost_per_lead": "more_enquiries",
    "sal_orders": "more_orders",
    "sal_conv": "more_orders",
    "sal_direct_share": "more_orders",
    "sal_value": "online_revenue",
    "crm_subscribers": "more_followers",
    "srv_answer_time": "time_saved",
    "eff_hours": "time_saved",
    "rec_applicants": "recruitment",
}
METRICS_BY_KIND = {
    "visibility": "more_visits",
    "sales": "more_orders",
    "efficiency": "time_saved",
    "recruitment": "recruitment",
}
_AUDIENCE_WORDS = {
    "local": r"lokal|local|nærområd|bygd|fastboende|fastbuande|nabo|neighbour",
    "norwegian_tourists": r"(?:norsk|norwegian|innland).*(?:turist|gjest|famili|tourist|guest)|(?:turist|gjest|tourist|guest).*(?:norsk|norwegian|innland)|hyttefolk|hytteeier",
    "foreign_tourists": r"utenland|utanland|foreign|international|tysk|german|nederland|dutch|svensk|swed|dansk|danish",
    "businesses": r"bedrift|firma|verksemd|business|compan|b2b|innkjøper|entreprenør",
    "public_buyers": r"kommun|offent|public sector|municipal",
    "job_seekers": r"jobbsøk|søker til|job seeker|applicant|lærling",
    "members": r"medlem|member",
}
_AND = re.compile(r"\s*(?:[,;+]|\bog\b|\band\b)\s+")


@dataclass(frozen=True, slots=True)
class ObjectiveTexts:
    """An objective with its values as text.

    `today` is the latest value, empty if it is unknown. `target` is empty if it has been reached.
    """

    text: str
    kind: str = ""
    indicator: str = ""
    indicator_name: str = ""
    today: str = ""
    target: str = ""
    target_on: dt.date | None = None
    source: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class ActionTexts:
    """An action that a supplier does. Costs are NOK without VAT."""

    what: str
    service_code: str
    related_services: Sequence[str] = ()
    channel: str = ""
    cost_low_nok: int | None = None
    cost_high_nok: int | None = None
    start_on: dt.date | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The content of a strategy, with names for the codes in it and the tools that the company uses."""

    content: StrategyContent
    channel_names: dict[str, str] = field(default_factory=dict)
    state_names: dict[str, str] = field(default_factory=dict)
    language_names: dict[str, str] = field(default_factory=dict)
    tools: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be copied: the guide's question, and the value that it adds to the answer.

    Lists and long texts are added to those of other parts. `is_chosen` is False for suggestions and private parts.
    """

    code: str
    question: str
    value: Any
    is_chosen: bool = True
    is_private: bool = False


def find_parts(
    plan: PlanFacts, action: ActionTexts, objective: ObjectiveTexts | None, today: dt.date
) -> list[Part]:
    """Return the parts that a brief can copy from an action and its plan, in guide order, with private parts last."""
    content = plan.content
    parts = [
        Part("title", "title", shorten(action.what, TITLE_CHARACTERS)),
        Part("service", "services", [action.service_code]),
        *(Part(f"service-{code}", "services", [code], is_chosen=False) for code in action.related_services),
        *_gaps(content, is_private=False),
        *(_objective(objective, today) if objective else ()),
        *_audience(plan, objective),
        *_current_state(plan, action),
        *_scope(action),
        *_budget(action),
        *_dates(action, content.offers, today),
        *_decision(content),
        *_private(content),
    ]
    return [part for part in parts if part.value not in ("", [], None)]


def answers_from(parts: Iterable[Part], chosen: Collection[str]) -> dict[str, Any]:
    """Return answers to the guide, made from the parts whose codes are chosen."""
    answers: dict[str, Any] = {}
    for part in parts:
        if part.code not in chosen:
            continue
        earlier = answers.get(part.question)
        if isinstance(part.value, list):
            answers[part.question] = list(dict.fromkeys([*(earlier or ()), *part.value]))
        elif part.question in MAX_WORDS and earlier:
            answers[part.question] = f"{earlier} {part.value}"
        else:
            answers[part.question] = part.value
    for code, limit in MAX_WORDS.items():
        if code in answers:
            answers[code] = " ".join(answers[code].split()[:limit])
    return answers


def shorten(text: str, limit: int) -> str:
    """Return a text shortened to a number of characters at the end of a word."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rsplit(" ", 1)[0] if " " in text[:limit] else text[: limit - 1]
    return f"{cut}…"


def sentence(text: str) -> str:
    """Return a text that ends with a full stop, a question mark or an exclamation mark."""
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?…" else f"{stripped}."


def season_clash(due_on: dt.date | None, offers: Sequence[Offer]) -> Offer | None:
    """Return the most important product of the company that is in season in the month when a job is due, or None."""
    if due_on is None:
        return None
    in_season = [offer for offer in offers if due_on.month in offer.months and len(offer.months) < 12]  # noqa: PLR2004 because a season of 12 months is none
    return max(in_season, key=lambda offer: offer.importance, default=None)


def budget_band(low: int | None, high: int | None) -> str:
    """Return the code of the guide's budget band for a range of costs in NOK; "" if the cost is unknown."""
    if low is None and high is None:
        return ""
    amount = low if high is None else high if low is None else (low + high) // 2
    fits = (
        band
        for band in BUDGET_BANDS
        if band.low is not None and (band.high is None or (amount or 0) <= band.high)
    )
    return next(fits).code


def _objective(objective: ObjectiveTexts, today: dt.date) -> Iterable[Part]:
    yield Part("goal", "goal", sentence(objective.text))
    counted = ", ".join(part for part in (objective.indicator_name, objective.source) if part)
    if counted:
        yield Part("counted", "goal", sentence(_("Counted as: %(counted)s", counted=counted)))
    metric = METRICS_BY_INDICATOR.get(objective.indicator) or METRICS_BY_KIND.get(objective.kind, "other")
    yield Part("success_metric", "success_metric", metric)
    yield Part("baseline", "baseline", shorten(objective.today, NUMBER_CHARACTERS))
    yield Part("target", "target", shorten(objective.target, NUMBER_CHARACTERS))
    if objective.target_on and objective.target_on >= today:
        yield Part("target_date", "target_date", objective.target_on.isoformat()[:7])


def _audience(plan: PlanFacts, objective: ObjectiveTexts | None) -> Iterable[Part]:
    audiences = plan.content.audiences
    named = [one for one in audiences if objective and one.name == objective.audience]
    audience = next(iter(named or audiences), None)
    if audience is None:
        return
    groups = _audience_groups(audience)
    if groups:
        yield Part("audience", "audience", groups)
    lines = [
        f"{audience.name}: {audience.who}" if audience.who else audience.name,
        _("They come from %(place)s", place=audience.where_from) if audience.where_from else "",
        _("They ask: %(questions)s", questions=audience.asks) if audience.asks else "",
        _("They read %(languages)s", languages=_language_list(plan, audience)) if audience.languages else "",
    ]
    yield Part("audience_text", "audience_text", " ".join(sentence(line) for line in lines if line))
    known = [code for code in BRIEF_LANGUAGES if code in audience.languages]
    if known:
        yield Part("languages", "languages", known)


def _language_list(plan: PlanFacts, audience: Audience) -> str:
    return format_list([plan.language_names.get(code, code) for code in audience.languages])


def _audience_groups(audience: Audience) -> list[str]:
    text = f"{audience.name} {audience.who} {audience.where_from}".casefold()
    return [code for code, pattern in _AUDIENCE_WORDS.items() if re.search(pattern, text)][:4]


def _current_state(plan: PlanFacts, action: ActionTexts) -> Iterable[Part]:
    content = plan.content
    yield Part("background", "current_state", sentence(content.one_line))
    if content.strengths:
        text = _("Customers choose us because: %(reasons)s", reasons="; ".join(content.strengths))
        yield Part("strengths", "current_state", sentence(text))
    channels = [channel for channel in content.channels if channel.now in {"weak", "good"}]
    chosen = [channel for channel in channels if channel.code == action.channel] or channels
    if chosen:
        text = _("Channels today: %(channels)s", channels="; ".join(_channel(plan, one) for one in chosen))
        yield Part("channels", "current_state", sentence(text))
    if plan.tools:
        text = _("Tools in use: %(tools)s", tools=", ".join(plan.tools))
        yield Part("tools", "current_state", sentence(text))


def _channel(plan: PlanFacts, channel: Channel) -> str:
    name = plan.channel_names.get(channel.code, channel.code)
    return f"{name} ({plan.state_names.get(channel.now, channel.now).lower()})"


def _scope(action: ActionTexts) -> Iterable[Part]:
    pieces = [piece for piece in _AND.split(action.what) if piece]
    if any(len(piece) < 3 for piece in pieces):  # noqa: PLR2004 because shorter pieces are no deliverables
        pieces = [action.what]
    lines = {piece.casefold(): f"{piece[:1].upper()}{piece[1:]}" for piece in pieces}
    yield Part("deliverables", "deliverables", [shorten(line, LINE_CHARACTERS) for line in lines.values()])


def _gaps(content: StrategyContent, *, is_private: bool) -> Iterable[Part]:
    for gap in content.gaps:
        if gap.is_private is is_private and gap.text:
            wish = shorten(_("Help with: %(gap)s", gap=gap.text), LINE_CHARACTERS)
            private = {"is_chosen": not is_private, "is_private": is_private}
            name = _code("private" if is_private else "public", gap.text)
            yield Part(f"gap-{name}", "problem", sentence(gap.text), **private)
            yield Part(f"wish-{name}", "nice_to_have", [wish], **private)


def _budget(action: ActionTexts) -> Iterable[Part]:
    code = budget_band(action.cost_low_nok, action.cost_high_nok)
    yield Part("budget_band", "budget_band", code)


def _dates(action: ActionTexts, offers: Sequence[Offer], today: dt.date) -> Iterable[Part]:
    if action.start_on and action.start_on >= today:
        yield Part("start_from", "start_from", action.start_on.isoformat())
    if action.due_on and action.due_on >= today:
        yield Part("finish_by", "finish_by", action.due_on.isoformat())
        offer = _next_season(action.due_on, offers)
        if offer is not None:
            text = _("Before the season of “%(offer)s”", offer=offer.name)
            yield Part("date_reason", "date_reason", text)


def _next_season(due_on: dt.date, offers: Sequence[Offer]) -> Offer | None:
    """Return the most important product of the company whose season begins soon after a date, or None."""
    coming = {(due_on.month + ahead - 1) % 12 + 1 for ahead in range(1, SEASON_MONTHS + 1)}
    soon = [
        offer
        for offer in offers
        if offer.name and due_on.month not in offer.months and coming & set(offer.months)
    ]
    return max(soon, key=lambda offer: offer.importance, default=None)


def _decision(content: StrategyContent) -> Iterable[Part]:
    yield Part("decision_by", "decision_by", shorten(content.responsible, TITLE_CHARACTERS))


def _private(content: StrategyContent) -> Iterable[Part]:
    yield from _gaps(content, is_private=True)
    if content.budget.yearly_nok is not None:
        text = _("Our budget for the year is %(amount)s", amount=format_money(content.budget.yearly_nok))
        yield Part("budget_year", "current_state", sentence(text), is_chosen=False, is_private=True)
    for risk in content.risks:
        text = _("What can stop us: %(risk)s", risk=risk)
        yield Part(_code("risk", risk), "current_state", sentence(text), is_chosen=False, is_private=True)


def _code(kind: str, text: str) -> str:
    """Derive the code of a part from its text, so that a colleague's change cannot move a tick to another part."""
    return f"{kind}-{fingerprint(text)}"
