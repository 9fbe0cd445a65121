"""Internationalisation: gettext catalogues for Bokmål and Nynorsk, and formats of dates, numbers, money and lists.

Source texts are English. The module works outside a web request: the worker and tests set the language with
`use_locale`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal
from babel.support import LazyProxy, Translations

from marketplace.core.clock import LOCAL_ZONE, to_local, today

LOCALES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
DEFAULT_LOCALE = "nb"
"""Language of texts that are not translated into the wanted one, and of pages unless `use_default_locale` sets another."""
TRANSLATIONS_DIR = Path(__file__).parent.parent / "translations"

_locale: ContextVar[str] = ContextVar("locale")
_default = [DEFAULT_LOCALE]
_BABEL = {"nb": "nb", "nn": "nn", "en": "en_GB"}


def current_locale() -> str:
    """Return the current language: nb, nn or en."""
    return _locale.get(_default[0])


def default_locale() -> str:
    """Return the language of pages and commands whose user has chosen none."""
    return _default[0]


def use_default_locale(locale: str) -> None:
    """Set the default language of this process."""
    _default[:] = [locale]


def set_locale(locale: str) -> None:
    """Set the language of the current context; an unknown one becomes the default."""
    _locale.set(locale if locale in LOCALES else default_locale())


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Use a language inside the block, and restore the previous one afterwards."""
    token = _locale.set(locale if locale in LOCALES else default_locale())
    try:
        yield
    finally:
        _locale.reset(token)


@cache
def _catalogue(locale: str) -> NullTranslations:
    if locale == "en":
        return NullTranslations()
    loaded: NullTranslations = Translations.load(str(TRANSLATIONS_DIR), [locale])
    return loaded


@cache
def _babel_locale(locale: str) -> Locale:
    return Locale.parse(_BABEL[locale])


def gettext(message: str, **values: object) -> str:
    """Translate a text to the current language, with %(name)s placeholders filled in."""
    text = _catalogue(current_locale()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Translate the singular or plural text; %(num)s is the formatted number."""
    text = _catalogue(current_locale()).ngettext(singular, plural, num)
    return text % ({"num": format_number(num)} | values)


def pgettext(context: str, message: str, **values: object) -> str:
    """Translate a text whose translation depends on a context."""
    text = _catalogue(current_locale()).pgettext(context, message)
    return text % values if values else text


def lazy_gettext(message: str, **values: object) -> Any:
    """Return a proxy that translates when it is rendered, for texts defined at import time."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def localized(text: Mapping[str, str]) -> str:
    """Return the text of a language-to-text mapping in the current language, else in Bokmål."""
    return text.get(current_locale()) or text[DEFAULT_LOCALE]


class LocalizedText:
    """Attribute that returns a text in the current language, from another attribute that maps languages to texts."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __get__(self, owner: object, kind: type | None = None) -> str:
        return localized(getattr(owner, self._source))


def format_number(value: float | Decimal) -> str:
    """Format a number with the separators of the current language."""
    return _number_text(value, current_locale())


@lru_cache(maxsize=4096)
def _number_text(value: float | Decimal, locale: str) -> str:
    return str(format_decimal(value, locale=_babel_locale(locale)))


@lru_cache(maxsize=4096)
def _date_text(day: dt.date, pattern: str, locale: str) -> str:
    return str(babel_date(day, pattern, locale=_babel_locale(locale)))


def format_money(nok: int) -> str:
    """Format whole kroner: "148 500 kr" in Norwegian, "NOK 148,500" in English."""
    number = format_number(nok)
    return f"NOK\N{NO-BREAK SPACE}{number}" if current_locale() == "en" else f"{number}\N{NO-BREAK SPACE}kr"


def format_money_range(low: int, high: int) -> str:
    """Format a range of whole kroner, with both ends in full and the unit once."""
    if current_locale() == "en":
        return f"NOK\N{NO-BREAK SPACE}{format_number(low)}–{format_number(high)}"  # noqa: RUF001 because a range takes an en dash
    return f"{format_number(low)}–{format_money(high)}"  # noqa: RUF001 because a range takes an en dash


def format_date(day: dt.date | dt.datetime, *, weekday: bool = False, year: bool = True) -> str:
    """Format a date as "23. november 2026", optionally with the weekday or without the year."""
    if isinstance(day, dt.datetime):
        day = day.astimezone(LOCAL_ZONE).date()
    english = current_locale() == "en"
    pattern = ("EEEE " if weekday else "") + ("d MMMM" if english else "d. MMMM") + (" y" if year else "")
    text = _date_text(day, pattern, current_locale())
    return text.replace(". ", ".\N{NO-BREAK SPACE}", 1) if not weekday else text


def format_month(month: int) -> str:
    """Return the name of a month from 1 to 12 in the current language."""
    return _date_text(dt.date(2000, month, 1), "LLLL", current_locale())


def format_month_and_year(day: dt.date) -> str:
    """Return the month of a day in the current language: "november 2026"."""
    return f"{format_month(day.month)} {day.year}"


def format_time(moment: dt.datetime) -> str:
    """Format the local time: "14.32" in Norwegian, "14:32" in English."""
    return moment.astimezone(LOCAL_ZONE).strftime("%H:%M" if current_locale() == "en" else "%H.%M")


def format_datetime(moment: dt.datetime, *, weekday: bool = False) -> str:
    """Format the local date and time: "23. november 2026 kl. 14.32"."""
    return gettext(
        "%(date)s at %(time)s", date=format_date(moment, weekday=weekday), time=format_time(moment)
    )


def format_saved(moment: dt.datetime) -> str:
    """Tell when a form was saved: "Lagret kl. 14.32", with the date unless it was today."""
    if to_local(moment).date() == today():
        return gettext("Saved at %(time)s", time=format_time(moment))
    return gettext("Saved %(date)s at %(time)s", date=format_date(moment), time=format_time(moment))


def format_time_range(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """Format a day with its weekday, and the times between which something takes place."""
    return gettext(
        "%(date)s, %(start)s\N{EN DASH}%(end)s",
        date=format_date(starts_at, weekday=True),
        start=format_time(starts_at),
        end=format_time(ends_at),
    )


def format_list(items: list[str]) -> str:
    """Join items as "a, b og c" in the current language."""
    if len(items) < 2:  # noqa: PLR2004 because a single item needs no conjunction
        return "".join(items)
    return gettext("%(list)s and %(last)s", list=", ".join(items[:-1]), last=items[-1])


def quoted(text: str) -> str:
    """Enclose a text, or markup, in the quotation marks of the current language."""
    opening, closing = ("“", "”") if current_locale() == "en" else ("«", "»")
    return opening + text + closing


def language_in_sentence(name: str) -> str:
    """Write the name of a language as inside a sentence: in lower case, except in English."""
    return name if current_locale() == "en" else name[:1].lower() + name[1:]
