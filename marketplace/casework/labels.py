"""Names of the activities that notes are about, and of the kinds of reminders to companies."""

from marketplace.core.i18n import lazy_gettext as _

ACTIVITIES = {
    "call": _("Phone call"),
    "visit": _("Visit"),
    "mail": _("E-mail"),
    "meeting": _("Meeting"),
    "other": _("Other"),
}
REMINDER_KINDS = {
    "no_strategy": _("Begin the strategy"),
    "strategy_started": _("Complete the strategy"),
    "no_brief": _("Send a first brief"),
    "few_invited": _("Invite more suppliers"),
    "result_due": _("Say how the job went"),
}
"""Next step of which a company is reminded, by the state of the company."""
