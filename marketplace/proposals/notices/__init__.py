"""Notices about offers, composed in each receiver's language. None mentions an offer before it is opened."""

from marketplace.proposals.notices.award import (
    choice_made,
    choice_reopened,
    choice_taken_back,
    garden_choice_made,
    garden_choice_taken_back,
    garden_nobody_chosen,
    nobody_chosen,
    offer_chosen,
    offer_not_chosen,
    offer_ruled_out,
    supplier_declined,
)
from marketplace.proposals.notices.delivery import (
    job_delivered,
    job_ended,
    outcome_answered,
    outcome_replied,
    outcome_request,
    story_removed,
    story_removed_for_supplier,
)
from marketplace.proposals.notices.emergency_access import emergency_access_granted, offer_read_by_admin
from marketplace.proposals.notices.reminders import (
    brief_lapsed,
    decision_reminder,
    garden_brief_lapsed,
    garden_decision_reminder,
    own_brief_lapsed,
    unsent_changes,
)
from marketplace.proposals.notices.scoring import scoring_begun, scoring_closed, scoring_reopened
from marketplace.proposals.notices.submission import (
    offer_sent,
    offer_withdrawn,
    offers_opened,
    supplier_withdrew,
)
