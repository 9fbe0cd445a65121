"""Inviting suppliers to a brief: one from its page, several before it opens, and suggestions of a business garden."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefView, brief_view_for, is_open, open_review
from marketplace.core import clock
from marketplace.core.collation import norwegian_order, sort_key
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.queries.rankings import latest_run
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import Listing
from marketplace.sourcing.ranking.stored_ranking import RankedEntry, open_run
from marketplace.sourcing.ranking.unlisted_suppliers import UnlistedSupplier, unlisted_supplier
from marketplace.suppliers.models import Supplier


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


def chosen_suppliers(viewer: Viewer, brief_view: BriefView) -> Sequence[Any]:
    """Return name and slug of each chosen supplier, for the company alone; none for a brief that was open before."""
    if not viewer.is_company or brief_view.phase is not Phase.WAITING or brief_view.version is not None:
        return ()
    review = open_review(brief_view.brief)
    if review is None or not review.chosen_suppliers:
        return ()
    query = select(Supplier.name, Supplier.slug).where(Supplier.id.in_(review.chosen_suppliers))
    return session.execute(query.order_by(norwegian_order(Supplier.name), Supplier.id)).all()


def suppliers_to_suggest(brief_view: BriefView) -> list[tuple[int, str]]:
    """List id and name of the suppliers that can answer a brief and are not invited, by name."""
    brief, current = brief_view.brief, corpus()
    invited = set(session.scalars(select(Invitation.supplier_id).where(Invitation.brief_id == brief.id)))
    wanted = {service.category for service in brief.services}
    found = [
        (int(key), f"{listing.name}, {listing.place}")
        for key, listing in current.listings.items()
        if current.categories[key] & wanted and int(key) not in invited
    ]
    return sorted(found, key=lambda item: sort_key(item[1]))
