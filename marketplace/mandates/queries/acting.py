"""The mandate through which an adviser writes for a company, checked at each request in one statement."""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.viewer import MandateInfo, Viewer
from marketplace.mandates.models import Mandate
from marketplace.mandates.rules import EndReason, MandateState, mandate_state
from marketplace.organisations.models import CompanyFollower, Membership, Organisation


def _mandate_query() -> Select[Any]:
    """Build the query for a mandate with all values that decide whether a user may write through it."""
    mandate, organisation = Mandate.__table__, Organisation.__table__
    company, garden = organisation.alias("company"), organisation.alias("garden")
    membership, follower = Membership.__table__, CompanyFollower.__table__
    follows = (
        select(follower.c.id)
        .where(
            follower.c.company_id == mandate.c.company_id,
            follower.c.garden_id == mandate.c.garden_id,
            follower.c.until.is_(None),
        )
        .correlate(mandate)
        .exists()
    )
    is_member = (
        select(membership.c.id)
        .where(
            membership.c.user_id == bindparam("user_id"), membership.c.organisation_id == mandate.c.garden_id
        )
        .correlate(mandate)
        .exists()
    )
    return (
        select(
            mandate.c.company_id, mandate.c.garden_id, mandate.c.until, mandate.c.withdrawn_at, mandate.c.reads_offers,
            company.c.name, company.c.is_active, garden.c.is_active.label("is_garden_active"),
            follows.label("follows"), is_member.label("is_member"),
        )
        .select_from(
            mandate.join(company, company.c.id == mandate.c.company_id).join(
                garden, garden.c.id == mandate.c.garden_id
            )
        )
        .where(mandate.c.id == bindparam("mandate_id"))
    )  # fmt: skip


_MANDATE_QUERY = prepared(_mandate_query())


def load_mandated_viewer(viewer: Viewer, mandate_id: int) -> tuple[Viewer, MandateInfo]:
    """Return the viewer as a member of the company if the mandate is valid, else unchanged, and the mandate's details."""
    parameters = {"mandate_id": mandate_id, "user_id": viewer.user_id}
    row = session.execute(_MANDATE_QUERY, parameters).first()
    if row is None:
        return viewer, MandateInfo(mandate_id, None, "", None, EndReason.WITHDRAWN)
    reason = _end_reason(row, viewer, clock.today())
    info = MandateInfo(mandate_id, row.company_id, row.name, row.until, reason, row.reads_offers)
    if reason:
        return viewer, info
    writer = mandated_viewer(viewer, mandate_id, row.company_id, row.name, row.garden_id)
    return replace(writer, mandate_reads_offers=row.reads_offers), info


def mandated_viewer(viewer: Viewer, mandate_id: int, company_id: int, company: str, garden_id: int) -> Viewer:
    """Return an adviser as a member of the company that the adviser writes for, without access to offers."""
    return replace(
        viewer,
        is_admin=False,
        membership_id=None,
        organisation_id=company_id,
        organisation_kind="company",
        organisation_name=company,
        role="member",
        mandate_id=mandate_id,
        mandate_garden_id=garden_id,
    )


def _end_reason(row: Row[Any], viewer: Viewer, today: dt.date) -> str:
    """Return why the viewer may not write through a mandate, or an empty string."""
    if not row.is_active:
        return EndReason.CLOSED
    if not row.is_garden_active or not row.is_member or viewer.organisation_id != row.garden_id:
        return EndReason.LEFT
    state = mandate_state(row.until, row.withdrawn_at, today)
    if state is not MandateState.ACTIVE:
        return EndReason.WITHDRAWN if state is MandateState.WITHDRAWN else EndReason.ENDED
    return "" if row.follows else EndReason.NOT_FOLLOWED
