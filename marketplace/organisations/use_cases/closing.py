"""Handing over or closing the organisations that a user alone leads, when the user's account is erased."""

from sqlalchemy import delete

from marketplace.accounts import use_cases as accounts
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import notices, queries
from marketplace.organisations.models import LEADER_ROLE, ColleagueInvitation, Company, Organisation
from marketplace.outbox.use_cases import send


def release_organisations(by: Viewer | None, user_id: int) -> list[Organisation]:
    """Hand over or close each company and supplier that a user alone leads, inside the caller's transaction.

    The member who joined first becomes the leader and is notified; an organisation without other members is closed.
    Business gardens stay open: the administrators' home page asks them to invite a curator. Returns the closed ones.
    """
    closed = []
    for membership in queries.memberships_led_alone(user_id):
        organisation = membership.organisation
        queries.lock_organisation(organisation.id)
        if organisation.kind == "garden":
            continue
        heir = queries.first_other_member(organisation.id, user_id)
        if heir is None:
            close_organisation(by, organisation)
            closed.append(organisation)
            continue
        heir.role = LEADER_ROLE[organisation.kind]
        record(by, "organisation.hand_over", "organisation", organisation.id, to=heir.user_id)
        send(notices.became_leader(organisation.name), [accounts.as_recipient(heir.user)])
    return closed


def close_organisation(by: Viewer | None, organisation: Organisation) -> None:
    """Close an organisation that nobody acts for, inside the caller's transaction.

    Its contact details are cleared, its organisation number is free for a new registration, and no garden follows it.
    """
    organisation.is_active = False
    organisation.organisation_number = None
    organisation.website = organisation.phone = organisation.about = ""
    organisation.slug = f"closed-{organisation.kind}-{organisation.id}"
    session.execute(
        delete(ColleagueInvitation).where(
            ColleagueInvitation.organisation_id == organisation.id, ColleagueInvitation.accepted_at.is_(None)
        )
    )
    if isinstance(organisation, Company):
        for follower in organisation.followers:
            follower.until = follower.until or clock.now()
    record(by, "organisation.close_unused", "organisation", organisation.id)
