"""Names as notices show them."""

from marketplace.core.i18n import gettext as _


def company_label(name: str) -> str:
    """Return a company's name, or a neutral label when the brief hides it."""
    return name or _("The company")
