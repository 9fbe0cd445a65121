"""Reasons that a company chooses from when it rejects an offer or closes a brief. The codes are stored."""

from marketplace.core.i18n import lazy_gettext as _

REASONS = {
    "price": _("Another offer was better value for what we get"),
    "must_have": _("A must-have was not met"),
    "understanding": _("Another supplier understood the job better"),
    "experience": _("Another supplier had done more work of the same kind"),
    "dates": _("The dates did not suit us"),
    "gaps": _("Parts of the job were missing from the offer"),
    "cooperation": _("Another supplier was a better fit to work with"),
    "close": _("It was close, and only small details decided it"),
}
"""Reasons why an offer was not chosen. Every rejected supplier gets one."""
CLOSING_REASONS = {
    "none_suitable": _("None of the offers suited us"),
    "too_dear": _("The offers cost more than we can afford"),
    "need_changed": _("Our needs have changed"),
    "postponed": _("We have postponed the job"),
    "do_it_ourselves": _("We do the job ourselves"),
}
"""Reasons why nobody was chosen."""


def reason_label(code: str) -> str:
    """Return the label of a reason code in the current locale, or an empty string for an unknown code."""
    found = REASONS.get(code) or CLOSING_REASONS.get(code)
    return str(found) if found else ""
