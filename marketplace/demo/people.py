"""Demo users for one-click sign-in."""

from marketplace.core.i18n import gettext as _

COMPANY = {
    "name": "Marit Bjørkvold",
    "organisation": "Bjørkvollen ysteri",
    "email": "marit@bjorkvollen.example",
}
SUPPLIER = {
    "name": "Tone Løkkås",
    "organisation": "Skogsfjord Digital",
    "email": "tone@skogsfjorddigital.example",
}
GARDEN = {
    "name": "Ingrid Vognill",
    "organisation": "Fjellfoten næringshage",
    "email": "ingrid@fjellfoten.example",
}
COMPANY_WITH_RESULTS = {
    "name": "Mads Erik Kvebergshaug",
    "organisation": "Ripsbekk Bryggeri",
    "email": "mads@ripsbekk.example",
}
"""Owner of a company that has completed every step from self-assessment to a measured result."""
ADMINISTRATOR = {"name": "Sivert Nordhaug", "organisation": "", "email": "sivert@leverandortorget.example"}


def demo_people() -> list[dict[str, str]]:
    """Return key, translated role, name, first name, organisation and e-mail address of each demo user."""
    shown = [
        ("company", _("Company"), COMPANY),
        ("supplier", _("Supplier"), SUPPLIER),
        ("garden", _("Business garden"), GARDEN),
        ("administrator", _("Administrator"), ADMINISTRATOR),
        ("results", _("Company with a plan and results"), COMPANY_WITH_RESULTS),
    ]
    return [
        {"key": key, "role": role, "first_name": person["name"].split()[0], **person}
        for key, role, person in shown
    ]
