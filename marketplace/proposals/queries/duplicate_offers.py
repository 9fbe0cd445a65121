"""Count a supplier's recent offers and its duplicate texts."""

import datetime as dt
import logging

from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.sealing import SealError
from marketplace.proposals.duplicate_text import count_duplicates
from marketplace.proposals.models.offers import Proposal, ProposalRevision
from marketplace.proposals.queries.offers import HIDDEN_STATES

logger = logging.getLogger(__name__)
MAX_OFFERS_COMPARED = 50


def count_submitted_within_a_day(supplier_id: int) -> int:
    """Count the briefs for which a supplier has submitted its first offer within the last 24 hours."""
    query = (
        select(func.count())
        .select_from(ProposalRevision)
        .join(Proposal)
        .where(
            Proposal.supplier_id == supplier_id,
            ProposalRevision.number == 1,
            ProposalRevision.submitted_at > clock.now() - dt.timedelta(hours=24),
        )
    )
    return session.scalar(query) or 0


def count_duplicate_offers(proposal: Proposal, *, opened: bool = False) -> int:
    """Count the supplier's other submitted offers with the same description of the job.

    With `opened`, only opened offers count, because sealed ones may be known to the supplier alone. Only the newest
    MAX_OFFERS_COMPARED offers are compared. An offer that cannot be decrypted counts as different.
    """
    query = (
        select(Proposal)
        .where(
            Proposal.supplier_id == proposal.supplier_id,
            Proposal.id != proposal.id,
            Proposal.state.not_in(HIDDEN_STATES),
        )
        .order_by(Proposal.submitted_at.desc(), Proposal.id)
        .limit(MAX_OFFERS_COMPARED)
    )
    if opened:
        query = query.where(Proposal.opened_at.is_not(None))
    try:
        said = understanding_text(proposal)
    except SealError:
        return 0
    others = []
    for other in session.scalars(query):
        try:
            others.append(understanding_text(other))
        except SealError:
            logger.warning("Offer %s cannot be opened, so it is compared with none.", other.id)
    return count_duplicates(said, others)


def understanding_text(proposal: Proposal) -> str:
    """Return the supplier's description of the job in a submitted offer. Raises SealError."""
    return str((proposal.submitted_content or {}).get("understanding") or "")
