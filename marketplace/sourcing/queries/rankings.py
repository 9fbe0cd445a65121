"""A brief's stored ranking, one page at a time."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefView, brief_view_for
from marketplace.core.database import session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.pagination import Page, page_of
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import Invitation, OutsideInvitation, RankingRun
from marketplace.sourcing.queries.outside_invitations import outside_invitations
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import Listing
from marketplace.sourcing.ranking.stored_ranking import ExclusionGroup, RankedEntry, open_run
from marketplace.sourcing.ranking.unlisted_suppliers import UnlistedSupplier, approved_since
from marketplace.sourcing.supplier_counts import InvitationCounts, invitation_counts, list_sentence

PAGE_SIZE = 10


@dataclass(frozen=True)
class RankedSupplier:
    """A ranked supplier with its invitation, if any.

    `is_available` is False if it cannot be invited today, because it paused or lost its approval after the ranking.
    """

    entry: RankedEntry
    invitation: Invitation | None
    is_available: bool


@dataclass(frozen=True)
class RankingPage:
    """One page of a brief's ranking, or of those in it that fit.

    `fits` counts the suppliers within the budget that offer the confirmed services; the ranking lists others as well.
    `listed` counts all suppliers of the ranking, and `fitting` those of them that fit. `selected_elsewhere` are suppliers
    that are selected for an invitation and not on the page, by id.
    """

    brief_view: BriefView
    run: RankingRun
    page: Page[RankedSupplier]
    fits: int
    listed: int
    fitting: int
    exclusion_groups: Sequence[ExclusionGroup]
    invitations: Sequence[Invitation]
    approved_since: Sequence[UnlistedSupplier]
    outside: Sequence[OutsideInvitation]
    selected_elsewhere: Mapping[int, Listing]

    @property
    def counts(self) -> InvitationCounts:
        """Count the invitations, and how many more are allowed."""
        pending = sum(row.result == "" for row in self.outside)
        return invitation_counts(
            self.invitations, pending, int(self.brief_view.answers.get("invite_count") or 0)
        )

    @property
    def list_sentence(self) -> str:
        """Sentence with the number of suppliers in the list and of those that fit."""
        return list_sentence(self.listed, self.fits)


# Without the deferred columns: `open_run` caches what it has parsed.


def latest_run(brief: Brief) -> RankingRun | None:
    """Return a brief's newest ranking run, or None."""
    query = select(RankingRun).where(RankingRun.brief_id == brief.id)
    return session.scalar(query.order_by(RankingRun.id.desc()).limit(1))


def ranking_for(
    viewer: Viewer,
    reference: str,
    page_number: int = 1,
    *,
    only_fitting: bool = False,
    selected: Collection[int] = (),
) -> RankingPage:
    """Return a brief's ranking for its company, its garden's members or an administrator. Raises NotFound.

    `selected` are the suppliers that the company has selected so far, on this page or another.
    """
    if viewer.is_supplier:
        raise NotFound
    brief_view = brief_view_for(viewer, reference)
    run = or_404(latest_run(brief_view.brief))
    ranking = open_run(run)
    query = (
        select(Invitation)
        .where(Invitation.brief_id == brief_view.brief.id)
        .options(joinedload(Invitation.supplier), selectinload(Invitation.suggested_by))
        .order_by(Invitation.place.is_(None), Invitation.place, Invitation.id)
    )
    invitations = session.scalars(query).all()
    by_supplier = {invitation.supplier_id: invitation for invitation in invitations}
    matches = page_of(ranking.fitting if only_fitting else ranking.matches, page_number, PAGE_SIZE)
    entries = [ranking.render(match) for match in matches.items]
    available = corpus().listings
    items = [
        RankedSupplier(entry, by_supplier.get(entry.supplier_id), str(entry.supplier_id) in available)
        for entry in entries
    ]
    page = matches.with_items(items)
    shown = {entry.supplier_id for entry in entries} | by_supplier.keys()
    elsewhere = {
        supplier_id: available[str(supplier_id)]
        for supplier_id in ranking.ranks()
        if supplier_id in selected and supplier_id not in shown and str(supplier_id) in available
    }
    late = approved_since(run) if brief_view.phase is Phase.OPEN and page.number == 1 else []
    uninvited = [item for item in late if item.supplier_id not in by_supplier]
    groups = ranking.exclusion_groups()
    outside = outside_invitations(brief_view.brief.id) if brief_view.reader == "company" else []
    return RankingPage(
        brief_view,
        run,
        page,
        ranking.fits,
        len(ranking.matches),
        len(ranking.fitting),
        groups,
        invitations,
        uninvited,
        outside,
        elsewhere,
    )


def approved_on(listing: Listing) -> tuple[str, dt.date] | None:
    """Return the garden and date of a listing's newest approval, or None."""
    if not listing.approvals:
        return None
    garden, date = listing.approvals[0]
    return garden, dt.date.fromisoformat(date)
