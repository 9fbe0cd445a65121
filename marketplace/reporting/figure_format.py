"""Figures as texts in the current language, and as numbers in files: rounding, units and amounts."""

from fractions import Fraction

from marketplace.core.currencies import format_amount
from marketplace.core.i18n import format_number, gettext as _, lazy_gettext as _l, ngettext
from marketplace.reporting.figures import Figure, FigureState
from marketplace.reporting.suppression import MIN_COUNT

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
"""Names of units in the files, by code. The unit of an amount is its currency."""
WHOLE_UNITS = frozenset({"count", "minutes", "whole_percent"})
_DIGITS = {"mean": 1, "mean_of_5": 1}
_SUFFIXES = {"percent": f"{_SPACE}%", "whole_percent": f"{_SPACE}%", "km_mean": f"{_SPACE}km"}


def figure_text(figure: Figure) -> str:
    """Return the value of a figure as a text, or the reason why it has none."""
    if figure.state is FigureState.NOT_MEASURED:
        return _("not measured")
    if figure.state is FigureState.UNPUBLISHED:
        return _("in issued reports only")
    if figure.state is FigureState.SUPPRESSED or figure.value is None:
        is_few = any(count is not None and count < MIN_COUNT for count in (figure.n, figure.of))
        return (
            _("too few to show") if is_few or not figure.n else _("hidden: few changes since the last issue")
        )
    return value_text(figure.value, figure.unit)


def basis_text(figure: Figure) -> str:
    """Return how many observations a figure has, and of how many. Empty if there is nothing to count."""
    n, of = figure.n, figure.of
    if not n and not of:
        return ""
    if n is None:
        return _("of %(all)s", all=format_number(of or 0))
    if of is None:
        return _("n %(n)s", n=format_number(n))
    return _("n %(n)s of %(all)s", n=format_number(n), all=format_number(of))


def value_text(value: int, unit: str) -> str:
    """Return a value in its unit as a text."""
    if unit == "minutes":
        hours = _decimal(Fraction(value, 60), 1)
        return ngettext("%(hours)s hour", "%(hours)s hours", 1 if hours == "1" else 2, hours=hours)
    if unit.startswith("minor:"):
        return format_amount(value, unit.removeprefix("minor:"))
    number, digits = (
        (Fraction(value), 0) if unit in WHOLE_UNITS else (Fraction(value, 1000), _DIGITS.get(unit, 0))
    )
    sign = "+" if unit == "points_change" and number > 0 else ""
    return f"{sign}{_decimal(number, digits)}{_SUFFIXES.get(unit, '')}"


def exact_value(value: int | None, unit: str) -> float | int | None:
    """Return a value as a number for files: minutes as hours, øre as kroner, thousandths as the number itself."""
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


def _decimal(number: Fraction, digits: int) -> str:
    """Return a number rounded half away from zero, with the separators of the current language."""
    scale = 10**digits
    size = int(abs(number) * scale + Fraction(1, 2))
    text = format_number(size // scale) if not digits else format_number(round(size / scale, digits))
    return f"{_MINUS}{text}" if number < 0 and size else text
