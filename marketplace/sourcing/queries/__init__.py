"""Reads: the kept list, who would fit, what suits a supplier, and what a visitor's words point to."""

from marketplace.sourcing.queries.exposure import Exposed, exposed
from marketplace.sourcing.queries.front_search import Understood, understand
from marketplace.sourcing.queries.opportunities import Opportunity, invitation_for, opportunities
from marketplace.sourcing.queries.own_rank import Standing, is_ranked, standing
from marketplace.sourcing.queries.rankings import RankedList, RankedSupplier, ranking_for, run_of
from marketplace.sourcing.queries.similar_briefs import Earlier, Similar, earlier_alike, still_open_alike
from marketplace.sourcing.queries.what_if import Fitting, fitting, fitting_of

__all__ = [
    "Earlier",
    "Exposed",
    "Fitting",
    "Opportunity",
    "RankedList",
    "RankedSupplier",
    "Similar",
    "Standing",
    "Understood",
    "earlier_alike",
    "exposed",
    "fitting",
    "fitting_of",
    "invitation_for",
    "is_ranked",
    "opportunities",
    "ranking_for",
    "run_of",
    "standing",
    "still_open_alike",
    "understand",
]
