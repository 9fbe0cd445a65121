"""Inviting one supplier: the page that confirms it, and the company's open briefs on a supplier's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefView, brief_view_for, is_open
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.queries.rankings import latest_run
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import Listing
from marketplace.sourcing.ranking.stored_ranking import RankedEntry, open_run
from marketplace.sourcing.ranking.unlisted_suppliers import UnlistedSupplier, unlisted_supplier


@dataclass(frozen=True)
class SingleInvitation:
    """A supplier that a company considers inviting: its entry in the ranking, or its score if it is not listed."""

    brief_view: BriefView
    supplier_id: int
    listing: Listing
    entry: RankedEntry | None
    unlisted: UnlistedSupplier | None
    invitation: Invitation | None


def single_invitation(viewer: Viewer, reference: str, slug: str) -> SingleInvitation:
    """Return a supplier's score for a brief of the viewer's company. Raises NotFound, also for unlisted suppliers."""
    if not viewer.is_company:
        raise NotFound
    brief_view = brief_view_for(viewer, reference)
    run = latest_run(brief_view.brief)
    key = next((key for key, listing in corpus().listings.items() if listing.slug == slug), None)
    if run is None or key is None:
        raise NotFound
    supplier_id, ranking = int(key), open_run(run)
    stored = next((match for match in ranking.matches if match["document_id"] == key), None)
    query = select(Invitation).where(
        Invitation.brief_id == brief_view.brief.id, Invitation.supplier_id == supplier_id
    )
    return SingleInvitation(
        brief_view,
        supplier_id,
        corpus().listings[key],
        ranking.render(stored) if stored else None,
        unlisted_supplier(run, supplier_id),
        session.scalar(query),
    )


@dataclass(frozen=True, slots=True)
class OpenBrief:
    """An open brief of the viewer's company, and whether a supplier is invited to it."""

    reference: str
    title: str
    invited: bool


def open_briefs_for_invitation(viewer: Viewer, supplier_id: int) -> Sequence[OpenBrief]:
    """Return the open briefs that an owner may invite a listed supplier to, first deadline first."""
    if not viewer.is_company or not viewer.is_owner or str(supplier_id) not in corpus().listings:
        return []
    query = (
        select(Brief.reference, Brief.title, Invitation.id)
        .outerjoin(Invitation, (Invitation.brief_id == Brief.id) & (Invitation.supplier_id == supplier_id))
        .where(Brief.company_id == viewer.organisation_id, is_open(clock.now()))
        .order_by(Brief.deadline, Brief.id)
    )
    return [OpenBrief(row.reference, row.title, row.id is not None) for row in session.execute(query)]
