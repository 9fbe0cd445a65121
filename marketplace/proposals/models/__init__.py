"""Tables of offers, the scoring of them, and the outcome of jobs."""

from marketplace.proposals.models import offers, outcomes, scoring
