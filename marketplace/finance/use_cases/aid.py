"""Noting participation fees, and recording state aid to companies."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.finance.labels import NOT_NOTED
from marketplace.finance.models import AidGrant, ParticipationFee
from marketplace.finance.queries.aid import company_aid, grants_by_number
from marketplace.programme.models.participation import Participation
from marketplace.programme.use_cases.projects import lock_project_as_leader


@dataclass(frozen=True, slots=True)
class FeeDetails:
    """The state of a participation fee from a day on, with the amount in øre."""

    state: str
    amount: int
    on: dt.date


@dataclass(frozen=True, slots=True)
class AidDetails:
    """Aid to a company. The amount is in øre; 0 in a correction means that the row was a mistake."""

    amount: int
    basis: str
    granted_on: dt.date
    reference: str = ""


def note_fees(viewer: Viewer, slug: str, participation_ids: Collection[int], details: FeeDetails) -> int:
    """Note the fees of companies, or take back what was noted; return the number of companies. The newest note counts."""
    with transaction():
        project = lock_project_as_leader(viewer, slug).project
        if details.on > clock.today():
            raise RuleBroken(_("The date cannot be later than today."), "on")
        query = select(Participation.id).where(
            Participation.project_id == project.id,
            Participation.signed_up_at.is_not(None),
            Participation.id.in_(participation_ids),
        )
        ids = sorted(session.scalars(query))
        if not ids:
            raise RuleBroken(_("Choose at least one company."), "companies")
        amount = 0 if details.state == NOT_NOTED else details.amount
        for participation_id in ids:
            session.add(
                ParticipationFee(
                    participation_id=participation_id,
                    state=details.state,
                    amount_ore=amount,
                    on=details.on,
                    by_id=viewer.user_id,
                )
            )
            record(viewer, "fee.note", "participation", participation_id, state=details.state, ore=amount)
        return len(ids)


def save_aid(
    viewer: Viewer, slug: str, participation_id: int, details: AidDetails, corrects_id: int | None = None
) -> None:
    """Record aid to a company with an organisation number, or correct a row by a new one. Raises RuleBroken or Conflict."""
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        project = access.project
        participation = company_aid(access, participation_id, corrects_id).participation
        if not participation.organisation_number:
            raise RuleBroken(
                _(
                    "Enter the company's organisation number first. Aid over three years is added up by that number."
                )
            )
        if details.granted_on > clock.today():
            raise RuleBroken(_("The date cannot be later than today."), "granted_on")
        if corrects_id is None and details.amount == 0:
            raise RuleBroken(_("Enter an amount."), "amount")
        grant = AidGrant(
            project_id=project.id,
            organisation_number=participation.organisation_number,
            company_id=participation.company_id,
            granted_on=details.granted_on,
            amount_ore=details.amount,
            basis=details.basis,
            reference=details.reference,
            by_id=viewer.user_id,
            replaces_id=corrects_id,
        )
        session.add(grant)
        session.flush()
        record(viewer, "aid.record", "participation", participation_id, grant=grant.id, replaces=corrects_id)


def check_number_change(participation: Participation) -> None:
    """Refuse to replace an organisation number to which the project has granted aid. Raises RuleBroken.

    A grant is found by the number of its receiver, so nobody could correct it any more.
    """
    grants = grants_by_number([participation.organisation_number or ""]).values()
    if any(one.project_id == participation.project_id for found in grants for one in found):
        raise RuleBroken(
            _(
                "State aid is recorded for this organisation number. Correct the aid to 0, change the number, and record the aid again."
            ),
            "organisation_number",
        )
