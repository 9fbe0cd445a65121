"""Texts of a report's values, categories and codes in the current language."""

from fractions import Fraction

from marketplace.core import taxonomy
from marketplace.core.currencies import format_amount
from marketplace.core.i18n import format_number, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.places import find_municipality, municipality_name
from marketplace.finance.labels import ACTIVITIES, AID_BASES, COST_CATEGORIES, FUNDING_KINDS
from marketplace.programme.lifecycle import SOURCES, WITHDRAWAL_REASONS
from marketplace.reporting.figures import Figure, FigureState
from marketplace.reporting.suppression import MIN_COUNT
from marketplace.sourcing.decline_reasons import DECLINE_REASONS

_MINUS, _SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
UNITS = {
    "count": _l("number"),
    "minutes": _l("hours"),
    "km_mean": _l("km (mean)"),
    "mean": _l("mean"),
    "mean_of_5": _l("mean of 1 to 5"),
    "points": _l("points of 100"),
    "points_change": _l("points"),
    "percent": "%",
    "whole_percent": _l("per cent of a full position"),
}
"""Units in the files, by code; an amount has its currency."""
WHOLE_UNITS = frozenset({"count", "minutes", "whole_percent"})
_DIGITS = {"mean": 1, "mean_of_5": 1}
_SUFFIXES = {"percent": f"{_SPACE}%", "whole_percent": f"{_SPACE}%", "km_mean": f"{_SPACE}km"}


_CELL_LABELS = {"source": SOURCES, "reason": WITHDRAWAL_REASONS, "decline_reason": DECLINE_REASONS}


def figure_text(figure: Figure) -> str:
    """Return the value of a figure as a text: "not measured" and "fewer than 5" are never zero."""
    if figure.state is FigureState.NOT_MEASURED:
        return _("not measured")
    if figure.state is FigureState.UNPUBLISHED:
        return _("in issued reports only")
    if figure.state is FigureState.SUPPRESSED or figure.value is None:
        is_few = any(count is not None and count < MIN_COUNT for count in (figure.n, figure.of))
        return _("too few to show") if is_few or not figure.n else _("hidden: few new since the last issue")
    return value_text(figure.value, figure.unit)


def value_text(value: int, unit: str) -> str:
    """Return a value in its unit as a text."""
    if unit == "minutes":
        hours = _decimal(Fraction(value, 60), 1)
        return ngettext("%(hours)s hour", "%(hours)s hours", value // 60, hours=hours)
    if unit.startswith("minor:"):
        return format_amount(value, unit.removeprefix("minor:"))
    number, digits = (
        (Fraction(value), 0) if unit in WHOLE_UNITS else (Fraction(value, 1000), _DIGITS.get(unit, 0))
    )
    sign = "+" if unit == "points_change" and number > 0 else ""
    return f"{sign}{_decimal(number, digits)}{_SUFFIXES.get(unit, '')}"


def exact_value(value: int | None, unit: str) -> float | int | None:
    """Return a value as a number in the unit of the files: hours, the currency, or the mean itself."""
    if unit == "minutes" and value is not None:
        return round(value / 60, 2)
    if value is None or unit in WHOLE_UNITS:
        return value
    if unit.startswith("minor:"):
        return value / 100
    return value / 1000


def unit_text(unit: str) -> str:
    """Return the unit of a figure for the files."""
    return unit.removeprefix("minor:") if unit.startswith("minor:") else str(UNITS[unit])


def cell_label(breakdown: str, code: str) -> str:
    """Return the name of a category of a breakdown."""
    if code == "unknown":
        return _("Not known")
    if breakdown == "size":
        named = {"1": _("1 employee"), "50": _("50 employees or more")}
        return named.get(code) or _("%(range)s employees", range=code.replace("-", "\N{EN DASH}"))
    if breakdown == "municipality":
        return municipality_name(code) if find_municipality(code) else code
    if breakdown in {"sector", "service_group"}:
        named = {group.code: group.label for group in taxonomy.groups()}
        named |= {sector_code: sector.label for sector_code, sector in taxonomy.sectors().items()}
        return named.get(code, code)
    return str(_CELL_LABELS[breakdown].get(code, code))


def coded_label(code: str) -> str:
    """Return the name of a source, category, activity or legal basis, or of a municipality by its number."""
    for labels in (FUNDING_KINDS, COST_CATEGORIES, ACTIVITIES, AID_BASES):
        if code in labels:
            return str(labels[code])
    return municipality_name(code) if find_municipality(code) else code


def _decimal(number: Fraction, digits: int) -> str:
    """Return a number rounded half away from zero, with the separators of the current language."""
    scale = 10**digits
    size = int(abs(number) * scale + Fraction(1, 2))
    text = format_number(size // scale) if not digits else format_number(round(size / scale, digits))
    return f"{_MINUS}{text}" if number < 0 and size else text
