"""A kept ranking as a page shows it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefPaper, paper_for
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pages import Page, page_of
from marketplace.core.viewer import Viewer
from marketplace.matching import Document, Match, Query, Ranking
from marketplace.sourcing import reasons
from marketplace.sourcing.corpus import Listing
from marketplace.sourcing.kept import unpack
from marketplace.sourcing.models import Invitation, RankingRun
from marketplace.sourcing.reasons import Piece

PAGE_SIZE = 10


@dataclass(frozen=True)
class RankedSupplier:
    """A supplier in the list, with why it stands there, in the reader's language."""

    supplier_id: int
    listing: Listing
    match: Match
    why: str
    you_wrote: Sequence[Piece]
    they_write: Sequence[Piece]
    lacks: Sequence[str]
    invitation: Invitation | None


@dataclass(frozen=True)
class LeftOut:
    """Those left out for one reason."""

    reason: str
    listings: Sequence[Listing]


@dataclass(frozen=True)
class RankedList:
    """The kept list of a brief. `fits` counts those within the budget; the list holds the others as well."""

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


def run_of(brief: Brief) -> RankingRun | None:
    """Return a brief's newest kept run, or None."""
    query = select(RankingRun).where(RankingRun.brief_id == brief.id).order_by(RankingRun.id.desc()).limit(1)
    return session.scalar(query)


def places_in(run: RankingRun) -> dict[int, int]:
    """Return the place of each supplier in a kept list, by the supplier's id."""
    stored = unpack(run.result, run.result_digest)
    return {int(match["document_id"]): int(match["place"]) for match in stored["ranking"]["matches"]}


def ranking_for(viewer: Viewer, reference: str, number: int = 1) -> RankedList:
    """Return the kept list of a brief for its company, its garden's people or an administrator. Raises NotFound."""
    if viewer.is_supplier:
        raise NotFound
    paper = paper_for(viewer, reference)
    run = run_of(paper.brief)
    if run is None:
        raise NotFound
    result, inputs = unpack(run.result, run.result_digest), unpack(run.inputs, run.inputs_digest)
    ranking = Ranking.from_dict(result["ranking"])
    listings = {key: Listing.from_dict(value) for key, value in result["listings"].items()}
    documents = {value["id"]: value for value in inputs["documents"]}
    asked = (
        select(Invitation)
        .where(Invitation.brief_id == paper.brief.id)
        .order_by(Invitation.place, Invitation.id)
    )
    invitations = session.scalars(asked).all()
    by_supplier = {invitation.supplier_id: invitation for invitation in invitations}
    matches = page_of(ranking.matches, number, PAGE_SIZE)
    query = Query.from_dict(inputs["query"])
    items = [
        _ranked(match, listings[match.document_id], query, documents[match.document_id], by_supplier)
        for match in matches.items
    ]
    page = Page(items, matches.number, matches.size, matches.total)
    fits = int(result.get("fits", sum(match.within_budget for match in ranking.matches)))
    return RankedList(paper, run, page, fits, _left_out(ranking, listings), invitations)


def _ranked(
    match: Match, listing: Listing, query: Query, stored: Mapping[str, Any], invited: Mapping[int, Invitation]
) -> RankedSupplier:
    document = Document.from_dict(stored)
    terms = match.explanation.terms
    theirs = " ".join([document.text, *(case.text for case in document.cases)])
    number = int(match.document_id)
    return RankedSupplier(
        number,
        listing,
        match,
        reasons.why(match.explanation),
        reasons.met(terms, f"{query.title}.\n{query.text}", of_query=True),
        reasons.met(terms, theirs, of_query=False),
        reasons.lacks(match.explanation),
        invited.get(number),
    )


def _left_out(ranking: Ranking, listings: Mapping[str, Listing]) -> list[LeftOut]:
    groups: dict[str, list[Listing]] = {}
    for exclusion in ranking.excluded:
        if exclusion.reason == "services":
            continue  # who sells something else was never a candidate
        sentence = reasons.exclusion_sentence(exclusion.reason, exclusion.params)
        groups.setdefault(sentence, []).append(listings[exclusion.document_id])
    return [LeftOut(reason, found) for reason, found in groups.items()]


def approved_on(listing: Listing) -> tuple[str, dt.date] | None:
    """Return the garden and day of a listing's newest approval, or None."""
    if not listing.approvals:
        return None
    garden, day = listing.approvals[0]
    return garden, dt.date.fromisoformat(day)
