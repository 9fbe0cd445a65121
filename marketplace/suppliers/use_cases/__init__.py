"""What suppliers and gardens do."""

from marketplace.suppliers.use_cases.applying import (
    add_application,
    found_supplier,
    home_garden,
    register_supplier,
    submit_again,
)
from marketplace.suppliers.use_cases.belonging import (
    answer_move,
    ask_to_move,
    end_tie,
    state_tie,
    withdraw_move,
)
from marketplace.suppliers.use_cases.deciding import Decision, approve_all, decide, remind_renewals
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
    "Decision",
    "Offer",
    "SupplierApplication",
    "add_application",
    "add_case",
    "answer_move",
    "approve_all",
    "ask_to_move",
    "case_details",
    "change_area",
    "change_basics",
    "change_case",
    "change_price",
    "change_services",
    "change_text",
    "change_trades",
    "decide",
    "delete_case",
    "end_tie",
    "found_supplier",
    "home_garden",
    "part_of",
    "register_supplier",
    "remind_renewals",
    "set_paused",
    "state_tie",
    "submit_again",
    "withdraw_move",
]
