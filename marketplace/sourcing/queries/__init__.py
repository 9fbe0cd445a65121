"""Read access to rankings, what-if counts, opportunities, similar briefs and the front page search."""

from marketplace.sourcing.queries.demand import coverage_report
from marketplace.sourcing.queries.exposure import exposure_stats
from marketplace.sourcing.queries.front_search import interpret
from marketplace.sourcing.queries.invitations import (
    chosen_suppliers,
    open_briefs_for_invitation,
    single_invitation,
    suppliers_to_suggest,
)
from marketplace.sourcing.queries.opportunities import invitation_for, opportunities
from marketplace.sourcing.queries.outside_invitations import (
    briefs_awaiting_approval,
    invitation_to_confirm,
    received_invitation,
)
from marketplace.sourcing.queries.own_rank import is_ranked, own_rank
from marketplace.sourcing.queries.rankings import latest_run, ranking_for
from marketplace.sourcing.queries.similar_briefs import (
    EarlierBrief,
    similar_earlier_briefs,
    similar_open_briefs,
)
from marketplace.sourcing.queries.what_if import what_if, what_if_for
