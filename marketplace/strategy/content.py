"""The content of a strategy: its sections as plain values, and their JSON form in the database."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

SECTIONS = ("company", "customers", "gaps", "objectives", "channels", "actions", "budget", "check")
"""Codes of the sections in order. Objectives and actions are rows of their own; "check" has no content."""
SECTION_FIELDS: Mapping[str, tuple[str, ...]] = {
    "company": ("one_line", "vision", "offers", "strengths"),
    "customers": ("audiences",),
    "gaps": ("gaps", "risks"),
    "channels": ("channels",),
    "budget": ("budget", "responsible", "responsible_hours", "review_on"),
}
"""Fields of `StrategyContent` in each section that has content."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the company sells. `importance` is 1 (little) to 3 (much); `months` are those of its season."""

    name: str = ""
    importance: int = 2
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """A group of customers. `languages` are codes; `share_percent` is its share of the sales, or None."""

    name: str = ""
    who: str = ""
    where_from: str = ""
    asks: str = ""
    languages: tuple[str, ...] = ()
    share_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that does not work. A private gap is copied to a brief only if the company selects it."""

    text: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that the company has decided about: its role, how it works now, the decision, and who owns it."""

    code: str = ""
    role: str = ""
    now: str = ""
    decision: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """Budget of a year in NOK without VAT: one-off costs, costs per month, and advertising. `own_hours` is per month."""

    once_nok: int | None = None
    month_nok: int | None = None
    ads_nok: int | None = None
    own_hours: int | None = None

    @property
    def yearly_nok(self) -> int | None:
        """Total of the year in NOK, or None if no amount is set."""
        amounts = (self.once_nok, self.month_nok, self.ads_nok)
        if all(amount is None for amount in amounts):
            return None
        return (self.once_nok or 0) + 12 * (self.month_nok or 0) + (self.ads_nok or 0)


@dataclass(frozen=True, slots=True)
class StrategyContent:
    """The sections of a strategy, without its objectives and actions."""

    one_line: str = ""
    vision: str = ""
    offers: tuple[Offer, ...] = ()
    audiences: tuple[Audience, ...] = ()
    strengths: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    channels: tuple[Channel, ...] = ()
    budget: Budget = Budget()
    responsible: str = ""
    responsible_hours: int | None = None
    review_on: dt.date | None = None
    risks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the content as values that JSON can represent."""
        plain = dataclasses.asdict(self)
        plain["review_on"] = self.review_on.isoformat() if self.review_on else None
        return {name: _plain(value) for name, value in plain.items()}

    def section(self, code: str) -> dict[str, Any]:
        """Return the fields of a section by name."""
        return {name: getattr(self, name) for name in SECTION_FIELDS.get(code, ())}

    def with_section(self, code: str, values: Mapping[str, Any]) -> "StrategyContent":
        """Return a copy with the fields of a section replaced; fields of other sections are ignored."""
        own = {name: value for name, value in values.items() if name in SECTION_FIELDS.get(code, ())}
        return dataclasses.replace(self, **own)


def from_json(data: Mapping[str, Any] | None) -> StrategyContent:
    """Read stored content. Missing and malformed values become empty ones, so that old versions stay readable."""
    data = data if isinstance(data, Mapping) else {}
    return StrategyContent(
        one_line=_text(data.get("one_line")),
        vision=_text(data.get("vision")),
        offers=_records(data.get("offers"), _offer),
        audiences=_records(data.get("audiences"), _audience),
        strengths=_texts(data.get("strengths")),
        gaps=_records(data.get("gaps"), _gap),
        channels=_records(data.get("channels"), _channel),
        budget=_budget(data.get("budget")),
        responsible=_text(data.get("responsible")),
        responsible_hours=_number(data.get("responsible_hours")),
        review_on=_date(data.get("review_on")),
        risks=_texts(data.get("risks")),
    )


def _offer(row: Mapping[str, Any]) -> Offer:
    importance = _number(row.get("importance"))
    return Offer(
        _text(row.get("name")),
        importance if importance in {1, 2, 3} else 2,
        tuple(month for month in _list(row.get("months")) if isinstance(month, int) and 1 <= month <= 12),  # noqa: PLR2004 because a year has 12 months
    )


def _audience(row: Mapping[str, Any]) -> Audience:
    return Audience(
        _text(row.get("name")),
        _text(row.get("who")),
        _text(row.get("where_from")),
        _text(row.get("asks")),
        _texts(row.get("languages")),
        _number(row.get("share_percent")),
    )


def _gap(row: Mapping[str, Any]) -> Gap:
    return Gap(_text(row.get("text")), row.get("is_private") is True)


def _channel(row: Mapping[str, Any]) -> Channel:
    return Channel(*(_text(row.get(name)) for name in ("code", "role", "now", "decision", "owner")))


def _budget(row: object) -> Budget:
    values = row if isinstance(row, Mapping) else {}
    return Budget(*(_number(values.get(name)) for name in ("once_nok", "month_nok", "ads_nok", "own_hours")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _date(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in _list(value) if isinstance(text, str) and text)


def _records(value: object, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    return tuple(read(row) for row in _list(value) if isinstance(row, Mapping))


def _plain(value: Any) -> Any:
    """Return a value with lists instead of tuples, as it is read back from JSON."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value
