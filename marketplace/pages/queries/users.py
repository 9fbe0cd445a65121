"""The administrators' list of users, with the organisations they act for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from marketplace.accounts.models import User
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.grouping import group
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.pagination import Page, page_of, paginate
from marketplace.organisations.models import Membership, Organisation
from marketplace.text_search.list_search import load_in_order, search_texts, searched_text

PAGE_SIZE = 30


@dataclass(frozen=True)
class Affiliation:
    """A user's role in an organisation."""

    organisation: str
    kind: str
    role: str
    is_active: bool


@dataclass(frozen=True)
class ListedUser:
    """A user with the organisations that the user acts for."""

    user: User
    affiliations: Sequence[Affiliation]


def list_users(page: int = 1, wanted: ListQuery = EVERYTHING) -> Page[ListedUser]:
    """Return users by name unless another order is chosen; the text filters by name, address and organisation."""
    query = _users_query(wanted)
    found = _search(query, wanted.text, page) if wanted.text else paginate(query, page, size=PAGE_SIZE)
    affiliations = _affiliations([user.id for user in found.items])
    return found.with_items([ListedUser(user, affiliations.get(user.id, ())) for user in found.items])


def _search(query: Select[User], text: str, number: int) -> Page[User]:
    """Return a page of the users of a query with a text in the name, the address or an organisation's name."""
    columns = (User.id, User.name, User.email)
    names: dict[int, list[str]] = {
        user_id: own for user_id, *own in session.execute(query.with_only_columns(*columns))
    }
    organisations = select(Membership.user_id, Organisation.name).join(
        Organisation, Organisation.id == Membership.organisation_id
    )
    for user_id, organisation in session.execute(organisations.order_by(Membership.id)):
        if user_id in names:
            names[user_id].append(organisation)
    matches = search_texts(text, {user_id: searched_text(*own) for user_id, own in names.items()})
    page = page_of(matches.keys, number, PAGE_SIZE, similar=len(matches.similar))
    return page.with_items(load_in_order(select(User), User.id, page.items))


def _users_query(wanted: ListQuery) -> Select[User]:
    """Build the query for the users with the filters except the text, in the chosen order."""
    query = select(User)
    if wanted["state"]:
        query = query.where(User.is_active.is_(wanted["state"] == "active"))
    if wanted["role"] == "admin":
        query = query.where(User.is_admin)
    elif wanted["role"] == "none":
        query = query.where(~_acts_for(Organisation.id.is_not(None)), User.is_admin.is_(False))
    elif wanted["role"]:
        query = query.where(_acts_for(Organisation.kind == wanted["role"]))
    orders: dict[str, tuple[Any, ...]] = {
        "newest": (User.created_at.desc(),),
        "signed-in": (User.last_signed_in_at.is_(None), User.last_signed_in_at.desc()),
    }
    return query.order_by(*orders.get(wanted.sort, (norwegian_order(User.name),)), User.id)


def _acts_for(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Membership.user_id == User.id, Membership.organisation_id == Organisation.id, condition
    )


def _affiliations(user_ids: Sequence[int]) -> dict[int, list[Affiliation]]:
    query = (
        select(
            Membership.user_id, Organisation.name, Organisation.kind, Membership.role, Organisation.is_active
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id.in_(user_ids))
        .order_by(Membership.created_at, Membership.id)
    )
    rows = session.execute(query) if user_ids else ()
    return group(
        (user_id, Affiliation(name, kind, role, is_active)) for user_id, name, kind, role, is_active in rows
    )
