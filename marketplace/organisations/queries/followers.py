"""Which business gardens may see and help a company. No other module decides that."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, Select, select

from marketplace.core.errors import or_404
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import ASKED, BusinessGarden, Company, CompanyFollower


def companies_followed_by(garden_id: int | BindParameter[int] | None) -> Select[int]:
    """Build the query for the ids of the companies that a garden follows."""
    return select(CompanyFollower.company_id).where(
        CompanyFollower.garden_id == garden_id, CompanyFollower.until.is_(None)
    )


def follows(viewer: Viewer, company: Company) -> bool:
    """Return True if the viewer acts for a business garden that follows a company."""
    return viewer.is_garden and viewer.organisation_id in following_garden_ids(company)


def following_garden_ids(company: Company) -> frozenset[int]:
    """Return the ids of the gardens that follow a company."""
    return frozenset(follower.garden_id for follower in company.followers if follower.until is None)


def followers_of(company: Company) -> Sequence[CompanyFollower]:
    """Return the rows of the gardens that follow a company, one for each reason, oldest first."""
    current = [follower for follower in company.followers if follower.until is None]
    return sorted(current, key=lambda follower: (follower.since, follower.id))


def asked_garden(company: Company, garden_id: int) -> BusinessGarden:
    """Return a garden that a company asks, or has asked before, to follow it. Raises NotFound."""
    asked = (one for one in company.followers if one.garden_id == garden_id and one.why == ASKED)
    follower = or_404(next(asked, None))
    return follower.garden
