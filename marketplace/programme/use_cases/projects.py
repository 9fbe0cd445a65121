"""Creating and changing projects, and the business gardens that take part in them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, update

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.details import write_details
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.grouping import group
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import make_slug
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import gardens, recipients_for
from marketplace.outbox.use_cases import cancel_scheduled, send
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectGarden, ProjectPerson, ProjectPlace
from marketplace.programme.notices.gardens import garden_project_closed, places_without_garden
from marketplace.programme.queries.projects import ProjectAccess, project_as_leader
from marketplace.programme.use_cases.seating import (
    INVITATION_SUBSCRIPTION,
    lock_project,
    offer_free_seats,
    others_of,
)
from marketplace.programme.use_cases.sessions import cancel_sessions_of_project

RESERVED_SLUGS = {"new", "calendar", "seat"}


@dataclass(frozen=True, slots=True)
class ProjectDetails:
    """Details of a project that its leader may change."""

    name: str
    about: str
    starts_on: dt.date
    ends_on: dt.date | None
    target_companies: int
    sessions_needed: int
    locale: str
    currency: str
    fee_nok: int | None
    is_sign_up_open: bool


def create_project(viewer: Viewer, details: ProjectDetails) -> Project:
    """Create a project of the viewer's garden, with the viewer as its leader. Raises Forbidden unless the viewer is a curator."""
    if not viewer.is_curator or viewer.organisation_id is None or viewer.user_id is None:
        raise Forbidden
    with transaction():
        _check_period(details)
        project = Project(slug=_unused_slug(details.name), garden_id=viewer.organisation_id)
        write_details(project, details)
        session.add(project)
        session.flush()
        session.add(
            ProjectPerson(
                project_id=project.id, user_id=viewer.user_id, role="leader", since=details.starts_on
            )
        )
        record(viewer, "project.create", "project", project.id)
        return project


def save_project(viewer: Viewer, slug: str, details: ProjectDetails, expected: str | None = None) -> None:
    """Change a project. Raises Conflict if it has changed since the form was rendered with `expected`."""
    with transaction():
        project = lock_project_as_leader(viewer, slug).project
        check_object_unchanged(viewer, "project", project.id, expected, project, details)
        _check_period(details)
        write_details(project, details)
        if not details.is_sign_up_open:
            _stop_invitations(project)
        record(viewer, "project.save", "project", project.id)


def set_project_closed(viewer: Viewer, slug: str, *, closed: bool) -> None:
    """Close a project with its sign-up and its coming sessions, or reopen it and offer the seats that became free meanwhile."""
    with transaction():
        project = lock_project_as_leader(viewer, slug).project
        if bool(project.closed_at) is closed:
            return
        project.closed_at = clock.now() if closed else None
        if closed:
            project.is_sign_up_open = False
            _stop_invitations(project)
            _end_offers(project)
            notice = garden_project_closed(project, has_sessions=cancel_sessions_of_project(viewer, project))
            for garden_id in sorted(participating_garden_ids(project)):
                send(notice, others_of(viewer, garden_id))
        else:
            offer_free_seats(project.id)
        record(viewer, "project.close" if closed else "project.reopen", "project", project.id)


def close_sign_up_of_garden(viewer: Viewer, garden_id: int) -> None:
    """Close the sign-up of a closed garden's projects, inside the transaction that closes it: nobody reads it any more."""
    is_open = (Project.garden_id == garden_id, Project.is_sign_up_open)
    for project_id in session.scalars(select(Project.id).where(*is_open).order_by(Project.id)).all():
        lock_project(project_id)
        project = session.get_one(Project, project_id)
        project.is_sign_up_open = False
        _stop_invitations(project)
        record(viewer, "project.save", "project", project_id)


def report_places_of_closed_garden(viewer: Viewer, garden_id: int) -> None:
    """Notify the gardens of other projects with cohorts of a closed garden, inside the transaction that closes it."""
    del viewer
    query = (
        select(ProjectPlace)
        .join(Cohort, Cohort.place_id == ProjectPlace.id)
        .join(Project, Project.id == ProjectPlace.project_id)
        .where(
            ProjectPlace.garden_id == garden_id,
            Project.garden_id != garden_id,
            Project.closed_at.is_(None),
            Cohort.cancelled_at.is_(None),
        )
        .order_by(ProjectPlace.project_id, ProjectPlace.id)
    )
    places = group((place.project_id, place) for place in session.scalars(query).unique())
    for project_id, lost in places.items():
        project = session.get_one(Project, project_id)
        notice = places_without_garden([place.name for place in lost], project, lost[0].garden.name)
        send(notice, recipients_for(project.garden_id))


def _end_offers(project: Project) -> None:
    """End the offers of seats to the waiting list. The companies keep waiting, in case the project is reopened."""
    offered = (Participation.project_id == project.id, Participation.offered_cohort_id.is_not(None))
    session.execute(
        update(Participation).where(*offered).values(offered_cohort_id=None, offer_expires_at=None)
    )


def _stop_invitations(project: Project) -> None:
    """Cancel the invitations that wait to be sent, because nobody can sign up any more."""
    query = select(Participation.id).where(Participation.project_id == project.id)
    cancel_scheduled([f"{INVITATION_SUBSCRIPTION}{number}" for number in session.scalars(query)])


def add_partner_garden(viewer: Viewer, slug: str, garden_id: int) -> None:
    """Let another business garden take part in a project. Adding it twice changes nothing."""
    with transaction():
        project = lock_project_as_leader(viewer, slug).project
        if garden_id not in {garden.id for garden in gardens()}:
            raise RuleBroken(_("Choose one from the list."), "garden")
        if garden_id in participating_garden_ids(project):
            return
        session.add(ProjectGarden(project_id=project.id, garden_id=garden_id))
        record(viewer, "project.add_garden", "project", project.id, garden=garden_id)


def remove_partner_garden(viewer: Viewer, slug: str, garden_id: int) -> bool:
    """Remove a partner garden; return False if the garden is not a partner.

    Raises RuleBroken if the garden is responsible for a place.
    """
    with transaction():
        project = lock_project_as_leader(viewer, slug).project
        partner = session.get(ProjectGarden, (project.id, garden_id))
        if partner is None:
            return False
        places = select(ProjectPlace.id).where(
            ProjectPlace.project_id == project.id, ProjectPlace.garden_id == garden_id
        )
        if session.scalar(places) is not None:
            raise RuleBroken(
                _("This business garden is responsible for a place. Give the place to another one first.")
            )
        session.delete(partner)
        record(viewer, "project.remove_garden", "project", project.id, garden=garden_id)
        return True


def lock_project_as_leader(viewer: Viewer, slug: str) -> ProjectAccess:
    """Lock a project for a change by its leader, inside the caller's transaction. Raises NotFound or Forbidden."""
    access = project_as_leader(viewer, slug)
    lock_project(access.project.id)
    return access


def participating_garden_ids(project: Project) -> set[int]:
    """Return the ids of the owner garden and the partner gardens of a project."""
    partners = select(ProjectGarden.garden_id).where(ProjectGarden.project_id == project.id)
    return {project.garden_id, *session.scalars(partners)}


def _check_period(details: ProjectDetails) -> None:
    if details.ends_on is not None and details.ends_on < details.starts_on:
        raise RuleBroken(_("The project cannot end before it begins."), "ends_on")


def _unused_slug(name: str) -> str:
    """Return an unused slug for a new project."""
    base = make_slug(name)
    taken = RESERVED_SLUGS | set(
        session.scalars(select(Project.slug).where(Project.slug.startswith(base, autoescape=True)))
    )
    candidates = (base, *(f"{base}-{suffix}" for suffix in range(2, len(taken) + 2)))
    return next(slug for slug in candidates if slug not in taken)
