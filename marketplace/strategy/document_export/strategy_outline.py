"""Outline of a version of a strategy, in the language of the strategy."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from marketplace.core import taxonomy
from marketplace.core.i18n import (
    DEFAULT_LOCALE,
    LOCALES,
    format_date,
    format_money,
    format_money_range,
    format_month,
    gettext as _,
    ngettext,
    use_locale,
)
from marketplace.strategy.content import Audience, Channel, Offer, StrategyContent, from_json
from marketplace.strategy.document_export.outline import Block, Outline, OutlineSection
from marketplace.strategy.limits import MAX_PRINTED_ACTIONS
from marketplace.strategy.prioritizing import PERFORMER_LABELS, STATE_LABELS, ActionState, Performer
from marketplace.strategy.strategy_template import code_label, strategy_template
from marketplace.strategy.units import format_value


def outline_of(
    company: str,
    number: int,
    saved_at: dt.datetime,
    snapshot: Mapping[str, Any],
    *,
    is_printed: bool = False,
) -> Outline:
    """Return the outline of a stored version, in the language of the strategy.

    With `is_printed` it fits on two pages: it has at most `MAX_PRINTED_ACTIONS` actions, done ones last.
    """
    stored = snapshot.get("language")
    language = stored if stored in LOCALES else DEFAULT_LOCALE
    with use_locale(language):
        return Outline(
            language=language,
            title=_("Digital strategy"),
            company=company,
            caption=_("Version %(number)s, %(date)s", number=number, date=format_date(saved_at)),
            number=number,
            saved_at=saved_at,
            sections=_sections(snapshot, is_printed=is_printed),
        )


def _sections(snapshot: Mapping[str, Any], *, is_printed: bool) -> tuple[OutlineSection, ...]:
    content = from_json(snapshot.get("content"))
    objectives: Sequence[Mapping[str, Any]] = snapshot.get("objectives") or []
    actions: Sequence[Mapping[str, Any]] = snapshot.get("actions") or []
    numbers = {row.get("id"): str(index) for index, row in enumerate(objectives, 1)}
    blocks = {
        "company": _company(content),
        "customers": _customers(content.audiences),
        "gaps": [
            _list("gaps", [gap.text for gap in content.gaps]),
            _list("risks", content.risks),
        ],
        "objectives": [_objectives(objectives)],
        "channels": [_channels(content.channels)],
        "actions": [_actions(actions, numbers, is_printed=is_printed)],
        "budget": _budget(content),
    }
    return tuple(
        OutlineSection(
            section.code,
            section.title,
            tuple(block for block in blocks[section.code] if block.text or any(block.items) or block.rows),
        )
        for section in strategy_template().sections
        if section.code in blocks
    )


def _label(field: str) -> str:
    return strategy_template().field(field).label


def _text(field: str, text: str) -> Block:
    return Block(_label(field), text=text)


def _list(field: str, items: Sequence[str]) -> Block:
    return Block(_label(field), items=tuple(item for item in items if item))


def _table(field: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """Return a table without the columns that are empty in all rows."""
    used = [index for index in range(len(header)) if any(row[index] for row in rows)]
    return Block(
        _label(field),
        header=tuple(header[index] for index in used),
        rows=tuple(tuple(row[index] for index in used) for row in rows),
    )


def _company(content: StrategyContent) -> list[Block]:
    return [
        _text("one_line", content.one_line),
        _text("vision", content.vision),
        Block(_label("offers"), items=tuple(_offer(offer) for offer in content.offers if offer.name)),
        _list("strengths", content.strengths),
    ]


def _offer(offer: Offer) -> str:
    importance = {1: _("small share of sales"), 2: _("medium share of sales"), 3: _("large share of sales")}
    details = [importance[offer.importance]]
    if offer.months:
        details.append(_months(offer.months))
    return f"{offer.name} ({', '.join(details)})"


def _months(months: Sequence[int]) -> str:
    """Return months by name, with runs of neighbours as ranges."""
    runs: list[list[int]] = []
    for month in sorted(set(months)):
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(
        format_month(run[0]) if len(run) == 1 else f"{format_month(run[0])}–{format_month(run[-1])}"  # noqa: RUF001 because a range takes an en dash
        for run in runs
    )


def _customers(audiences: Sequence[Audience]) -> list[Block]:
    languages = strategy_template().languages
    rows = tuple(
        (
            audience.name,
            audience.who,
            audience.where_from,
            audience.asks,
            ", ".join(code_label(languages, code) for code in audience.languages),
            "" if audience.share_percent is None else f"{audience.share_percent}\N{NO-BREAK SPACE}%",
        )
        for audience in audiences
    )
    header = (
        _("Name"),
        _("Who they are"),
        _("Where from"),
        _("What they ask"),
        _("Languages"),
        _("Share of the sales"),
    )
    return [_table("audiences", header, rows)]


def _objectives(objectives: Sequence[Mapping[str, Any]]) -> Block:
    rows = tuple(
        (
            str(index),
            row.get("text") or "",
            _value(row.get("baseline_milli"), row.get("unit")),
            _value(row.get("target_milli"), row.get("unit")),
            _day(row.get("target_on")),
            row.get("source") or "",
        )
        for index, row in enumerate(objectives, 1)
    )
    header = (_("No."), _("Objective"), _("Starting point"), _("Target"), _("By"), _("Source"))
    return _table("objectives", header, rows)


def _channels(channels: Sequence[Channel]) -> Block:
    template = strategy_template()
    rows = tuple(
        (
            code_label(template.channels, channel.code),
            code_label(template.roles, channel.role),
            code_label(template.states, channel.now),
            code_label(template.decisions, channel.decision),
            channel.owner,
        )
        for channel in channels
    )
    header = (_("Channel"), _("Role"), _("Today"), _("Decision"), _("Responsible"))
    return _table("channels", header, rows)


def _actions(
    actions: Sequence[Mapping[str, Any]], objectives: Mapping[object, str], *, is_printed: bool
) -> Block:
    kept = [row for row in actions if row.get("state") != ActionState.DROPPED]
    total = len(kept)
    if is_printed and total > MAX_PRINTED_ACTIONS:
        kept = sorted(kept, key=lambda row: row.get("state") == ActionState.DONE)[:MAX_PRINTED_ACTIONS]
    rows = tuple(
        (
            row.get("what") or "",
            objectives.get(row.get("objective_id"), ""),
            _performer(row),
            _cost(row),
            _due(row),
        )
        for row in kept
    )
    header = (_("What we do"), _("Objective no."), _("Who"), _("Cost"), _("By"))
    table = _table("actions", header, rows)
    if len(kept) == total:
        return table
    note = _("%(shown)s of %(total)s actions. The others are in the plan.", shown=len(kept), total=total)
    return replace(table, text=note)


def _value(milli: int | None, unit: str | None) -> str:
    return _("not known") if milli is None else format_value(milli, unit or "")


def _day(stored: str | None) -> str:
    return format_date(dt.date.fromisoformat(stored)) if stored else ""


def _due(action: Mapping[str, Any]) -> str:
    """Return the date by which an action is to be done, with its state if it is begun or done."""
    state, day = action.get("state") or "", _day(action.get("due_on"))
    if state == ActionState.DONE:
        return str(STATE_LABELS[ActionState.DONE])
    if state == ActionState.ONGOING:
        return ", ".join(filter(None, (day, str(STATE_LABELS[ActionState.ONGOING]).lower())))
    return day


def _performer(action: Mapping[str, Any]) -> str:
    """Return the performer of an action, with the service if it is a supplier."""
    code = action.get("performer") or ""
    service = taxonomy.services().get(action.get("service_code") or "")
    if code == Performer.SUPPLIER and service is not None:
        return _("Supplier: %(service)s", service=service.label)
    return str(PERFORMER_LABELS[Performer(code)]) if code in set(Performer) else code


def _cost(action: Mapping[str, Any]) -> str:
    low, high, hours = action.get("cost_low_nok"), action.get("cost_high_nok"), action.get("own_hours")
    parts = []
    if low is not None and high is not None and low != high:
        parts.append(format_money_range(low, high))
    elif low is not None or high is not None:
        parts.append(format_money(low if low is not None else high or 0))
    if hours is not None:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    return ", ".join(parts)


def _budget(content: StrategyContent) -> list[Block]:
    budget = content.budget
    items = [
        _("%(amount)s once", amount=format_money(budget.once_nok)) if budget.once_nok is not None else "",
        _("%(amount)s per month", amount=format_money(budget.month_nok))
        if budget.month_nok is not None
        else "",
        _("%(amount)s for advertising", amount=format_money(budget.ads_nok))
        if budget.ads_nok is not None
        else "",
        ngettext("%(num)s hour of our own per month", "%(num)s hours of our own per month", budget.own_hours)
        if budget.own_hours is not None
        else "",
    ]
    responsible = content.responsible
    if responsible and content.responsible_hours is not None:
        hours = ngettext("%(num)s hour per month", "%(num)s hours per month", content.responsible_hours)
        responsible = f"{responsible} ({hours})"
    return [
        _text("budget", ", ".join(filter(None, items))),
        _text("responsible", responsible),
        _text("review_on", format_date(content.review_on) if content.review_on else ""),
    ]
