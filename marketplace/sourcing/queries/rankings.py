"""A kept ranking as a page shows it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, undefer

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefPaper, paper_for
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, page_of
from marketplace.core.viewer import Viewer
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import Listing
from marketplace.sourcing.models import Invitation, RankingRun
from marketplace.sourcing.stored_ranking import LeftOut, Told, open_run

PAGE_SIZE = 10


@dataclass(frozen=True)
class RankedSupplier:
    """A supplier in the list, in words, with its invitation if it is asked.

    `is_here` says whether it can be asked today: the list is kept, while approvals end and suppliers take breaks.
    """

    told: Told
    invitation: Invitation | None
    is_here: bool


@dataclass(frozen=True)
class RankedList:
    """The kept list of a brief. `fits` counts those within the budget that offer what was confirmed; the list holds the others as well."""

    paper: BriefPaper
    run: RankingRun
    page: Page[RankedSupplier]
    fits: int
    left_out: Sequence[LeftOut]
    invitations: Sequence[Invitation]

    @property
    def asked(self) -> int:
        """Count those asked who have not said no."""
        return sum(invitation.state != "declined" for invitation in self.invitations)


_NEWEST = (
    select(RankingRun)
    .where(RankingRun.brief_id == bindparam("brief_id"))
    .options(undefer(RankingRun.result), undefer(RankingRun.inputs))
    .order_by(RankingRun.id.desc())
    .limit(1)
)
"""With what is kept, for all who ask for a run open it."""


def run_of(brief: Brief) -> RankingRun | None:
    """Return a brief's newest kept run, or None."""
    return session.scalar(_NEWEST, {"brief_id": brief.id})


def ranking_for(viewer: Viewer, reference: str, number: int = 1) -> RankedList:
    """Return the kept list of a brief for its company, its garden's people or an administrator. Raises NotFound."""
    if viewer.is_supplier:
        raise NotFound
    paper = paper_for(viewer, reference)
    run = run_of(paper.brief)
    if run is None:
        raise NotFound
    kept = open_run(run)
    asked = (
        select(Invitation)
        .where(Invitation.brief_id == paper.brief.id)
        .options(joinedload(Invitation.supplier))
        .order_by(Invitation.place, Invitation.id)
    )
    invitations = session.scalars(asked).all()
    by_supplier = {invitation.supplier_id: invitation for invitation in invitations}
    matches = page_of(kept.matches, number, PAGE_SIZE)
    told = [kept.tell(match) for match in matches.items]
    here = corpus().listings
    items = [
        RankedSupplier(one, by_supplier.get(one.supplier_id), str(one.supplier_id) in here) for one in told
    ]
    page = Page(items, matches.number, matches.size, matches.total)
    return RankedList(paper, run, page, kept.fits, kept.left_out(), invitations)


def approved_on(listing: Listing) -> tuple[str, dt.date] | None:
    """Return the garden and day of a listing's newest approval, or None."""
    if not listing.approvals:
        return None
    garden, day = listing.approvals[0]
    return garden, dt.date.fromisoformat(day)
