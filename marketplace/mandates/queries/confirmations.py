"""Confirmations, and the owners who may answer them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import Viewer
from marketplace.mandates.hooks import ActSummary, find_act
from marketplace.mandates.models import Confirmation, ConfirmationLink, Mandate
from marketplace.organisations.models import Membership
from marketplace.organisations.queries import viewer_for


@dataclass(frozen=True, slots=True)
class OwnerConfirmation:
    """A confirmation with the owner who looks at it; None if that user is no longer an owner of the company.

    `addressee` is the name of the owner whose link somebody else has opened while signed in, or empty.
    """

    confirmation: Confirmation
    owner: Viewer | None
    addressee: str = ""

    @property
    def summary(self) -> ActSummary | None:
        """Current summary of the act, or None without an owner or if the object no longer exists."""
        if self.owner is None:
            return None
        try:
            return summarize(self.owner, self.confirmation)
        except NotFound:
            return None


def summarize(owner: Viewer, confirmation: Confirmation) -> ActSummary:
    """Return the current summary of an act. Raises NotFound if its object no longer exists."""
    return find_act(confirmation.act).summarize(owner, confirmation.reference, confirmation.details)


def title_of(owner: Viewer, confirmation: Confirmation) -> str:
    """Return the title of the object of an act, or its reference if it no longer exists."""
    try:
        return summarize(owner, confirmation).title
    except NotFound:
        return confirmation.reference


def confirmation_by_token(token: str, user_id: int | None) -> OwnerConfirmation:
    """Return the confirmation of an e-mailed link, with the owner it was sent to. Raises NotFound.

    `user_id` is the signed-in user, or None. If another user than the addressee is signed in, `owner` is None.
    """
    link = or_404(
        session.scalar(select(ConfirmationLink).where(ConfirmationLink.token_hash == token_hash(token)))
    )
    confirmation = link.confirmation
    if user_id not in {None, link.user_id}:
        return OwnerConfirmation(confirmation, None, link.user.name)
    membership = session.scalar(
        select(Membership)
        .join(Membership.user)
        .where(
            Membership.user_id == link.user_id,
            Membership.organisation_id == confirmation.mandate.company_id,
            Membership.role == "owner",
            User.is_active,
        )
    )
    is_owner = membership is not None and confirmation.mandate.company.is_active
    return OwnerConfirmation(confirmation, viewer_for(link.user, membership) if is_owner else None)


def own_confirmation(viewer: Viewer, confirmation_id: int) -> OwnerConfirmation:
    """Return a confirmation of the viewer's company. Raises NotFound unless the viewer is an owner of the company."""
    confirmation = session.get(Confirmation, confirmation_id)
    if (
        confirmation is None
        or not viewer.is_owner
        or not viewer.is_company
        or confirmation.mandate.company_id != viewer.organisation_id
    ):
        raise NotFound
    return OwnerConfirmation(confirmation, viewer)


_WAITING = prepared(
    select(Confirmation)
    .join(Confirmation.mandate)
    .where(
        Mandate.company_id == bindparam("company_id", type_=Integer()),
        Confirmation.outcome == "",
        Confirmation.expires_at > bindparam("now"),
    )
    .options(joinedload(Confirmation.asked_by))
    .order_by(Confirmation.asked_at, Confirmation.id)
)


def waiting_confirmations(company_id: int | None) -> Sequence[Confirmation]:
    """Return the unanswered, unexpired confirmations of a company, oldest first."""
    return session.scalars(_WAITING, {"company_id": company_id, "now": clock.now()}).all()


def last_confirmation(company_id: int | None, act: str, reference: str) -> Confirmation | None:
    """Return the newest confirmation of an act on an object of a company, or None."""
    query = (
        select(Confirmation)
        .join(Confirmation.mandate)
        .where(Mandate.company_id == company_id, Confirmation.act == act, Confirmation.reference == reference)
        .order_by(Confirmation.id.desc())
    )
    return session.scalar(query.limit(1))
