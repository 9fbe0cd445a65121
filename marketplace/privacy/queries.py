"""Export of a person's data, and the conditions that block an erasure."""

from typing import Any

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import Base, session
from marketplace.core.dates import json_value
from marketplace.core.personal_data import UserReference
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.queries import first_other_member, memberships_led_alone
from marketplace.outbox.models import OutboxMail
from marketplace.programme.models.participation import Participation
from marketplace.proposals.models.offers import Proposal

ACCOUNT_COLUMNS = (
    "name",
    "email",
    "locale",
    "is_admin",
    "created_at",
    "last_signed_in_at",
    "email_verified_at",
)

CONTACT_COLUMNS = ("company_name", "contact_name", "contact_email", "contact_phone", "state", "signed_up_at")


def export_personal_data(viewer: Viewer) -> dict[str, Any]:
    """Return all data about the viewer as JSON values, and of others only what they wrote to the viewer."""
    user = session.get_one(User, viewer.user_id)
    memberships = session.execute(
        select(Organisation.name, Membership.role, Membership.created_at)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id == user.id)
        .order_by(Membership.created_at, Membership.id)
    )
    contacts = (
        select(Participation).where(Participation.contact_email == user.email).order_by(Participation.id)
    )
    mails = select(OutboxMail).where(func.lower(OutboxMail.recipient) == user.email).order_by(OutboxMail.id)
    return {
        "made_at": json_value(clock.now()),
        "account": _row(user, ACCOUNT_COLUMNS) | {"has_second_step": user.second_factor_at is not None},
        "acts_for": [
            {"organisation": name, "role": role, "since": json_value(at)} for name, role, at in memberships
        ],
        "course_contact": [_row(one, CONTACT_COLUMNS) for one in session.scalars(contacts)],
        "mails": [_row(mail, ("created_at", "subject", "body")) for mail in session.scalars(mails)],
        **{
            reference.section: _rows(model, column, reference.columns, user.id)
            for model, column, reference in user_references()
            if reference.section
        },
    }


def user_references() -> list[tuple[type[Any], str, UserReference]]:
    """Return each column that refers to a user, with its model and what the export of the user's data contains of a row."""
    return [
        (mapper.class_, column, reference)
        for mapper in Base.registry.mappers
        for column, reference in vars(mapper.class_).get("__export__", {}).items()
    ]


def _rows(model: type[Any], column: str, columns: tuple[str, ...], user_id: int) -> list[dict[str, Any]]:
    query = select(model).where(getattr(model, column) == user_id).order_by(model.id)
    return [_row(row, columns) for row in session.scalars(query)]


def _row(row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    return {column: json_value(getattr(row, column)) for column in columns}


def blocked_organisations(user_id: int) -> list[str]:
    """Return the names of the organisations that must be handed over before this only leader is erased on request.

    These are business gardens, organisations with other members, and those with a brief or a job in progress.
    """
    return [
        membership.organisation.name
        for membership in memberships_led_alone(user_id)
        if membership.organisation.kind == "garden"
        or first_other_member(membership.organisation_id, user_id)
        or _has_work_in_progress(membership.organisation_id)
    ]


def organisations_closed_with(user_id: int) -> list[str]:
    """Return the names of the organisations that are closed when this user is erased."""
    blocked = blocked_organisations(user_id)
    led = [membership.organisation.name for membership in memberships_led_alone(user_id)]
    return [name for name in led if name not in blocked]


def _has_work_in_progress(organisation_id: int) -> bool:
    """Return True if a company has a brief, or a supplier an offer, that others wait for."""
    ordered = select(Brief.id).where(
        Brief.company_id == organisation_id, Brief.state.in_(("waiting", "published", "awarded"))
    )
    offered = (
        select(Proposal.id)
        .join(Proposal.brief)
        .where(
            Proposal.supplier_id == organisation_id,
            Proposal.state.in_(("submitted", "shortlisted", "awarded")),
            Brief.state.in_(("published", "awarded")),
        )
    )
    return any(session.scalar(query.limit(1)) is not None for query in (ordered, offered))
