"""Read access to applications, refusals, appeals, transfers and conflicts of interest."""

from marketplace.vetting.queries.applications import (
    ApplicationView,
    application_view,
    count_by_status,
    pending_applications,
    queue,
    returned_reason,
)
from marketplace.vetting.queries.changed_profiles import profiles_to_review
from marketplace.vetting.queries.conflicts_of_interest import (
    has_conflict_of_interest,
    own_conflicts,
    suppliers_to_declare,
)
from marketplace.vetting.queries.pending_reviews import appeals_to_decide, refusals_to_confirm
from marketplace.vetting.queries.second_reviews import (
    ReviewCase,
    all_appeals,
    appeal_case,
    can_appeal,
    deciders_of,
    independent_curators,
    nearest_garden,
    own_vetting,
    proposed_refusal,
    recourse_by_vetting,
    refusal_case,
    refusals_of,
    refusing_decision,
    role_in_appeal,
    role_in_refusal,
    vettings_awaiting_second_review,
)
from marketplace.vetting.queries.statuses import (
    approved_services,
    listed,
    own_history,
    services_in_category,
    status_of,
    vettings_of,
)
from marketplace.vetting.queries.transfers import other_gardens, supplier_of_garden, transfers

__all__ = [
    "ApplicationView",
    "ReviewCase",
    "all_appeals",
    "appeal_case",
    "appeals_to_decide",
    "application_view",
    "approved_services",
    "can_appeal",
    "count_by_status",
    "deciders_of",
    "has_conflict_of_interest",
    "independent_curators",
    "listed",
    "nearest_garden",
    "other_gardens",
    "own_conflicts",
    "own_history",
    "own_vetting",
    "pending_applications",
    "profiles_to_review",
    "proposed_refusal",
    "queue",
    "recourse_by_vetting",
    "refusal_case",
    "refusals_of",
    "refusals_to_confirm",
    "refusing_decision",
    "returned_reason",
    "role_in_appeal",
    "role_in_refusal",
    "services_in_category",
    "status_of",
    "supplier_of_garden",
    "suppliers_to_declare",
    "transfers",
    "vettings_awaiting_second_review",
    "vettings_of",
]
