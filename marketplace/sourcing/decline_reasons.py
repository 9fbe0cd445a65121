"""Reasons that a supplier chooses from when it declines an invitation. The codes are stored."""

from marketplace.core.i18n import lazy_gettext as _

DECLINE_REASONS = {
    "no_capacity": _("No capacity"),
    "too_small": _("Too small a job"),
    "too_large": _("Too large a job"),
    "low_budget": _("Budget too low"),
    "not_our_field": _("Outside our field"),
    "too_far": _("Too far away"),
    "unclear": _("The brief is unclear"),
    "other": _("Other"),
}
