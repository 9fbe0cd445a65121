"""Pages for what-if, publication, rankings, invitations, and open briefs for suppliers."""

from marketplace.sourcing.views import (
    amendment,
    demand,
    early_choice,
    first_publication,
    invitations,
    opportunities,
    outside_invitations,
    panels,
    ranking,
    suggestions,
    what_if,
)
from marketplace.sourcing.views.base import blueprint
