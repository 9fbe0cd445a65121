"""Read access to offers. Before the opening, only the bidder can read an offer."""

from marketplace.proposals.queries.brief_results import (
    BriefResult,
    brief_results,
    shares_individual_results,
)
from marketplace.proposals.queries.duplicate_offers import (
    count_duplicate_offers,
    count_submitted_within_a_day,
)
from marketplace.proposals.queries.emergency_access import active_emergency_accesses, emergency_view
from marketplace.proposals.queries.offers import (
    BriefOffers,
    Offer,
    answers_to,
    award_of,
    better_scored,
    count_for_garden,
    is_opened,
    offer_file,
    offer_for,
    offers_for,
    opening_time,
    outcomes_of,
)
from marketplace.proposals.queries.outcome_letters import OutcomeLetter, letter_for
from marketplace.proposals.queries.scoring import (
    LetterScores,
    Score,
    Scoring,
    ScoringStep,
    letter_scores,
    scoring_for,
)
from marketplace.proposals.queries.similar_brief_outcomes import (
    SimilarBriefOutcome,
    similar_brief_outcomes,
)
from marketplace.proposals.queries.supplier_offers import (
    SupplierOffer,
    changed_since_sent,
    citable_cases,
    load_supplier_offer,
    open_file,
    overdue_since,
    own_file,
    own_offers,
    own_proposal,
)

__all__ = [
    "BriefOffers",
    "BriefResult",
    "LetterScores",
    "Offer",
    "OutcomeLetter",
    "Score",
    "Scoring",
    "ScoringStep",
    "SimilarBriefOutcome",
    "SupplierOffer",
    "active_emergency_accesses",
    "answers_to",
    "award_of",
    "better_scored",
    "brief_results",
    "changed_since_sent",
    "citable_cases",
    "count_duplicate_offers",
    "count_for_garden",
    "count_submitted_within_a_day",
    "emergency_view",
    "is_opened",
    "letter_for",
    "letter_scores",
    "load_supplier_offer",
    "offer_file",
    "offer_for",
    "offers_for",
    "open_file",
    "opening_time",
    "outcomes_of",
    "overdue_since",
    "own_file",
    "own_offers",
    "own_proposal",
    "scoring_for",
    "shares_individual_results",
    "similar_brief_outcomes",
]
