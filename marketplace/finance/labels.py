"""Codes of activities, funding, costs, fees and the legal basis of state aid, with their labels."""

from marketplace.core.i18n import lazy_gettext as _

ACTIVITIES = {
    "course": _("Course sessions"),
    "recruiting": _("Recruiting companies"),
    "advice": _("Advice to companies"),
    "suppliers": _("The supplier network"),
    "admin": _("Administration and reporting"),
    "travel": _("Travel"),
}
FUNDING_KINDS = {
    "public": _("Public funds"),
    "fee": _("Participation fees"),
    "bank": _("A bank"),
    "own": _("Own funds"),
}
COST_CATEGORIES = {
    "staff": _("Staff"),
    "lecturer": _("Lecturers"),
    "venue": _("Venue and food"),
    "travel": _("Travel"),
    "purchase": _("Purchased services"),
    "other": _("Other"),
}
FEE_STATES = {"invoiced": _("Invoiced"), "paid": _("Paid"), "waived": _("Waived")}
NOT_NOTED = "none"
"""State with which a fee that was noted by mistake is taken back."""
AID_BASES = {
    "article_28": _("Block exemption, article 28: innovation aid for small businesses"),
    "de_minimis": _("De minimis aid"),
    "none": _("Not state aid"),
}
