"""Open briefs of companies that other gardens follow up: title, trade and place, and never more."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.briefs.queries.briefs import is_open
from marketplace.core import clock, places
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, clamp_page
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class OpenTitle:
    """What a garden knows of an open brief elsewhere. A company that hides its name is placed by county alone."""

    title: str
    sector_code: str
    place: str


def titles_elsewhere(viewer: Viewer, number: int = 1) -> Page[OpenTitle]:
    """Return the titles of open briefs that other gardens follow up, by title. Raises NotFound for others than gardens.

    The columns are asked for one by one, so that nothing else of a brief can reach the page.
    """
    if not viewer.is_garden:
        raise NotFound
    last = (
        select(BriefVersion.brief_id, func.max(BriefVersion.number).label("number"))
        .group_by(BriefVersion.brief_id)
        .subquery()
    )
    query = (
        select(BriefVersion.title, Company.sector_code, Company.municipality_number, Brief.name_hidden)
        .join(last, (last.c.brief_id == BriefVersion.brief_id) & (last.c.number == BriefVersion.number))
        .join(Brief, Brief.id == BriefVersion.brief_id)
        .join(Company, Company.id == Brief.company_id)
        .where(
            is_open(clock.now()),
            Company.is_active,
            or_(Company.garden_id.is_(None), Company.garden_id != viewer.organisation_id),
        )
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = clamp_page(number, total, PAGE_SIZE)
    ordered = query.order_by(func.lower(BriefVersion.title), Brief.id)
    rows = session.execute(ordered.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    items = [
        OpenTitle(row.title, row.sector_code, _place(row.municipality_number, hidden=row.name_hidden))
        for row in rows
    ]
    return Page(items, number, PAGE_SIZE, total)


def _place(municipality_number: str, *, hidden: bool) -> str:
    found = places.find_municipality(municipality_number)
    if found is None:
        return ""
    return found.county if hidden else found.name
