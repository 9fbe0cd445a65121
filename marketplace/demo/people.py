"""The demo's people, for one-click sign-in."""

from marketplace.core.i18n import gettext as _

ADMINISTRATOR = {"name": "Sivert Nordhaug", "email": "sivert@leverandortorget.example"}


def demo_people() -> list[dict[str, str]]:
    """Return role, name, first name, organisation and address of each, with the role in the reader's language."""
    people = [
        (_("Company"), "Marit Bjørkvold", "Bjørkvollen ysteri", "marit@bjorkvollen.example"),
        (_("Supplier"), "Tone Løkkås", "Skogsfjord Digital", "tone@skogsfjorddigital.example"),
        (_("Business garden"), "Ingrid Vognill", "Fjellfoten næringshage", "ingrid@fjellfoten.example"),
        (_("Administrator"), ADMINISTRATOR["name"], "", ADMINISTRATOR["email"]),
    ]
    return [
        {"role": role, "name": name, "first_name": name.split()[0], "organisation": of, "email": email}
        for role, name, of, email in people
    ]
