"""Labels that pages and notices share."""

from marketplace.core.i18n import format_money, format_money_range
from marketplace.core.i18n import gettext as _
from marketplace.core.money import BUDGET_BANDS


def budget_label(code: str) -> str:
    """Return the label of a budget band."""
    band = next((band for band in BUDGET_BANDS if band.code == code), None)
    if band is None or band.low is None:
        return _("Don't know")
    if band.high is None:
        return _("Over %(sum)s", sum=format_money(band.low))
    if band.low == 0:
        return _("Under %(sum)s", sum=format_money(band.high))
    return format_money_range(band.low, band.high)
