"""The outcome letter to a supplier: its result, scores, the reason, and the chosen supplier."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import view_of
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.proposals.lifecycle import STATES_WITH_LETTER, ProposalState
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.offer_content import BriefRequirements
from marketplace.proposals.queries.offers import award_of
from marketplace.proposals.score_criteria import weighted_score


@dataclass(frozen=True)
class OutcomeLetter:
    """The company's answer to a supplier.

    Of other offers it contains only the name of the chosen supplier: no price, score or count. `own` has the
    supplier's own scores, empty if incomplete. `company_name` is empty for anonymous briefs, `chosen_name` if nobody
    was chosen.
    """

    proposal: Proposal
    brief: Brief
    weights: Mapping[str, int]
    own: Mapping[str, int]
    own_total: int | None
    chosen_name: str
    award: Award | None
    signer: str
    company_name: str
    place: str

    @property
    def is_winner(self) -> bool:
        """True if the supplier was chosen."""
        return self.proposal.state == ProposalState.AWARDED

    @property
    def written_at(self) -> dt.datetime:
        """Time of the decision."""
        return self.proposal.decided_at or self.proposal.updated_at


def letter_for(viewer: Viewer, proposal_id: int) -> OutcomeLetter:
    """Load the outcome letter of an offer of the viewer's supplier. Raises NotFound."""
    query = (
        select(Proposal)
        .where(Proposal.id == proposal_id, Proposal.supplier_id == viewer.organisation_id)
        .options(
            joinedload(Proposal.brief).joinedload(Brief.company),
            joinedload(Proposal.brief_version),
            selectinload(Proposal.evaluations),
        )
    )
    proposal = session.scalar(query) if viewer.is_supplier else None
    if proposal is None or proposal.state not in STATES_WITH_LETTER:
        raise NotFound
    requirements = BriefRequirements.from_answers(
        proposal.brief_version.title, proposal.brief_version.answers
    )
    award = award_of(proposal.brief_id)
    is_winner = proposal.state == ProposalState.AWARDED
    own = {row.criterion: row.score for row in proposal.evaluations if row.score is not None}
    own_total = weighted_score(own, requirements.weights)
    signer = session.get(User, award.awarded_by_id) if award else None
    company = view_of(viewer, proposal.brief).company
    return OutcomeLetter(
        proposal=proposal,
        brief=proposal.brief,
        weights=requirements.weights,
        own=own if own_total is not None else {},
        own_total=own_total,
        chosen_name=award.proposal.supplier.name
        if award and proposal.state == ProposalState.NOT_SELECTED
        else "",
        award=award if is_winner else None,
        signer=signer.name if signer and company else "",
        company_name=company.name if company else "",
        place=company.place if company else "",
    )
