"""Names of a report's categories and codes in the current language."""

from marketplace.core import taxonomy
from marketplace.core.i18n import gettext as _
from marketplace.core.places import find_municipality, municipality_name
from marketplace.finance.labels import ACTIVITIES, AID_BASES, COST_CATEGORIES, FUNDING_KINDS
from marketplace.programme.lifecycle import SOURCES, WITHDRAWAL_REASONS
from marketplace.sourcing.decline_reasons import DECLINE_REASONS

_CELL_LABELS = {"source": SOURCES, "reason": WITHDRAWAL_REASONS, "decline_reason": DECLINE_REASONS}


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
