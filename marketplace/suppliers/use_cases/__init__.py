"""Changes to a supplier's own profile."""

from marketplace.suppliers.use_cases.details import (
    FIRST_YEAR,
    Basics,
    CaseDetails,
    Offer,
    SupplierApplication,
    case_details,
    part_of,
)
from marketplace.suppliers.use_cases.profile import (
    add_case,
    change_area,
    change_basics,
    change_case,
    change_price,
    change_services,
    change_text,
    change_trades,
    delete_case,
    set_paused,
)

__all__ = [
    "FIRST_YEAR",
    "Basics",
    "CaseDetails",
    "Offer",
    "SupplierApplication",
    "add_case",
    "case_details",
    "change_area",
    "change_basics",
    "change_case",
    "change_price",
    "change_services",
    "change_text",
    "change_trades",
    "delete_case",
    "part_of",
    "set_paused",
]
