"""Read access to offers. Before the opening, only the bidder can read an offer."""

from marketplace.proposals.queries.brief_results import BriefResult, brief_results, shares_individual_results
from marketplace.proposals.queries.duplicate_offers import (
    count_duplicate_offers,
    count_submitted_within_a_day,
)
from marketplace.proposals.queries.emergency_access import active_emergency_accesses, emergency_view
from marketplace.proposals.queries.measured_objective import MeasuredObjective, measured_objective
from marketplace.proposals.queries.offers import (
    BriefOffers,
    Offer,
    award_of,
    better_scored,
    count_for_garden,
    offer_file,
    offer_for,
    offers_for,
)
from marketplace.proposals.queries.outcome_letters import letter_for
from marketplace.proposals.queries.outcomes import (
    Advice,
    JobOutcomes,
    advice_of_other_companies,
    answers_to,
    company_outcomes,
    company_outcomes_for_garden,
    names_of_answerers,
    newest_company_outcomes,
    newest_outcomes_for_garden,
    outcome_for_garden,
    outcome_for_supplier,
    outcomes_of,
    shared_job_answers,
    supplier_outcomes,
)
from marketplace.proposals.queries.scoring import Score, Scoring, ScoringStep, letter_scores, scoring_for
from marketplace.proposals.queries.similar_brief_outcomes import SimilarBriefOutcome, similar_brief_outcomes
from marketplace.proposals.queries.supplier_offers import (
    SupplierOffer,
    changed_since_sent,
    citable_cases,
    differs_from_sent,
    load_supplier_offer,
    open_file,
    overdue_since,
    own_file,
    own_offers,
    own_proposal,
)
