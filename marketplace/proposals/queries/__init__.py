"""Offers as a viewer may see them. Before the brief is opened that is the bidder alone."""

from marketplace.proposals.queries.answering import Answering, answering, own_offers, own_proposal
from marketplace.proposals.queries.duplicate_offers import saying_the_same, sent_within_a_day
from marketplace.proposals.queries.earlier import Became, earlier_with_outcome, is_told_one_by_one
from marketplace.proposals.queries.emergency_access import active_emergency_accesses, emergency_view
from marketplace.proposals.queries.letters import Letter, letter_for
from marketplace.proposals.queries.offers import (
    Offer,
    Offers,
    award_of,
    count_for_garden,
    is_opened,
    offer_for,
    offers_for,
    opening_of,
    outcomes_of,
)

__all__ = [
    "Answering",
    "Became",
    "Letter",
    "Offer",
    "Offers",
    "active_emergency_accesses",
    "answering",
    "award_of",
    "count_for_garden",
    "earlier_with_outcome",
    "emergency_view",
    "is_opened",
    "is_told_one_by_one",
    "letter_for",
    "offer_for",
    "offers_for",
    "opening_of",
    "outcomes_of",
    "own_offers",
    "own_proposal",
    "saying_the_same",
    "sent_within_a_day",
]
