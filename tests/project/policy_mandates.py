"""Objects of mandates for the policy tests."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import token_hash
from marketplace.mandates.models import Confirmation, ConfirmationLink, Mandate
from marketplace.organisations.models import Membership

MANDATE_SECRETS = dict.fromkeys(
    ("/confirmations/<token>", "/confirmations/<token>/decline"), "confirmation-secret"
)


def mandate_objects(side: Any) -> dict[str, Any]:
    """Add a mandate of the company of a side for its garden, and a confirmation; return them by URL parameter name."""
    brief, until = side.brief, clock.today() + dt.timedelta(days=30)
    mandate = Mandate(company_id=brief.company_id, garden_id=side.garden.id, until=until)
    confirmation = Confirmation(
        mandate=mandate,
        act="withdraw",
        reference=brief.reference,
        revision=brief.revision,
        text="Vi har fått hjelp av en nabo.",
        expires_at=clock.end_of_day(until),
    )
    session.add_all([mandate, confirmation])
    session.flush()
    owner = select(Membership.user_id).where(
        Membership.organisation_id == brief.company_id, Membership.role == "owner"
    )
    secret = "confirmation-secret" if confirmation.id == 1 else f"confirmation-{confirmation.id}"
    session.add(
        ConfirmationLink(
            confirmation_id=confirmation.id,
            user_id=session.scalars(owner.order_by(Membership.id)).first(),
            token_hash=token_hash(secret),
        )
    )
    return {"mandate_id": mandate.id, "confirmation_id": confirmation.id}
