"""What suppliers and gardens do."""

from marketplace.suppliers.use_cases.appealing import answer_appeal, appeal, remind_of_appeals
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
from marketplace.suppliers.use_cases.refusing import answer_refusal, propose_refusal, remind_second_curators

__all__ = [
    "FIRST_YEAR",
    "Basics",
    "CaseDetails",
    "Decision",
    "Offer",
    "SupplierApplication",
    "add_application",
    "add_case",
    "answer_appeal",
    "answer_move",
    "answer_refusal",
    "appeal",
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
    "propose_refusal",
    "register_supplier",
    "remind_of_appeals",
    "remind_renewals",
    "remind_second_curators",
    "set_paused",
    "state_tie",
    "submit_again",
    "withdraw_move",
]
