"""Projects, and which of their places a member of a business garden may see and manage."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, or_, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import Forbidden, NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.programme.models.projects import Project, ProjectGarden, ProjectPerson, ProjectPlace


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """A project as a member of a business garden may see it.

    Members of the owner garden see all places; members of another garden see the places of that garden. `is_leader` is
    true for the project leader and for curators of the owner garden.
    """

    project: Project
    places: tuple[ProjectPlace, ...]
    is_owner_garden: bool
    is_leader: bool

    @property
    def place_ids(self) -> tuple[int, ...]:
        """Ids of `places`."""
        return tuple(place.id for place in self.places)


def projects_query(viewer: Viewer) -> Select[Project]:
    """Build the query for the projects of the viewer's garden. Raises NotFound unless the viewer is a garden member."""
    if not viewer.is_garden:
        raise NotFound
    return projects_of(viewer.organisation_id)


def projects_of(garden_id: int | BindParameter[int] | None) -> Select[Project]:
    """Build the query for the projects that a garden owns, is a partner of, or has a place in."""
    partner = select(ProjectGarden.project_id).where(ProjectGarden.garden_id == garden_id)
    placed = select(ProjectPlace.project_id).where(ProjectPlace.garden_id == garden_id)
    return select(Project).where(
        or_(Project.garden_id == garden_id, Project.id.in_(partner), Project.id.in_(placed))
    )


_PROJECT = prepared(
    projects_of(bindparam("garden_id", type_=Integer())).where(Project.slug == bindparam("slug"))
)

_PLACES = prepared(
    select(ProjectPlace).where(ProjectPlace.project_id == bindparam("project_id")).order_by(ProjectPlace.id)
)
_PLACES_OF_GARDEN = prepared(_PLACES.where(ProjectPlace.garden_id == bindparam("garden_id")))


def project_for(viewer: Viewer, slug: str) -> ProjectAccess:
    """Return a project with the viewer's access to it. Raises NotFound unless the viewer's garden takes part."""
    params = {"garden_id": viewer.organisation_id, "slug": slug}
    project = or_404(session.scalar(_PROJECT, params) if viewer.is_garden else None)
    is_owner_garden = project.garden_id == viewer.organisation_id
    places = session.scalars(
        _PLACES if is_owner_garden else _PLACES_OF_GARDEN,
        {"project_id": project.id, "garden_id": viewer.organisation_id},
    )
    is_leader = is_owner_garden and (viewer.is_curator or bool(current_roles(viewer, project, "leader")))
    return ProjectAccess(project, tuple(places), is_owner_garden, is_leader)


def project_as_leader(viewer: Viewer, slug: str) -> ProjectAccess:
    """Return a project for its leader, who may change the project itself. Raises NotFound or Forbidden."""
    access = project_for(viewer, slug)
    if not access.is_leader:
        raise Forbidden
    return access


Day = dt.date | BindParameter[dt.date]


def has_role(first_day: Day, last_day: Day | None = None) -> ColumnElement[bool]:
    """Build the SQL condition that a person has a role in a project on a day, or on some day of a period."""
    return and_(
        ProjectPerson.since <= (first_day if last_day is None else last_day),
        or_(ProjectPerson.until.is_(None), ProjectPerson.until >= first_day),
    )


def current_roles(viewer: Viewer, project: Project, role: str) -> Sequence[ProjectPerson]:
    """Return the rows that give the viewer a role in a project today; a manager has one for each place."""
    query = select(ProjectPerson).where(
        ProjectPerson.project_id == project.id,
        ProjectPerson.user_id == viewer.user_id,
        ProjectPerson.role == role,
        has_role(clock.today()),
    )
    return session.scalars(query.order_by(ProjectPerson.id)).all()
