"""Labels that pages and notices share."""

from dataclasses import dataclass

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import current_answers
from marketplace.core import taxonomy
from marketplace.core.i18n import format_list, format_money, format_money_range, gettext as _
from marketplace.core.money import BUDGET_BANDS
from marketplace.core.places import municipality_name


@dataclass(frozen=True, slots=True)
class BriefSummary:
    """Services, municipality and budget band of a brief, as shown to a supplier that has not opened it."""

    services: str
    place: str
    budget: str


def brief_summary(brief: Brief) -> BriefSummary:
    """Summarize a brief in the current language, for the messages about it and the page behind their link."""
    answers = current_answers(brief)
    return BriefSummary(
        format_list([taxonomy.service(service.code).label for service in brief.services]),
        municipality_name(answers.get("municipality")) or brief.company.place,
        budget_label(str(answers.get("budget_band") or "unknown")),
    )


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
