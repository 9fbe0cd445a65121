"""Import of companies into a project from a table: all companies or none."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core.collation import similar_name_key
from marketplace.core.database import session, transaction
from marketplace.core.details import details_of
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.import_table import TableProblem
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.programme.models.participation import Participation
from marketplace.programme.participant_import_table import ImportedCompany, ParsedCompanies, read_companies
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.queries.recruiting import visible_participations
from marketplace.programme.use_cases.recruiting import (
    ParticipationDetails,
    add_leads,
    update_details,
)
from marketplace.programme.use_cases.seating import lock_project


def check_companies(viewer: Viewer, slug: str, text: str) -> ParsedCompanies:
    """Validate a table and compare it with the companies in the project. Changes nothing."""
    return _Comparison(viewer, project_for(viewer, slug)).compare(read_companies(text))


def import_companies(viewer: Viewer, slug: str, text: str) -> tuple[int, int]:
    """Add the companies of a table as leads, and fill in missing values of companies that are in the project already.

    Existing values are not overwritten. Returns the numbers of added and of known companies. Raises RuleBroken, without
    importing anything, if the table has faults.
    """
    with transaction():
        access = project_for(viewer, slug)
        lock_project(access.project.id)
        comparison = _Comparison(viewer, access)
        read = comparison.compare(read_companies(text))
        if read.faults:
            raise RuleBroken(_("The project has changed since the table was checked. Check it again."))
        new = [company for company in read.companies if comparison.find(company) is None]
        for company in read.companies:
            known = comparison.find(company)
            if known is not None:
                _fill_in(viewer, known, company)
        added = len(add_leads(viewer, access.project, [_details(company) for company in new]))
        record(
            viewer,
            "project.import",
            "project",
            access.project.id,
            added=added,
            known=len(read.companies) - added,
        )
        return added, len(read.companies) - added


def _details(company: ImportedCompany) -> ParticipationDetails:
    values: dict[str, Any] = asdict(company)
    del values["line"]
    return ParticipationDetails(**values)


def _fill_in(viewer: Viewer, participation: Participation, company: ImportedCompany) -> None:
    current = asdict(details_of(ParticipationDetails, participation))
    missing = {
        name: value
        for name, value in asdict(_details(company)).items()
        if current[name] in {None, ""} and value
    }
    if participation.company_id is not None:
        missing.pop("organisation_number", None)
    if missing:
        update_details(viewer, participation, ParticipationDetails(**(current | missing)))


class _Comparison:
    """Lookup of the companies in a project by organisation number, name and similar name."""

    def __init__(self, viewer: Viewer, access: ProjectAccess) -> None:
        visible = session.scalars(visible_participations(viewer, access)).all()
        self._by_number = {one.organisation_number: one for one in visible if one.organisation_number}
        self._by_name = {name_key(one.company_name): one for one in visible}
        self._by_similar_name = {similar_name_key(one.company_name): one for one in visible}
        query = select(Participation.organisation_number).where(
            Participation.project_id == access.project.id, Participation.organisation_number.is_not(None)
        )
        self._new_numbers: dict[int, str] = {}
        self._hidden_numbers = set(session.scalars(query)) - set(self._by_number)

    def find(self, company: ImportedCompany) -> Participation | None:
        """Return the company in the project with the same number, or the same name if one of the two has no number."""
        same_number = (
            self._by_number.get(company.organisation_number) if company.organisation_number else None
        )
        if same_number is not None:
            return same_number
        same_name = self._by_name.get(name_key(company.company_name))
        if same_name is None:
            return None
        number = same_name.organisation_number or self._new_numbers.get(same_name.id)
        is_other = number and company.organisation_number and number != company.organisation_number
        return None if is_other else same_name

    def compare(self, read: ParsedCompanies) -> ParsedCompanies:
        """Add the faults and warnings about companies that are in the project already."""
        for company in read.companies:
            if company.organisation_number in self._hidden_numbers:
                problem = _("The company already takes part in the project, with another business garden.")
                read.faults.append(
                    TableProblem(company.line, "organisation_number", problem, _("Remove the line."))
                )
            elif (known := self.find(company)) is not None:
                read.known.add(company.line)
                if company.organisation_number:
                    self._new_numbers.setdefault(known.id, company.organisation_number)
            else:
                self._warn_of_similar(read, company)
        _add_accounts(read)
        read.faults.sort(key=lambda fault: fault.line)
        return read

    def _warn_of_similar(self, read: ParsedCompanies, company: ImportedCompany) -> None:
        similar = self._by_similar_name.get(similar_name_key(company.company_name))
        if similar is not None:
            problem = _(
                "%(name)s has almost the same name as %(other)s.",
                name=company.company_name,
                other=_("%(name)s, which is in the project already", name=similar.company_name),
            )
            remedy = _("Remove the line if they are the same company.")
            read.warnings.append(TableProblem(company.line, "company_name", problem, remedy))


def _add_accounts(read: ParsedCompanies) -> None:
    """Add the registered companies that the lines are linked to by their number, if they have another name."""
    numbers = {one.organisation_number for one in read.companies if one.organisation_number}
    query = select(Company).where(Company.is_active, Company.organisation_number.in_(numbers))
    names = {company.organisation_number: company.name for company in session.scalars(query)}
    for one in read.companies:
        name = names.get(one.organisation_number)
        if name and name_key(name) != name_key(one.company_name):
            read.accounts[one.line] = name
