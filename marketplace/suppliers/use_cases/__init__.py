"""Changes to a supplier's own profile."""

from marketplace.suppliers.use_cases.details import (
    FIRST_YEAR,
    Basics,
    CaseDetails,
    ServiceOffering,
    SupplierApplication,
    case_details,
    section_values,
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
    "ServiceOffering",
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
    "section_values",
    "set_paused",
]
