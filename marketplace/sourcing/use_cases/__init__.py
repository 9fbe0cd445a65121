"""Publication with ranking, invitations and refitting."""

from marketplace.sourcing.use_cases.alerts import alert_matching_suppliers
from marketplace.sourcing.use_cases.early_choice import choose_before_opening
from marketplace.sourcing.use_cases.invitations import decline, invite_suppliers, mark_seen, reconsider
from marketplace.sourcing.use_cases.outside_invitations import (
    accept_outside_invitation,
    confirm_outside_invitation,
    invite_outside,
    settle_outside_invitations,
)
from marketplace.sourcing.use_cases.publication import (
    amend_brief,
    answer_first_publication,
    open_waiting_briefs,
    publish_brief,
    rank_brief,
)
from marketplace.sourcing.use_cases.refitting import refit
from marketplace.sourcing.use_cases.suggestions import (
    suggest_supplier,
    suggested_invitation,
    withdraw_suggested,
)
