"""Opened offers for the company, and offer counts for its garden."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import joinedload

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries import brief_for, current_version, is_opened, own_brief, phase_of
from marketplace.core import clock
from marketplace.core.collation import sort_key
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.proposals.award_deadlines import can_decide_late
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.models.offers import Award, Evaluation, Proposal
from marketplace.proposals.offer_content import AttachedFile, BriefRequirements, OfferContent, PriceLine
from marketplace.proposals.queries.supplier_offers import open_file
from marketplace.proposals.score_criteria import weighted_score
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting

HIDDEN_STATES = (ProposalState.DRAFT, ProposalState.WITHDRAWN)
"""States that a company never sees, even after opening."""

_BRIEF = bindparam("brief_id", type_=Integer())
_SENT = prepared(
    select(Proposal)
    .where(Proposal.brief_id == _BRIEF, Proposal.state.not_in(HIDDEN_STATES))
    .options(joinedload(Proposal.supplier))
)
_APPROVALS = prepared(
    select(Vetting.supplier_id, Vetting.category, Vetting.state, Vetting.approved_at)
    .join(Proposal, Proposal.supplier_id == Vetting.supplier_id)
    .where(Proposal.brief_id == _BRIEF, Proposal.state.not_in(HIDDEN_STATES))
)
_SCORES = prepared(
    select(Evaluation.proposal_id, Evaluation.criterion, Evaluation.score, Evaluation.note)
    .join(Proposal, Proposal.id == Evaluation.proposal_id)
    .where(Proposal.brief_id == _BRIEF, Proposal.state.not_in(HIDDEN_STATES))
)
_AWARD = prepared(
    select(Award)
    .where(Award.brief_id == _BRIEF)
    .options(joinedload(Award.proposal).joinedload(Proposal.supplier))
)


@dataclass(frozen=True)
class Offer:
    """An opened offer, as its company sees it.

    `content` answers the brief as it is now. `prices_beside` are its prices for parts that have been changed or removed
    since; no total counts them.
    """

    id: int
    supplier_id: int
    name: str
    slug: str
    place: str
    contact_name: str
    contact_email: str
    is_approved: bool
    state: str
    submitted_at: dt.datetime | None
    content: OfferContent
    prices_beside: Sequence[PriceLine]
    scores: Mapping[str, int]
    notes: Mapping[str, str]
    total_score: int | None
    outcome_code: str
    outcome_text: str
    outcome_good: str
    answers_older_version: bool
    repeats: int

    @property
    def is_live(self) -> bool:
        """True if the offer can still be chosen; after a lapse this needs the supplier's consent."""
        return self.state in {ProposalState.SUBMITTED, ProposalState.CLOSED_UNJUDGED}


@dataclass(frozen=True)
class BriefOffers:
    """A brief with the information about its offers that the company may see. `offers` is empty while sealed."""

    brief: Brief
    phase: Phase
    version: BriefVersion
    requirements: BriefRequirements
    is_sealed: bool
    offers: Sequence[Offer]
    award: Award | None

    @property
    def awaits_decision(self) -> bool:
        """True if the company can choose an offer or end the brief without a choice; for a time also after a lapse."""
        if self.phase is Phase.LAPSED and self.brief.closed_at is not None:
            return can_decide_late(self.brief.closed_at, clock.now())
        return self.phase is Phase.EVALUATING

    @property
    def live(self) -> list[Offer]:
        """Offers that can be chosen."""
        return [offer for offer in self.offers if offer.is_live]

    @property
    def priced(self) -> list[Offer]:
        """Offers whose prices fill the gaps in others: those that can be chosen, or could be before the choice."""
        eligible = [offer for offer in self.offers if offer.state != ProposalState.INELIGIBLE]
        return self.live or eligible or list(self.offers)

    @property
    def is_scored(self) -> bool:
        """True if every offer that can be chosen has all its scores."""
        return bool(self.live) and all(offer.total_score is not None for offer in self.live)


def offers_for(viewer: Viewer, reference: str) -> BriefOffers:
    """List the offers for a brief of the viewer's company, by supplier name. Raises NotFound.

    While the brief is sealed, no offer is read from the database. An adviser reads them only if the company lets them.
    """
    if not viewer.may_read_offers:
        raise NotFound
    brief = own_brief(viewer, reference)
    version = or_404(current_version(brief))
    requirements = BriefRequirements.from_answers(version.title, version.answers)
    sealed = not is_opened(brief)
    found = () if sealed else _opened(brief, version, requirements)
    return BriefOffers(
        brief, phase_of(brief), version, requirements, sealed, found, None if sealed else award_of(brief.id)
    )


def _opened(brief: Brief, version: BriefVersion, requirements: BriefRequirements) -> list[Offer]:
    asked, now = {"brief_id": brief.id}, clock.now()
    trades = set(session.scalars(select(BriefService.category).where(BriefService.brief_id == brief.id)))
    approved = {
        row.supplier_id
        for row in session.execute(_APPROVALS, asked)
        if row.category in trades and rules.status(row.state, row.approved_at, now) in rules.LISTED
    }
    judged: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_SCORES, asked):
        judged[row.proposal_id].append(row)
    offers = [
        _offer(
            proposal, version, requirements, judged[proposal.id], is_approved=proposal.supplier_id in approved
        )
        for proposal in session.scalars(_SENT, asked)
    ]
    return sorted(offers, key=lambda offer: (sort_key(offer.name), offer.supplier_id))


def _offer(
    proposal: Proposal,
    version: BriefVersion,
    requirements: BriefRequirements,
    judged: Sequence[Any],
    *,
    is_approved: bool,
) -> Offer:
    supplier = proposal.supplier
    content = OfferContent.from_dict(proposal.submitted_content)
    scores = {row.criterion: row.score for row in judged if row.score is not None}
    return Offer(
        id=proposal.id,
        supplier_id=supplier.id,
        name=supplier.name,
        slug=supplier.slug,
        place=supplier.place,
        contact_name=supplier.contact_name,
        contact_email=supplier.contact_email,
        is_approved=supplier.is_active and is_approved,
        state=proposal.state,
        submitted_at=proposal.submitted_at,
        content=content.adapted_to(requirements),
        prices_beside=content.prices_beside(requirements),
        scores=scores,
        notes={row.criterion: row.note for row in judged},
        total_score=weighted_score(scores, requirements.weights),
        outcome_code=proposal.outcome_code,
        outcome_text=proposal.outcome_text,
        outcome_good=proposal.outcome_good,
        answers_older_version=proposal.brief_version_id != version.id,
        repeats=proposal.repeats,
    )


def offer_for(viewer: Viewer, reference: str, proposal_id: int) -> tuple[BriefOffers, Offer]:
    """Load one opened offer with its brief. Raises NotFound, also while the brief is sealed."""
    offers = offers_for(viewer, reference)
    for offer in offers.offers:
        if offer.id == proposal_id:
            return offers, offer
    raise NotFound


def offer_file(viewer: Viewer, reference: str, proposal_id: int, file_id: int) -> tuple[AttachedFile, bytes]:
    """Return a file of an opened offer. Raises NotFound, also while the brief is sealed."""
    _offers, offer = offer_for(viewer, reference, proposal_id)
    return open_file(session.get(Proposal, offer.id), offer.content.files, file_id)


def award_of(brief_id: int) -> Award | None:
    """Find the award of a brief, or None."""
    return session.scalar(_AWARD, {"brief_id": brief_id})


def count_for_garden(viewer: Viewer, reference: str) -> tuple[Brief, int | None]:
    """Load a brief of one of the garden's companies with its number of offers, None while sealed. Raises NotFound.

    Gardens do not see the content of offers, except through a mandate with access to them.
    """
    if not viewer.is_garden:
        raise NotFound
    brief = brief_for(viewer, reference)
    if current_version(brief) is None:
        raise NotFound
    return brief, count_offers(brief.id) if is_opened(brief) else None


def count_offers(brief_id: int) -> int:
    """Count the offers of an opened brief."""
    query = select(func.count()).where(Proposal.brief_id == brief_id, Proposal.state.not_in(HIDDEN_STATES))
    return session.scalar(query) or 0


def better_scored(chosen: Offer, others: Sequence[Offer]) -> Offer | None:
    """Return the best of the other offers that are scored higher than the chosen one, or None."""
    score = chosen.total_score
    higher = [
        offer
        for offer in others
        if offer.total_score is not None and score is not None and offer.total_score > score
    ]
    return max(higher, key=lambda offer: offer.total_score or 0, default=None)
