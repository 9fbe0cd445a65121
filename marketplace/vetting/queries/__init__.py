"""Read access to applications, refusals, appeals, transfers and conflicts of interest."""

from marketplace.vetting.queries.applications import (
    application_view,
    count_by_status,
    pending_applications,
    queue,
    returned_reason,
)
from marketplace.vetting.queries.changed_profiles import profiles_to_review
from marketplace.vetting.queries.conflicts_of_interest import (
    StatedInterest,
    has_conflict_of_interest,
    own_conflicts,
    stated_interests,
    suppliers_to_declare,
)
from marketplace.vetting.queries.pending_reviews import PendingReviews, pending_reviews
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
from marketplace.vetting.queries.statuses import listed, services_in_category, status_of, vettings_of
from marketplace.vetting.queries.transfers import other_gardens, supplier_of_garden, transfers
