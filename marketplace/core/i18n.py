"""Language: texts in English in the code, bokmål and nynorsk from catalogues; dates, money and sorting.

Works without a web request: the web layer, the worker and tests set the language with `use_locale`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import format_decimal
from babel.support import LazyProxy, Translations

from marketplace.core.clock import LOCAL_ZONE

LOCALES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
DEFAULT_LOCALE = "nb"
TRANSLATIONS_DIR = Path(__file__).parent.parent / "translations"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)
_BABEL = {"nb": "nb", "nn": "nn", "en": "en_GB"}


def current_locale() -> str:
    """Return the reader's language: nb, nn or en."""
    return _locale.get()


def set_locale(locale: str) -> None:
    """Set the language of what follows in this context; an unknown one becomes bokmål."""
    _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Speak a language inside the block, then the former one again."""
    token = _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)
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
    """Return a text in the reader's language, with %(name)s filled in."""
    text = _catalogue(current_locale()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Return the singular or plural text in the reader's language; %(num)s is the number."""
    text = _catalogue(current_locale()).ngettext(singular, plural, num)
    return text % ({"num": format_number(num)} | values)


def pgettext(context: str, message: str, **values: object) -> str:
    """Return a text whose meaning depends on where it stands."""
    text = _catalogue(current_locale()).pgettext(context, message)
    return text % values if values else text


def lazy_gettext(message: str, **values: object) -> Any:
    """Return a text that is looked up each time it is shown, for texts made at import."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def pick(text: Mapping[str, str]) -> str:
    """Return one of our trilingual data texts in the reader's language, else in bokmål."""
    return text.get(current_locale()) or text[DEFAULT_LOCALE]


def format_number(value: float) -> str:
    """Return a number with the reader's separators."""
    return _number_text(value, current_locale())


@lru_cache(maxsize=4096)
def _number_text(value: float, locale: str) -> str:
    return str(format_decimal(value, locale=_babel_locale(locale)))


@lru_cache(maxsize=4096)
def _date_text(day: dt.date, pattern: str, locale: str) -> str:
    return str(babel_date(day, pattern, locale=_babel_locale(locale)))


def format_money(nok: int) -> str:
    """Return whole kroner: "148 500 kr" in Norwegian, "NOK 148,500" in English."""
    number = format_number(nok)
    return f"NOK\N{NO-BREAK SPACE}{number}" if current_locale() == "en" else f"{number}\N{NO-BREAK SPACE}kr"


def format_money_range(low: int, high: int) -> str:
    """Return both ends in full, with the unit once."""
    if current_locale() == "en":
        return f"NOK\N{NO-BREAK SPACE}{format_number(low)}–{format_number(high)}"  # noqa: RUF001 because a range takes an en dash
    return f"{format_number(low)}–{format_money(high)}"  # noqa: RUF001 because a range takes an en dash


def format_date(day: dt.date | dt.datetime, *, weekday: bool = False, year: bool = True) -> str:
    """Return "23. november 2026", with the weekday in front or without the year when asked."""
    if isinstance(day, dt.datetime):
        day = day.astimezone(LOCAL_ZONE).date()
    english = current_locale() == "en"
    pattern = ("EEEE " if weekday else "") + ("d MMMM" if english else "d. MMMM") + (" y" if year else "")
    text = _date_text(day, pattern, current_locale())
    return text.replace(". ", ".\N{NO-BREAK SPACE}", 1) if not weekday else text


def format_time(moment: dt.datetime) -> str:
    """Return "14.32" in Norwegian, "14:32" in English, local time."""
    pattern = "HH:mm" if current_locale() == "en" else "HH.mm"
    return str(babel_datetime(moment, pattern, tzinfo=LOCAL_ZONE, locale=_babel_locale(current_locale())))


def format_datetime(moment: dt.datetime, *, weekday: bool = False) -> str:
    """Return "23. november 2026 kl. 14.32", local time."""
    return gettext(
        "%(date)s at %(time)s", date=format_date(moment, weekday=weekday), time=format_time(moment)
    )


def format_list(items: list[str]) -> str:
    """Return "a, b og c" in the reader's language."""
    if len(items) < 2:  # noqa: PLR2004 because one thing is no list
        return "".join(items)
    return gettext("%(list)s and %(last)s", list=", ".join(items[:-1]), last=items[-1])


_SORT = str.maketrans(
    {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "é": "e", "è": "e", "ü": "y", "á": "a"}
)


def sort_key(text: str) -> str:
    """Return a key that sorts as a Norwegian reader expects: æ, ø and å last, "aa" as å."""
    return text.casefold().replace("aa", "å").translate(_SORT)
