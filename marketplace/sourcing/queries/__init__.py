"""Read access to rankings, what-if counts, opportunities, similar briefs and the front page search."""

from marketplace.sourcing.queries.demand import CoverageReport, coverage_report
from marketplace.sourcing.queries.exposure import ExposureStats, exposure_stats
from marketplace.sourcing.queries.front_search import SearchInterpretation, interpret
from marketplace.sourcing.queries.opportunities import Opportunity, invitation_for, opportunities
from marketplace.sourcing.queries.outside_invitations import (
    briefs_awaiting_approval,
    invitation_to_confirm,
    outside_invitations,
    received_invitation,
)
from marketplace.sourcing.queries.own_rank import OwnRank, is_ranked, own_rank
from marketplace.sourcing.queries.rankings import RankedSupplier, RankingPage, latest_run, ranking_for
from marketplace.sourcing.queries.similar_briefs import (
    EarlierBrief,
    SimilarBrief,
    similar_earlier_briefs,
    similar_open_briefs,
)
from marketplace.sourcing.queries.single_invitations import (
    open_briefs_for_invitation,
    single_invitation,
)
from marketplace.sourcing.queries.suggestions import suppliers_to_suggest
from marketplace.sourcing.queries.what_if import WhatIf, what_if, what_if_for

__all__ = [
    "CoverageReport",
    "EarlierBrief",
    "ExposureStats",
    "Opportunity",
    "OwnRank",
    "RankedSupplier",
    "RankingPage",
    "SearchInterpretation",
    "SimilarBrief",
    "WhatIf",
    "briefs_awaiting_approval",
    "coverage_report",
    "exposure_stats",
    "interpret",
    "invitation_for",
    "invitation_to_confirm",
    "is_ranked",
    "latest_run",
    "open_briefs_for_invitation",
    "opportunities",
    "outside_invitations",
    "own_rank",
    "ranking_for",
    "received_invitation",
    "similar_earlier_briefs",
    "similar_open_briefs",
    "single_invitation",
    "suppliers_to_suggest",
    "what_if",
    "what_if_for",
]
