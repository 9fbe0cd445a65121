"""Profile data as plain values, and writing them to the models."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from marketplace.core import clock, places, taxonomy
from marketplace.core.database import session
from marketplace.core.details import write_details
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.organisations import queries as organisations
from marketplace.suppliers.limits import FIRST_CASE_YEAR
from marketplace.suppliers.models import (
    CaseStudy,
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
)


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """Values of a case study."""

    title: str
    text: str
    year: int
    client: str = ""
    sector_code: str = ""
    service_code: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Basics:
    """Name, municipality and contact details."""

    name: str
    municipality_number: str
    organisation_number: str | None = None
    website: str = ""
    phone: str = ""
    contact_name: str = ""
    contact_email: str = ""
    employees: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceOffering:
    """Services, sectors, areas, languages, price and availability. `areas` are municipality numbers."""

    services: Sequence[str]
    sectors: Sequence[str] = ()
    areas: Sequence[str] = ()
    languages: Sequence[str] = ("nb",)
    remote: bool = True
    on_site: bool = True
    price_from_nok: int | None = None
    next_start: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SupplierApplication:
    """Values of an application. Without `garden_id`, the responsible garden gets the application.

    `note` is for the garden only, such as a reference customer and who owns the results.
    """

    basics: Basics
    offer: ServiceOffering
    about: str
    text_locale: str = "nb"
    garden_id: int | None = None
    cases: Sequence[CaseDetails] = field(default=())
    note: str = ""


def application_to_json(application: SupplierApplication) -> dict[str, Any]:
    """Return an application as JSON values."""
    values = asdict(application)
    start = application.offer.next_start
    return values | {"offer": values["offer"] | {"next_start": start.isoformat() if start else None}}


def application_from_json(values: dict[str, Any]) -> SupplierApplication:
    """Return the application that `application_to_json` has converted."""
    start = values["offer"]["next_start"]
    offer = values["offer"] | {"next_start": dt.date.fromisoformat(start) if start else None}
    nested = {
        "basics": Basics(**values["basics"]),
        "offer": ServiceOffering(**offer),
        "cases": [CaseDetails(**case) for case in values["cases"]],
    }
    return SupplierApplication(**(values | nested))


def check_number(basics: Basics, except_id: int | None = None) -> None:
    """Raise RuleBroken if another supplier has the organisation number."""
    organisations.require_unused_number("supplier", basics.organisation_number, except_id)


def write_basics(supplier: Supplier, basics: Basics) -> None:
    """Write the basic details. Raises RuleBroken if another supplier has the organisation number."""
    check_number(basics, supplier.id)
    write_details(supplier, basics)


def write_services(supplier: Supplier, codes: Iterable[str]) -> None:
    """Write the services. Raises RuleBroken if there are none."""
    wanted = sorted(set(codes) & set(taxonomy.services()))
    if not wanted:
        raise RuleBroken(_("Select at least one service."), "services")
    kept = {row.code: row for row in supplier.services}
    supplier.services = [kept.get(code) or SupplierService(code=code) for code in wanted]


def write_trades(supplier: Supplier, sectors: Iterable[str], languages: Iterable[str]) -> None:
    """Write sectors and languages."""
    known = {row.code: row for row in supplier.sectors}
    supplier.sectors = [
        known.get(code) or SupplierSector(code=code)
        for code in sorted(set(sectors) & set(taxonomy.sectors()))
    ]
    known_languages = {row.code: row for row in supplier.languages}
    supplier.languages = [
        known_languages.get(code) or SupplierLanguage(code=code)
        for code in sorted(set(languages) & {"nb", "nn", "en", "sma"})
    ]


def write_area(supplier: Supplier, areas: Iterable[str], *, remote: bool, on_site: bool) -> None:
    """Write the way of working and the areas. Raises RuleBroken if it is neither remote nor on site."""
    if not remote and not on_site:
        raise RuleBroken(_("Select whether you work online, travel to the customer, or both."), "presence")
    supplier.remote, supplier.on_site = remote, on_site
    known = {row.municipality_number: row for row in supplier.areas}
    wanted = sorted(number for number in set(areas) if on_site and places.find_municipality(number))
    supplier.areas = [known.get(number) or SupplierArea(municipality_number=number) for number in wanted]


def new_case(details: CaseDetails) -> CaseStudy:
    """Create a case study. Raises RuleBroken for an invalid year."""
    case = CaseStudy()
    write_case(case, details)
    return case


def write_case(case: CaseStudy, details: CaseDetails) -> None:
    """Write a case study. Raises RuleBroken for an invalid year."""
    if not FIRST_CASE_YEAR <= details.year <= clock.today().year:
        raise RuleBroken(
            _("Enter the year the job was done, from %(first)s to now.", first=FIRST_CASE_YEAR), "year"
        )
    write_details(case, details)


def section_values(supplier: Supplier, section: str) -> list[object]:
    """Values of one section of the profile for optimistic locking. Empty for unknown sections."""
    columns = {
        "basics": (
            "name", "organisation_number", "municipality_number", "website", "phone", "contact_name", "contact_email",
            "employees",
        ),
        "text": ("about", "text_locale"),
        "area": ("remote", "on_site"),
        "price": ("price_from_nok", "next_start"),
    }  # fmt: skip
    found: list[object] = [getattr(supplier, name) for name in columns.get(section, ())]
    if section == "services":
        found = [*sorted(row.code for row in supplier.services)]
    elif section == "trades":
        found = [sorted(row.code for row in rows) for rows in (supplier.sectors, supplier.languages)]
    elif section == "area":
        found.append(sorted(row.municipality_number for row in supplier.areas))
    return found


def profile_values(supplier: Supplier) -> tuple[object, ...]:
    """All public values of a supplier, to detect changes."""
    columns = [
        supplier.name, supplier.organisation_number, supplier.municipality_number, supplier.website, supplier.phone,
        supplier.about, supplier.text_locale, supplier.contact_name, supplier.contact_email, supplier.employees,
        supplier.remote, supplier.on_site, supplier.price_from_nok, supplier.next_start,
    ]  # fmt: skip
    codes = (
        tuple(sorted(row.code for row in supplier.services)),
        tuple(sorted(row.code for row in supplier.sectors)),
        tuple(sorted(row.municipality_number for row in supplier.areas)),
        tuple(sorted(row.code for row in supplier.languages)),
    )
    cases = tuple(
        (case.title, case.client, case.sector_code, case.service_code, case.text, case.result, case.year,
         *(image.id for image in case.images))
        for case in supplier.cases
    )  # fmt: skip
    return (*columns, codes, cases, supplier.logo.id if supplier.logo else None)


def increment_version(supplier: Supplier) -> None:
    """Increment the version, so that indexes are updated."""
    supplier.version += 1
    supplier.updated_at = clock.now()
    session.flush()
