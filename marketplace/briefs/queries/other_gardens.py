"""Open briefs in other gardens' areas: title, sector and place only."""

from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.briefs.queries.briefs import is_open
from marketplace.core import clock, places
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, clamp_page
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.organisations.queries import companies_followed_by

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class NetworkBrief:
    """An open brief in another garden's area. If the company hides its name, `place` is the county only."""

    title: str
    sector_code: str
    place: str


def network_briefs(viewer: Viewer, page_number: int = 1) -> Page[NetworkBrief]:
    """Return open briefs in other gardens' areas, by title. Raises NotFound unless the viewer is a garden.

    Only single columns are selected, so that no other content of a brief can reach the page.
    """
    if not viewer.is_garden:
        raise NotFound
    newest = (
        select(BriefVersion.brief_id, func.max(BriefVersion.number).label("number"))
        .group_by(BriefVersion.brief_id)
        .subquery()
    )
    query = (
        select(BriefVersion.title, Company.sector_code, Company.municipality_number, Brief.name_hidden)
        .join(newest, (newest.c.brief_id == BriefVersion.brief_id) & (newest.c.number == BriefVersion.number))
        .join(Brief, Brief.id == BriefVersion.brief_id)
        .join(Company, Company.id == Brief.company_id)
        .where(
            is_open(clock.now()),
            Company.is_active,
            Company.id.not_in(companies_followed_by(viewer.organisation_id)),
        )
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page_number = clamp_page(page_number, total, PAGE_SIZE)
    ordered = query.order_by(norwegian_order(BriefVersion.title), Brief.id)
    rows = session.execute(ordered.limit(PAGE_SIZE).offset((page_number - 1) * PAGE_SIZE))
    items = [
        NetworkBrief(row.title, row.sector_code, _place(row.municipality_number, hidden=row.name_hidden))
        for row in rows
    ]
    return Page(items, page_number, PAGE_SIZE, total)


def _place(municipality_number: str, *, hidden: bool) -> str:
    municipality = places.find_municipality(municipality_number)
    if municipality is None:
        return ""
    return municipality.county if hidden else municipality.name
