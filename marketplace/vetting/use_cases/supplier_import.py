"""Importing suppliers from a file as applications, all or none, optionally approved by a named curator."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from marketplace import matching
from marketplace.accounts.queries import find_user_by_email
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.text import name_key, similar_name_key
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import memberships_of, viewer_for
from marketplace.suppliers.glossary import glossary
from marketplace.suppliers.import_file import ImportedSupplier, ImportProblem
from marketplace.suppliers.import_table import ReadTable, TableProblem, read_table
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases.details import Basics, ServiceOffering, SupplierApplication
from marketplace.vetting.use_cases.applications import add_application, responsible_garden
from marketplace.vetting.use_cases.decisions import approve_all

MAX_INFERRED = 3
MIN_PROBABILITY = 0.25
"""Below this the most probable service is used alone."""


def curator_by_email(email: str) -> Viewer:
    """Find the curator who approves an import. Raises RuleBroken if the address is not a curator's."""
    user = find_user_by_email(email)
    for membership in memberships_of(user.id) if user else ():
        if user and membership.role == "curator":
            return viewer_for(user, membership)
    message = f"{email} is not a curator of any business garden."
    raise RuleBroken(message)


def find_registered(suppliers: Sequence[ImportedSupplier]) -> list[ImportProblem]:
    """Report a fault for each supplier whose name is already registered."""
    taken = {name_key(name) for name in session.scalars(select(Supplier.name))}
    return [
        ImportProblem(
            supplier.line,
            f"{supplier.name} is already registered",
            "Remove the line, or change the name.",
        )
        for supplier in suppliers
        if name_key(supplier.name) in taken
    ]


def find_similar(suppliers: Sequence[ImportedSupplier]) -> list[ImportProblem]:
    """Report a warning for each supplier whose name is registered with other punctuation or another legal form."""
    registered = {similar_name_key(name): name for name in session.scalars(select(Supplier.name))}
    return [
        ImportProblem(
            supplier.line,
            f"{supplier.name} is almost the same as {name}, which is registered",
            "Remove the line if they are the same supplier.",
        )
        for supplier in suppliers
        if (name := registered.get(similar_name_key(supplier.name)))
    ]


def check_table(text: str) -> ReadTable:
    """Validate a table, find suppliers that are registered, and fill in missing services. Changes nothing."""
    read = read_table(text)
    names = {name_key(name) for name in session.scalars(select(Supplier.name))}
    numbers = set(session.scalars(select(Supplier.organisation_number)))
    found = replace(read, suppliers=[infer_services(supplier) for supplier in read.suppliers])
    for before, supplier in zip(read.suppliers, found.suppliers, strict=True):
        line, remedy = supplier.line, _("Remove the line.")
        if supplier.organisation_number and supplier.organisation_number in numbers:
            found.faults.append(
                TableProblem(
                    line, "organisation_number", _("This organisation is registered already."), remedy
                )
            )
        elif name_key(supplier.name) in names:
            found.faults.append(
                TableProblem(line, "name", _("A supplier with this name is registered already."), remedy)
            )
        if not supplier.services:
            problem, remedy = _("No service is named, and none was found in the text."), _("Name a service.")
            found.faults.append(TableProblem(line, "services", problem, remedy))
        elif supplier.services != before.services:
            found.inferred.add(line)
    found.faults.sort(key=lambda fault: fault.line)
    return found


def infer_services(supplier: ImportedSupplier) -> ImportedSupplier:
    """Fill in missing services with up to three inferred from the supplier's name and text."""
    if supplier.services:
        return supplier
    inferred = matching.suggest_needs(
        f"{supplier.name}. {supplier.text}", glossary(), lang=supplier.lang, limit=MAX_INFERRED
    )
    services = [need.service for need in inferred if need.probability >= MIN_PROBABILITY] or [
        need.service for need in inferred[:1]
    ]
    return replace(supplier, services=tuple(services))


def import_suppliers(
    suppliers: Sequence[ImportedSupplier], curator: Viewer | None = None, *, actor: Viewer | None = None
) -> int:
    """Add all suppliers as applications in one transaction, approved if a curator is given. Returns their number.

    They belong to the garden of the curator or of the person who imports them, otherwise to the responsible one.
    Nobody is notified, because the file names no people.
    """
    by = curator or actor
    garden_id = by.organisation_id if by and by.is_garden else None
    with transaction():
        garden = responsible_garden(suppliers[0].municipality or "5001", garden_id)
        for supplier in suppliers:
            municipality = supplier.municipality or garden.municipality_number
            application = SupplierApplication(
                basics=Basics(supplier.name, municipality, supplier.organisation_number),
                offer=ServiceOffering(
                    services=supplier.services,
                    sectors=supplier.sectors,
                    areas=[],
                    languages=[],
                    remote=supplier.remote,
                    on_site=True,
                    price_from_nok=supplier.price_from_nok,
                ),
                about=supplier.text,
                text_locale=supplier.lang,
                garden_id=garden_id,
                note="Imported from a file.",
            )
            added = add_application(application, actor=by, notify=False)
            if curator:
                approve_all(curator, added.id, notify=False)
    return len(suppliers)
