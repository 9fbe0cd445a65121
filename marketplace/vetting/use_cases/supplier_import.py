"""Importing suppliers from a file as applications, all or none, optionally approved by a named curator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from marketplace import matching
from marketplace.accounts.queries import find_user_by_email
from marketplace.core.collation import similar_name_key
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.import_table import TableProblem
from marketplace.core.region import current_region
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.core.web_address import web_site_key
from marketplace.organisations.queries import memberships_of, viewer_for
from marketplace.suppliers.glossary import glossary
from marketplace.suppliers.import_json_lines import ImportedSupplier, ImportProblem
from marketplace.suppliers.import_table import ReadTable, read_table
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
    """Return a problem for each supplier whose name or organisation number is already registered."""
    names, numbers = _registered_names(), _registered_numbers()
    return [
        ImportProblem(
            supplier.line,
            f"{supplier.name} is already registered",
            "Remove the line, or change the name.",
        )
        for supplier in suppliers
        if name_key(supplier.name) in names or supplier.organisation_number in numbers
    ]


def _registered_names() -> set[str]:
    return {name_key(name) for name in session.scalars(select(Supplier.name))}


def _registered_numbers() -> set[str]:
    query = select(Supplier.organisation_number).where(Supplier.organisation_number.is_not(None))
    return {str(number) for number in session.scalars(query)}


@dataclass(frozen=True, slots=True)
class SimilarSupplier:
    """An imported supplier that may be the same as another: one that is registered, or on an earlier line.

    `column` is what they have in common: a name that differs only in spelling or legal form, or the website.
    """

    line: int
    name: str
    column: str
    other: str
    other_line: int | None


def find_similar(suppliers: Sequence[ImportedSupplier]) -> list[SimilarSupplier]:
    """Find suppliers that are probably the same as another one, for a warning. Equal names are errors, not similar."""
    known: dict[tuple[str, str], tuple[str, int | None]] = {}
    for name, website in session.execute(select(Supplier.name, Supplier.website).order_by(Supplier.id)):
        for key in _similarity_keys(name, website):
            known.setdefault(key, (name, None))
    found = []
    for supplier in suppliers:
        keys = _similarity_keys(supplier.name, supplier.website)
        shared = next((key for key in keys if key in known), None)
        if shared is not None:
            other, line = known[shared]
            found.append(SimilarSupplier(supplier.line, supplier.name, shared[0], other, line))
        for key in keys:
            known.setdefault(key, (supplier.name, supplier.line))
    return found


def _similarity_keys(name: str, website: str) -> list[tuple[str, str]]:
    site = web_site_key(website)
    return [("name", similar_name_key(name)), *([("website", site)] if site else [])]


def similarity_warning(similar: SimilarSupplier) -> ImportProblem:
    """Describe a probable duplicate for the command line."""
    if similar.column == "website":
        where = (
            f"{similar.other}, line {similar.other_line}"
            if similar.other_line
            else f"{similar.other}, which is registered"
        )
        problem = f"{similar.name} has the same website as {where}"
    elif similar.other_line:
        problem = f"the name is almost the same as on line {similar.other_line}"
    else:
        problem = f"{similar.name} is almost the same as {similar.other}, which is registered"
    remedy = "Keep one of them" if similar.other_line else "Remove the line"
    return ImportProblem(similar.line, problem, f"{remedy} if they are the same supplier.")


def _table_warning(similar: SimilarSupplier) -> TableProblem:
    if similar.other_line:
        other, remedy = (
            _("line %(line)s, %(name)s", line=similar.other_line, name=similar.other),
            _("Keep one of the lines if they are the same supplier."),
        )
    else:
        other, remedy = (
            _("%(name)s, which is registered already", name=similar.other),
            _("Remove the line if they are the same supplier."),
        )
    if similar.column == "website":
        problem = _("%(name)s has the same website as %(other)s.", name=similar.name, other=other)
    else:
        problem = _("%(name)s has almost the same name as %(other)s.", name=similar.name, other=other)
    return TableProblem(similar.line, similar.column, problem, remedy)


def check_table(text: str) -> ReadTable:
    """Validate a table, find suppliers that are registered, and fill in missing services. Changes nothing."""
    read = read_table(text)
    names, numbers = _registered_names(), _registered_numbers()
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
    found.warnings.extend(_table_warning(similar) for similar in find_similar(found.suppliers))
    return found


def infer_services(supplier: ImportedSupplier) -> ImportedSupplier:
    """Fill in missing services with up to three inferred from the supplier's name and text."""
    if supplier.services:
        return supplier
    inferred = matching.suggest_needs(
        f"{supplier.name}. {supplier.text}",
        glossary(),
        lang=supplier.lang,
        limit=MAX_INFERRED,
        min_need_probability=0.0,
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
        garden = responsible_garden(suppliers[0].municipality or current_region().example.number, garden_id)
        for supplier in suppliers:
            municipality = supplier.municipality or garden.municipality_number
            application = SupplierApplication(
                basics=Basics(supplier.name, municipality, supplier.organisation_number, supplier.website),
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
                note=_("Imported from a file."),
            )
            added = add_application(application, actor=by, notify=False)
            if curator:
                approve_all(curator, added.id, notify=False)
    return len(suppliers)
