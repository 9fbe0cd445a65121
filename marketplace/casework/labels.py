"""Names of the activities that notes are about."""

from marketplace.core.i18n import lazy_gettext as _

ACTIVITIES = {
    "call": _("Phone call"),
    "visit": _("Visit"),
    "mail": _("E-mail"),
    "meeting": _("Meeting"),
    "other": _("Other"),
}
