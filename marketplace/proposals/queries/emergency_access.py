"""Sealed content of a brief, for an administrator with emergency access."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefView, current_version, view_of
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.core.viewer import Viewer
from marketplace.proposals.lifecycle import STATE_LABELS, ProposalState
from marketplace.proposals.models.offers import EmergencyAccess, Proposal
from marketplace.proposals.offer_content import BriefRequirements, OfferContent


@dataclass(frozen=True)
class SealedOffer:
    """An offer with its current content, submitted or not."""

    name: str
    state_label: str
    content: OfferContent


@dataclass(frozen=True)
class EmergencyView:
    """A brief and its sealed offers, readable until `until`."""

    brief_view: BriefView
    requirements: BriefRequirements
    offers: Sequence[SealedOffer]
    until: dt.datetime
    reason: str


def active_emergency_accesses(viewer: Viewer) -> Sequence[EmergencyAccess]:
    """List the administrator's unexpired emergency accesses, newest first."""
    query = (
        select(EmergencyAccess)
        .where(EmergencyAccess.by_id == viewer.user_id, EmergencyAccess.until > clock.now())
        .options(joinedload(EmergencyAccess.brief))
        .order_by(EmergencyAccess.id.desc())
    )
    return session.scalars(query).all() if viewer.is_admin else []


def emergency_view(viewer: Viewer, reference: str) -> EmergencyView:
    """Load a brief's sealed content for an administrator with active emergency access. Raises NotFound."""
    access = or_404(
        next((one for one in active_emergency_accesses(viewer) if one.brief.reference == reference), None)
    )
    brief = access.brief
    version = current_version(brief)
    requirements = (
        BriefRequirements.from_answers(version.title, version.answers) if version else BriefRequirements()
    )
    return EmergencyView(
        view_of(viewer, brief), requirements, _offers(brief, requirements), access.until, access.reason
    )


def _offers(brief: Brief, requirements: BriefRequirements) -> list[SealedOffer]:
    query = (
        select(Proposal)
        .where(Proposal.brief_id == brief.id)
        .options(joinedload(Proposal.supplier))
        .order_by(Proposal.created_at, Proposal.id)
    )
    return [
        SealedOffer(
            proposal.supplier.name,
            str(STATE_LABELS[ProposalState(proposal.state)]),
            OfferContent.from_dict(proposal.submitted_content or proposal.content).adapted_to(requirements),
        )
        for proposal in session.scalars(query)
    ]
