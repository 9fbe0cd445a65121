"""Panel on a brief's page where a supplier starts its offer, or sees the state of the offer."""

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import BriefView
from marketplace.core.hooks import Panel
from marketplace.core.viewer import Viewer
from marketplace.proposals import queries


def own_offer_panel(viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel while the brief is open."""
    if brief_view.phase is not Phase.OPEN:
        return None
    offer = queries.own_proposal(viewer, brief_view.brief.id)
    return Panel(
        "proposals/_own_offer.html",
        {
            "reference": brief_view.brief.reference,
            "deadline": brief_view.brief.deadline,
            "accepts_questions": brief_view.accepts_questions,
            "state": offer.state if offer else "",
            "can_be_restored": offer is not None and offer.can_be_restored,
            "sent_at": offer.submitted_at if offer else None,
            "has_unsent_changes": offer is not None and queries.differs_from_sent(offer),
        },
    )
