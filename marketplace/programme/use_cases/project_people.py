"""People with a role in a project, and the percent of a full-time position that each fills."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core.database import session, transaction
from marketplace.core.details import write_details
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership
from marketplace.programme.models.projects import Project, ProjectPerson
from marketplace.programme.queries.cohorts import person_for, place_for
from marketplace.programme.use_cases.projects import lock_project_as_leader, participating_garden_ids


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """A person's role in a project. A manager has a place; the leader has none."""

    user_id: int
    role: str
    place_id: int | None
    percent: int
    since: dt.date
    until: dt.date | None


def save_person(
    viewer: Viewer,
    slug: str,
    details: PersonDetails,
    person_id: int | None = None,
    expected: str | None = None,
) -> None:
    """Give a person a role in a project, or change the role. Raises RuleBroken, or Conflict if it has changed meanwhile."""
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        project = access.project
        if person_id is None:
            person = ProjectPerson(project_id=project.id)
        else:
            person = person_for(access, person_id)
            check_object_unchanged(viewer, "project", project.id, expected, person, details)
        _check_details(project, details)
        if details.place_id is not None:
            place_for(access, details.place_id)
        write_details(person, details)
        session.add(person)
        session.flush()
        record(viewer, "project.save_person", "project", project.id, person=person.id, role=person.role)


def remove_person(viewer: Viewer, slug: str, person_id: int) -> None:
    """Remove a role that was given by mistake. A role that has ended gets a last day instead."""
    with transaction():
        access = lock_project_as_leader(viewer, slug)
        session.delete(person_for(access, person_id))
        record(viewer, "project.remove_person", "project", access.project.id, person=person_id)


def _check_details(project: Project, details: PersonDetails) -> None:
    member = select(Membership.id).where(
        Membership.user_id == details.user_id,
        Membership.organisation_id.in_(participating_garden_ids(project)),
    )
    if session.scalar(member) is None:
        raise RuleBroken(_("Choose one from the list."), "user_id")
    if (details.role == "manager") is (details.place_id is None):
        message = (
            _("Choose the place that this person manages.")
            if details.role == "manager"
            else _("The project leader is responsible for all places. Choose no place.")
        )
        raise RuleBroken(message, "place_id")
    if details.until is not None and details.until < details.since:
        raise RuleBroken(_("The last day cannot be before the first."), "until")
