"""Pages about offers: submission, comparison, decision, and delivery."""

from flask import Blueprint

blueprint = Blueprint("proposals", __name__)

from marketplace.proposals.views import (  # noqa: E402 because the view modules register their routes on the blueprint above
    award,
    comparison,
    delivery,
    emergency_access,
    outcome_letters,
    outcomes,
    scoring,
    similar_brief_outcomes,
    stories,
    submission,
)
