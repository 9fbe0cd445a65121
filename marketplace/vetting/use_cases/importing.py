"""Bringing suppliers in from a file: as applications, all or nothing, which a named curator may approve at once."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select

from marketplace import matching
from marketplace.accounts.queries import find_user_by_email
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import memberships_of, viewer_for
from marketplace.suppliers.glossary import glossary
from marketplace.suppliers.importing import Fault, ImportedSupplier
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases.details import Basics, Offer, SupplierApplication
from marketplace.vetting.use_cases.applying import add_application, home_garden
from marketplace.vetting.use_cases.deciding import approve_all

MOST_READ, CLEAR = 3, 0.25


def curator_by_email(email: str) -> Viewer:
    """Return a curator as the one who vouches for an import. Raises RuleBroken when nobody is."""
    user = find_user_by_email(email)
    for membership in memberships_of(user.id) if user else ():
        if user and membership.role == "curator":
            return viewer_for(user, membership)
    message = f"{email} is not a curator of any business garden."
    raise RuleBroken(message)


def already_here(suppliers: Sequence[ImportedSupplier]) -> list[Fault]:
    """Return a fault for each supplier whose name is taken by one that is registered."""
    names = [supplier.name.casefold() for supplier in suppliers]
    taken: set[str] = set()
    for start in range(0, len(names), 500):
        query = select(func.lower(Supplier.name)).where(
            func.lower(Supplier.name).in_(names[start : start + 500])
        )
        taken |= set(session.scalars(query))
    return [
        Fault(
            supplier.line,
            f"{supplier.name} is registered already",
            "Take the line out, or give it another name.",
        )
        for supplier in suppliers
        if supplier.name.casefold() in taken
    ]


def read_between_the_lines(supplier: ImportedSupplier) -> ImportedSupplier:
    """Return a supplier that names no services with those that its own words speak of, at most three."""
    if supplier.services:
        return supplier
    found = matching.suggest_needs(
        f"{supplier.name}. {supplier.text}", glossary(), lang=supplier.lang, limit=MOST_READ
    )
    clear = [need.service for need in found if need.probability >= CLEAR] or [
        need.service for need in found[:1]
    ]
    return replace(supplier, services=tuple(clear))


def import_suppliers(suppliers: Sequence[ImportedSupplier], curator: Viewer | None = None) -> int:
    """Add all as applications in one transaction, and approve them when a curator vouches. Return how many.

    With a curator they belong to that garden, else to the one that covers their seat, or the nearest. Nobody is
    mailed: the file names no person.
    """
    with transaction():
        garden = home_garden(
            suppliers[0].municipality or "5001", curator.organisation_id if curator else None
        )
        for supplier in suppliers:
            seat = supplier.municipality or garden.municipality_number
            application = SupplierApplication(
                basics=Basics(supplier.name, seat),
                offer=Offer(
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
                garden_id=curator.organisation_id if curator else None,
                note="Imported from a file.",
            )
            added = add_application(application, actor=curator, tell=False)
            if curator:
                approve_all(curator, added.id, tell=False)
    return len(suppliers)
