"""Companies without an account in the projects of a business garden, for its list of companies."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.places import municipality_name
from marketplace.core.viewer import Viewer
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project, ProjectPlace
from marketplace.programme.queries.projects import ProjectAccess, projects_query
from marketplace.programme.queries.recruiting import visible_participations
from marketplace.text_search.list_search import search_texts, searched_text


@dataclass(frozen=True, slots=True)
class CompanyWithoutAccount:
    """A company without an account, with the project whose board lists it."""

    participation_id: int
    name: str
    municipality_number: str | None
    organisation_number: str | None
    slug: str
    project: str

    @property
    def place(self) -> str:
        """Name of the municipality, or an empty text."""
        return municipality_name(self.municipality_number) if self.municipality_number else ""


def companies_without_account(viewer: Viewer, text: str = "") -> Sequence[CompanyWithoutAccount]:
    """Return the companies without an account that the viewer sees on the boards of projects and that match a text."""
    projects = session.scalars(projects_query(viewer)).all()
    if not projects:
        return ()
    query = select(ProjectPlace).where(ProjectPlace.garden_id == viewer.organisation_id)
    places = session.scalars(query.order_by(ProjectPlace.id)).all()
    visible = []
    for project in projects:
        own = tuple(place for place in places if place.project_id == project.id)
        access = ProjectAccess(project, own, project.garden_id == viewer.organisation_id, is_leader=False)
        visible.append(visible_participations(viewer, access).with_only_columns(Participation.id))
    rows = session.execute(
        select(
            Participation.id,
            Participation.company_name,
            Participation.municipality_number,
            Participation.organisation_number,
            Project.slug,
            Project.name,
        )
        .join(Project, Project.id == Participation.project_id)
        .where(Participation.company_id.is_(None), or_(*(Participation.id.in_(ids) for ids in visible)))
        .order_by(norwegian_order(Participation.company_name), Participation.id)
    )
    companies = {row.id: CompanyWithoutAccount(*row) for row in rows}
    if not text:
        return tuple(companies.values())
    texts = {
        key: searched_text(one.name, place=one.municipality_number or "", numbers=[one.organisation_number])
        for key, one in companies.items()
    }
    return [companies[key] for key in search_texts(text, texts).keys]
