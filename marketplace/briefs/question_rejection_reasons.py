"""Reasons that a company chooses from when it rejects a supplier's question. The codes are stored."""

from marketplace.core.i18n import lazy_gettext as _

REJECTION_REASONS = {
    "confidential": _("The question asks for something confidential."),
    "personal": _("The question names a person."),
    "answered": _("The question has already been answered."),
    "unclear": _("We could not understand the question."),
}
