"""Names of the kinds of objects in the audit log."""

from marketplace.core.i18n import lazy_gettext as _

OBJECT_LABELS = {
    "report": _("Issued report"),
    "report_link": _("Link to the reports"),
    "case_note": _("Note about a company"),
    "case_task": _("Task for a company"),
    "mandate": _("Permission to write for a company"),
    "confirmation": _("Confirmation"),
    "assessment": _("Self-assessment"),
    "tool": _("Digital tool"),
    "action": _("Action"),
    "brief": _("Brief"),
    "measurement": _("Measurement"),
    "objective": _("Objective"),
    "cohort": _("Cohort"),
    "participation": _("Company in a project"),
    "project": _("Project"),
    "session": _("Session"),
    "strategy": _("Digital strategy"),
    "region": _("Region"),
    "user": _("User"),
    "organisation": _("Organisation"),
    "vetting": _("Application"),
    "proposal": _("Offer"),
    "question": _("Question"),
    "registration": _("Registration"),
    "directory_version": _("Search index"),
    "key": _("Encryption key"),
    "table": _("Table"),
    "database": _("Database"),
}


def object_label(object_type: str) -> str:
    """Return the name of a kind of object in the user's language, or its code if it is unknown."""
    return str(OBJECT_LABELS.get(object_type, object_type))
