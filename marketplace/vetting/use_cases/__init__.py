"""Applying, deciding, refusing with a second reviewer, appealing, and transferring suppliers between gardens."""

from marketplace.vetting.use_cases.appeals import answer_appeal, appeal, remind_of_appeals
from marketplace.vetting.use_cases.applications import (
    add_application,
    add_registered_supplier,
    apply_for_new_categories,
    create_own_supplier,
    move_suppliers_of_closed_garden,
    register_supplier,
    return_suppliers_of_reopened_garden,
    submit_again,
)
from marketplace.vetting.use_cases.conflicts_of_interest import declare_conflict, end_conflict
from marketplace.vetting.use_cases.decisions import (
    Decision,
    approve_all,
    decide,
    save_checklist,
)
from marketplace.vetting.use_cases.refusals import answer_refusal, propose_refusal, remind_second_reviewers
from marketplace.vetting.use_cases.reminders import remind_of_applications, remind_of_renewals
from marketplace.vetting.use_cases.supplier_import import check_table, import_suppliers
from marketplace.vetting.use_cases.transfers import (
    answer_transfer,
    decline_transfers_to_closed_garden,
    request_transfer,
    withdraw_transfer,
)
