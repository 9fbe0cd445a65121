"""Subjects of notes and tasks: a company, or a participation whose company the garden does not follow."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, or_, select

from marketplace.casework.models import CaseNote, CaseTask
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import company_for, follows
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.queries.projects import project_for
from marketplace.programme.queries.recruiting import participation_for


@dataclass(frozen=True, slots=True)
class Subject:
    """Subject of a note or task: a company that the garden follows, or a participation with the slug of its project."""

    name: str
    company_id: int | None
    participation_id: int | None = None
    slug: str = ""

    @property
    def keys(self) -> dict[str, int | None]:
        """Ids for the columns of a new row and the parameters of `is_about`."""
        if self.company_id is not None:
            return {"company_id": self.company_id, "participation_id": None}
        return {"company_id": None, "participation_id": self.participation_id}


def company_subject(viewer: Viewer, company_id: int) -> Subject:
    """Return the subject for a company that the viewer's garden follows. Raises NotFound."""
    company = company_for(viewer, company_id)
    return Subject(company.name, company.id)


def participation_subject(viewer: Viewer, slug: str, participation_id: int) -> Subject:
    """Return the subject for a participation that the viewer may see, or for its company if the garden follows it.

    Raises NotFound.
    """
    one = participation_for(viewer, project_for(viewer, slug), participation_id)
    return _subject_of_participation(viewer, one, slug)


def subject_for(viewer: Viewer, company_id: int | None, slug: str, participation_id: int) -> Subject:
    """Return the subject for a company, or if `company_id` is None, for a participation. Raises NotFound."""
    if company_id is not None:
        return company_subject(viewer, company_id)
    return participation_subject(viewer, slug, participation_id)


def _subject_of_participation(viewer: Viewer, one: Participation, slug: str) -> Subject:
    is_followed = one.company is not None and follows(viewer, one.company)
    return Subject(one.company_name, one.company_id if is_followed else None, one.id, slug)


def subject_of(viewer: Viewer, row: CaseNote | CaseTask) -> Subject:
    """Return the subject of a note or task of the viewer's garden. Raises NotFound if the viewer may not see the subject."""
    if not viewer.is_garden or row.garden_id != viewer.organisation_id:
        raise NotFound
    if row.company_id is not None:
        return company_subject(viewer, row.company_id)
    one = session.get_one(Participation, row.participation_id)
    if one.company is not None and follows(viewer, one.company):
        return Subject(one.company.name, one.company_id)
    slug = session.get_one(Project, one.project_id).slug
    return participation_subject(viewer, slug, one.id)


def is_about(model: Any) -> ColumnElement[bool]:
    """Build the condition that a row is about a subject. Its parameters are the `keys` of the subject.

    Rows about a participation of the company are included: they were written before the two were linked.
    """
    company_id = bindparam("company_id", type_=Integer())
    linked = select(Participation.id).where(Participation.company_id == company_id)
    return or_(
        model.company_id == company_id,
        model.participation_id == bindparam("participation_id", type_=Integer()),
        model.participation_id.in_(linked),
    )
