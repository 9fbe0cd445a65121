"""Changes to a supplier's own profile."""

from marketplace.suppliers.use_cases.details import (
    Basics,
    CaseDetails,
    ServiceOffering,
    SupplierApplication,
    section_values,
)
from marketplace.suppliers.use_cases.profile import (
    add_case,
    add_case_image,
    change_area,
    change_basics,
    change_case,
    change_price,
    change_services,
    change_text,
    change_trades,
    delete_case,
    remove_case_image,
    remove_logo,
    set_logo,
    set_paused,
)
