"""Companies and business gardens."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import User
from marketplace.core.collation import norwegian_order
from marketplace.core.database import lock_row, prepared, session
from marketplace.core.errors import NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import make_slug
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.pagination import Page
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import Contact, owner_contact
from marketplace.organisations.models import BusinessGarden, Company, Membership, Organisation
from marketplace.organisations.queries.followers import companies_followed_by, follows
from marketplace.text_search.list_search import ListMatches, ListSearch, load_in_order, searched_text


def company_contact(viewer: Viewer, company: Company) -> Contact | None:
    """Return the first owner of a company, or None if it has none or the viewer's garden does not follow it."""
    if not follows(viewer, company):
        return None
    return owner_contact(company)


def gardens() -> Sequence[BusinessGarden]:
    """Return the active business gardens, by name."""
    query = (
        select(BusinessGarden).where(BusinessGarden.is_active).order_by(norwegian_order(BusinessGarden.name))
    )
    return session.scalars(query).all()


def all_gardens() -> Sequence[BusinessGarden]:
    """Return all business gardens, including closed ones, for administrators."""
    return session.scalars(select(BusinessGarden).order_by(norwegian_order(BusinessGarden.name))).all()


def curated_garden_ids() -> set[int]:
    """Return the ids of the business gardens with an active curator."""
    query = select(Membership.organisation_id).join(User).where(Membership.role == "curator", User.is_active)
    return set(session.scalars(query))


def garden(garden_id: int) -> BusinessGarden:
    """Return a business garden by id. Raises NotFound."""
    return or_404(session.get(BusinessGarden, garden_id))


def garden_covering(municipality_number: str) -> BusinessGarden | None:
    """Return the garden that covers a municipality, or None."""
    return next((g for g in gardens() if municipality_number in g.covered_municipalities), None)


@dataclass(frozen=True, slots=True)
class GardenChange:
    """The change of a company's garden by a move: its present garden and the next one. Each may be None."""

    old: BusinessGarden | None
    new: BusinessGarden | None


def garden_change(company: Company, municipality_number: str) -> GardenChange | None:
    """Return how moving a company to a municipality changes its garden, or None if it does not."""
    if municipality_number == company.municipality_number:
        return None
    new = garden_covering(municipality_number)
    return None if (new.id if new else None) == company.garden_id else GardenChange(company.garden, new)


def lock_organisation(organisation_id: int | None) -> None:
    """Lock an organisation's row until the end of the transaction."""
    lock_row(Organisation.id, organisation_id)


def lock_organisations_of(user_id: int) -> None:
    """Lock the organisations that a user is a member of. Every change of a membership locks its organisation first."""
    memberships = select(Membership.organisation_id).where(Membership.user_id == user_id)
    query = select(Organisation.id).where(Organisation.id.in_(memberships)).order_by(Organisation.id)
    session.execute(query.with_for_update(of=Organisation, key_share=True))


def own_company(viewer: Viewer) -> Company:
    """Return the company that the viewer acts for. Raises NotFound."""
    return or_404(session.get(Company, viewer.organisation_id) if viewer.is_company else None)


def companies_of(viewer: Viewer, page: int = 1, wanted: ListQuery = EVERYTHING) -> Page[Company]:
    """Return a page of the companies that the viewer's garden follows, filtered and in the chosen order.

    Companies outside the garden's area are loaded with their followers, because the page says why it follows them.
    """
    query = companies_query(viewer, wanted)
    found = _search(wanted).page(query, page, size=25)
    outside = [company.id for company in found.items if company.garden_id != viewer.organisation_id]
    if outside:
        query = select(Company).where(Company.id.in_(outside)).options(selectinload(Company.followers))
        session.scalars(query).all()
    return found


_PLACES_OF_COMPANIES = prepared(
    select(Organisation.municipality_number)
    .where(
        Organisation.id.in_(companies_followed_by(bindparam("garden_id", type_=Integer()))),
        Organisation.is_active,
    )
    .distinct()
)


def places_of_companies(viewer: Viewer) -> set[str]:
    """Return the municipalities that the viewer's garden covers, and those of the companies that it follows.

    Raises NotFound for others than gardens.
    """
    if not viewer.is_garden:
        raise NotFound
    followed = session.scalars(_PLACES_OF_COMPANIES, {"garden_id": viewer.organisation_id})
    return {*covered_municipalities(viewer.organisation_id), *followed}


def covered_municipalities(garden_id: int | None) -> Sequence[str]:
    """Return the municipalities that a business garden covers."""
    table = BusinessGarden.__table__.c
    found: Sequence[str] | None = session.scalar(
        select(table.covered_municipalities).where(table.id == garden_id)
    )
    return found or ()


def all_companies_of(viewer: Viewer, wanted: ListQuery) -> Iterator[Company]:
    """Yield all companies that the viewer's garden follows, filtered, and loaded in batches."""
    query = companies_query(viewer, wanted)
    if not wanted.text:
        yield from session.scalars(query.execution_options(yield_per=_BATCH_SIZE))
        return
    ids = matching_companies(viewer, wanted).keys
    for start in range(0, len(ids), _BATCH_SIZE):
        yield from load_in_order(query, Company.id, ids[start : start + _BATCH_SIZE])


def matching_companies(viewer: Viewer, wanted: ListQuery) -> ListMatches[int]:
    """Search the companies that the viewer's garden follows by name, place or number, and return their ids."""
    return _search(wanted).matches(companies_query(viewer, wanted))


_BATCH_SIZE = 200


def _search(wanted: ListQuery) -> ListSearch:
    columns = (Company.id, Company.name, Company.municipality_number, Company.organisation_number)
    return ListSearch(wanted.text, columns, _text_of)


def _text_of(name: str, place: str, number: str | None) -> str:
    return searched_text(name, place=place, numbers=[number])


def companies_query(viewer: Viewer, wanted: ListQuery) -> Select[Company]:
    """Build the query for the active companies that the viewer's garden follows, filtered except by the search text.

    Raises NotFound for other viewers.
    """
    if not viewer.is_garden:
        raise NotFound
    followed = companies_followed_by(viewer.organisation_id)
    query = select(Company).where(Company.id.in_(followed), Company.is_active)
    if wanted["place"]:
        query = query.where(Company.municipality_number == wanted["place"])
    if wanted["sector"]:
        query = query.where(Company.sector_code == wanted["sector"])
    if wanted["state"]:
        query = query.where(
            Company.known_at.is_(None) if wanted["state"] == "new" else Company.known_at.is_not(None)
        )
    orders: dict[str, tuple[Any, ...]] = {
        "newest": (Company.created_at.desc(), Company.id.desc()),
        "size": (func.coalesce(Company.employees, 0).desc(), norwegian_order(Company.name)),
    }
    return query.order_by(*orders.get(wanted.sort, (norwegian_order(Company.name),)), Company.id)


# A company that no garden has followed has no rows to join; no viewer may see it either.
_FOLLOWERS = joinedload(Company.followers, innerjoin=True)
_WITH_MEMBERS = prepared(
    # Outer joins side by side: SQLite would read all users for an inner join within an outer one.
    select(Company)
    .options(_FOLLOWERS, joinedload(Company.memberships).joinedload(Membership.user, innerjoin=False))
    .where(Company.id == bindparam("id"))
)


def company_for(viewer: Viewer, company_id: int, *, with_members: bool = False) -> Company:
    """Load a company that the viewer's garden follows in one statement, and its members if requested. Raises NotFound."""
    if with_members:
        company = session.scalars(_WITH_MEMBERS, {"id": company_id}).unique().one_or_none()
    else:
        company = session.get(Company, company_id, options=[_FOLLOWERS])
    if company is None or not follows(viewer, company):
        raise NotFound
    return company


def unique_slug(name: str) -> str:
    """Return an unused URL slug for a new organisation."""
    base = make_slug(name)
    taken = set(
        session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base, autoescape=True)))
    )
    candidates = (base, *(f"{base}-{suffix}" for suffix in range(2, len(taken) + 2)))
    return next(slug for slug in candidates if slug not in taken)


def has_organisation_number(kind: str, number: str | None, except_id: int | None = None) -> bool:
    """Return True if another organisation of the same kind has the organisation number."""
    if not number:
        return False
    query = select(Organisation.id).where(
        Organisation.kind == kind, Organisation.organisation_number == number
    )
    if except_id is not None:
        query = query.where(Organisation.id != except_id)
    return session.scalar(query) is not None


def require_unused_number(kind: str, number: str | None, except_id: int | None = None) -> None:
    """Raise RuleBroken if another organisation of the same kind has the organisation number."""
    if has_organisation_number(kind, number, except_id):
        raise RuleBroken(
            _("This organisation number is already registered. Ask a colleague for an invitation."),
            "organisation_number",
        )


def names_of(organisation_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return organisations' names by id."""
    ids = {organisation_id for organisation_id in organisation_ids if organisation_id is not None}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    rows = session.execute(query).all() if ids else []
    return {row.id: row.name for row in rows}
