"""The administrators' list of users, with the organisations they act for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from marketplace.accounts.models import User
from marketplace.core.collation import contains_folded, norwegian_order
from marketplace.core.database import session
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.pagination import Page, paginate
from marketplace.organisations.models import Membership, Organisation


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
    found = paginate(_users_query(wanted), page, size=30)
    affiliations = _affiliations([user.id for user in found.items])
    return found.with_items([ListedUser(user, affiliations.get(user.id, ())) for user in found.items])


def _users_query(wanted: ListQuery) -> Select[User]:
    query = select(User)
    if wanted.text:
        query = query.where(
            or_(
                contains_folded(User.name, wanted.text),
                contains_folded(User.email, wanted.text),
                _acts_for(contains_folded(Organisation.name, wanted.text)),
            )
        )
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
    by_user: dict[int, list[Affiliation]] = {}
    for user_id, name, kind, role, is_active in session.execute(query) if user_ids else ():
        by_user.setdefault(user_id, []).append(Affiliation(name, kind, role, is_active))
    return by_user
