"""Creating memberships and choosing the one to act through."""

from marketplace.accounts import use_cases as accounts
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries
from marketplace.organisations.models import Membership

ROLES = {"company": ("owner", "member"), "supplier": ("owner", "member"), "garden": ("curator", "adviser")}


def add_membership(user_id: int, organisation_id: int, role: str) -> Membership:
    """Add a membership, inside the caller's transaction."""
    membership = Membership(user_id=user_id, organisation_id=organisation_id, role=role)
    session.add(membership)
    session.flush()
    return membership


def choose_organisation(viewer: Viewer, token: str, membership_id: int | None) -> None:
    """Make the session act for another of the viewer's organisations, or as administrator (None)."""
    own_ids = {membership.id for membership in queries.memberships_of(viewer.user_id or 0)}
    if membership_id is None:
        if not queries.is_administrator(viewer.user_id):
            raise NotFound
    elif membership_id not in own_ids:
        raise NotFound
    accounts.set_acting_membership(token, membership_id)
