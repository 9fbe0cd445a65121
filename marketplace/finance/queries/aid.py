"""Participation fees and state aid of the companies in a project."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from marketplace.core import clock
from marketplace.core.collation import norwegian_order
from marketplace.core.database import prepared, session
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.viewer import Viewer
from marketplace.finance import de_minimis as aid
from marketplace.finance.aid_letter import AidLine, aid_letter
from marketplace.finance.labels import NOT_NOTED
from marketplace.finance.models import AidGrant, ParticipationFee
from marketplace.finance.queries.corrections import is_valid, row_to_correct
from marketplace.organisations.models import Company
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.queries.projects import ProjectAccess
from marketplace.strategy.document_export.outline import Outline


@dataclass(frozen=True, slots=True)
class CompanyFinances:
    """A company's fee and aid in the project, and its de minimis aid of three years in all projects, in øre.

    `participation`, `fee` and `grants` are result rows with the columns that the page shows.
    """

    participation: Participation
    fee: Any
    grants: Sequence[Any]
    de_minimis_ore: int

    @property
    def aid_ore(self) -> int:
        """Sum of the aid in the project."""
        return sum(grant.amount_ore for grant in self.grants if grant.basis != aid.NOT_AID)

    @property
    def not_aid_ore(self) -> int:
        """Sum of the benefits in the project that are not state aid."""
        return sum(grant.amount_ore for grant in self.grants if grant.basis == aid.NOT_AID)


@dataclass(frozen=True, slots=True)
class CompanyFinancesPage:
    """Companies that have or had a seat, by name. `fees_ore` is the sum of the fees in øre by state."""

    rows: Sequence[CompanyFinances]
    fees_ore: dict[str, int]

    @property
    def aid_ore(self) -> int:
        """Sum of the aid of all companies in the project."""
        return sum(row.aid_ore for row in self.rows)

    @property
    def not_aid_ore(self) -> int:
        """Sum of the benefits of all companies in the project that are not state aid."""
        return sum(row.not_aid_ore for row in self.rows)

    @property
    def aided(self) -> int:
        """Number of companies with aid."""
        return sum(row.aid_ore > 0 for row in self.rows)


_PARTICIPATIONS = prepared(
    select(
        Participation.id,
        Participation.company_name,
        Participation.organisation_number,
        Participation.project_id,
    )
    .where(Participation.project_id == bindparam("project_id"), Participation.signed_up_at.is_not(None))
    .order_by(norwegian_order(Participation.company_name), Participation.id)
)
_FEES = prepared(
    select(
        ParticipationFee.participation_id,
        ParticipationFee.state,
        ParticipationFee.amount_ore,
        ParticipationFee.on,
    )
    .where(ParticipationFee.participation_id.in_(bindparam("ids", expanding=True)))
    .order_by(ParticipationFee.id)  # the newest replaces the others
)
_ARE_VALID = (
    AidGrant.organisation_number.in_(bindparam("numbers", expanding=True)),
    AidGrant.amount_ore > 0,
    is_valid(AidGrant),
)
_GRANTS = prepared(
    select(
        AidGrant.organisation_number,
        AidGrant.project_id,
        AidGrant.granted_on,
        AidGrant.basis,
        AidGrant.amount_ore,
    )
    .where(*_ARE_VALID)
    .order_by(AidGrant.granted_on, AidGrant.id)
)


def company_finances(access: ProjectAccess) -> CompanyFinancesPage:
    """Return fees and aid by company for members of the owner garden. Raises Forbidden for partner gardens."""
    if not access.is_owner_garden:
        raise Forbidden
    params = {"project_id": access.project.id}
    participations: Sequence[Any] = session.execute(_PARTICIPATIONS, params).all()
    ids = [one.id for one in participations]
    newest = {fee.participation_id: fee for fee in session.execute(_FEES, {"ids": ids})}
    fees = {number: fee for number, fee in newest.items() if fee.state != NOT_NOTED}
    grants: defaultdict[str, list[Any]] = defaultdict(list)
    numbers = [one.organisation_number for one in participations if one.organisation_number]
    for grant in session.execute(_GRANTS, {"numbers": numbers}):
        grants[grant.organisation_number].append(grant)
    rows = [
        _company(one, fees.get(one.id), grants.get(one.organisation_number or "", []))
        for one in participations
    ]
    fees_ore: dict[str, int] = defaultdict(int)
    for fee in fees.values():
        fees_ore[fee.state] += fee.amount_ore
    return CompanyFinancesPage(rows, dict(fees_ore))


def _company(participation: Participation, fee: Any, grants: Sequence[Any]) -> CompanyFinances:
    de_minimis = aid.rolling_sum(
        ((grant.granted_on, grant.basis, grant.amount_ore) for grant in grants), clock.today()
    )
    own = [grant for grant in grants if grant.project_id == participation.project_id]
    return CompanyFinances(participation, fee, own, de_minimis)


def grants_by_number(organisation_numbers: Sequence[str]) -> dict[str, list[AidGrant]]:
    """Return the valid grants of companies in all projects, by organisation number."""
    with_project = joinedload(AidGrant.project).joinedload(Project.garden)
    query = select(AidGrant).where(*_ARE_VALID).options(with_project)
    query = query.order_by(AidGrant.granted_on, AidGrant.id)
    found: dict[str, list[AidGrant]] = defaultdict(list)
    for grant in session.scalars(query, {"numbers": organisation_numbers}):
        found[grant.organisation_number].append(grant)
    return found


@dataclass(frozen=True, slots=True)
class CompanyAid:
    """A company with all its valid grants, its highest de minimis aid of any three years in øre, and the row to correct."""

    participation: Participation
    grants: Sequence[AidGrant]
    highest_ore: int
    corrected: AidGrant | None


def company_aid(access: ProjectAccess, participation_id: int, grant_id: int | None) -> CompanyAid:
    """Return the aid of a company of the project. Raises NotFound, or Conflict if the row has been corrected already."""
    participation = session.get(Participation, participation_id)
    if (
        participation is None
        or participation.project_id != access.project.id
        or participation.signed_up_at is None
    ):
        raise NotFound
    number = participation.organisation_number or ""
    grants = grants_by_number([number])[number] if number else []
    corrected = row_to_correct(AidGrant, access.project.id, grant_id) if grant_id is not None else None
    if corrected is not None and corrected.organisation_number != number:
        raise NotFound
    highest = aid.highest_rolling_sum((one.granted_on, one.basis, one.amount_ore) for one in grants)
    return CompanyAid(participation, grants, highest, corrected)


def project_aid_letter(access: ProjectAccess, participation_id: int) -> Outline:
    """Return the letter about the aid to a company of a project. Raises NotFound."""
    page = company_aid(access, participation_id, None)
    participation = page.participation
    return _letter(participation.company_name, participation.organisation_number or "")


def own_aid_letter(viewer: Viewer) -> Outline:
    """Return the letter about the aid to the viewer's company."""
    company = session.get_one(Company, viewer.organisation_id)
    return _letter(company.name, company.organisation_number or "")


def _letter(name: str, organisation_number: str) -> Outline:
    grants = grants_by_number([organisation_number])[organisation_number] if organisation_number else []
    lines = [
        AidLine(
            one.granted_on,
            one.basis,
            one.amount_ore,
            one.project.name,
            one.project.garden.name,
            one.reference,
        )
        for one in grants
        if one.basis != aid.NOT_AID
    ]
    return aid_letter(name, organisation_number, lines, clock.now())
