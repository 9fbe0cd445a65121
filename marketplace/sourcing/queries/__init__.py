"""Reads: the kept list, who would fit, what suits a supplier, and what a visitor's words point to."""

from marketplace.sourcing.queries.exposure import Exposed, exposed
from marketplace.sourcing.queries.fitting import Fitting, fitting, fitting_of
from marketplace.sourcing.queries.opportunities import Opportunity, invitation_for, opportunities
from marketplace.sourcing.queries.rankings import RankedList, RankedSupplier, ranking_for, run_of
from marketplace.sourcing.queries.similar import Earlier, Similar, earlier_alike, still_open_alike
from marketplace.sourcing.queries.standing import Standing, is_ranked, standing
from marketplace.sourcing.queries.understanding import Understood, understand

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
