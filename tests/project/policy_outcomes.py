"""A delivered job for the policy tests, with answers that the supplier may read."""

from marketplace.core.viewer import Viewer
from marketplace.proposals.models.offers import Proposal
from tests.factories.outcomes import answer, delivered_job


def readable_outcome(proposal: Proposal, user_id: int) -> int:
    """Add a delivered job of the parties of an offer, with answers for the supplier, and return the id of the round."""
    company = Viewer(
        user_id=user_id, organisation_id=proposal.brief.company_id, organisation_kind="company", role="owner"
    )
    return answer(
        company,
        delivered_job(company, proposal.supplier_id),
        for_supplier=True,
        story="Det gikk bra.",
        story_shown="unnamed",
    ).id
