"""Applying, deciding, refusing with a second reviewer, appealing, and transferring suppliers between gardens."""

from marketplace.vetting.use_cases.appealing import answer_appeal, appeal, remind_of_appeals
from marketplace.vetting.use_cases.applying import (
    add_application,
    found_supplier,
    home_garden,
    open_new_kinds,
    register_supplier,
    submit_again,
)
from marketplace.vetting.use_cases.deciding import Decision, approve_all, decide, remind_renewals
from marketplace.vetting.use_cases.refusing import answer_refusal, propose_refusal, remind_second_curators
from marketplace.vetting.use_cases.transfers import (
    answer_move,
    ask_to_move,
    end_tie,
    state_tie,
    withdraw_move,
)

__all__ = [
    "Decision",
    "add_application",
    "answer_appeal",
    "answer_move",
    "answer_refusal",
    "appeal",
    "approve_all",
    "ask_to_move",
    "decide",
    "end_tie",
    "found_supplier",
    "home_garden",
    "open_new_kinds",
    "propose_refusal",
    "register_supplier",
    "remind_of_appeals",
    "remind_renewals",
    "remind_second_curators",
    "state_tie",
    "submit_again",
    "withdraw_move",
]
