"""Pages for what-if, publication, rankings, invitations, and open briefs for suppliers."""

from marketplace.sourcing.views import (
    amendment,
    demand,
    early_choice,
    exposure,
    first_publication,
    invitations,
    opportunities,
    outside_invitations,
    own_rank,
    ranking,
    similar_briefs,
    suggestions,
    what_if,
)
from marketplace.sourcing.views.base import blueprint
