"""Factories for projects, cohorts, participations and sessions."""

import datetime as dt
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import make_slug
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPlace
from marketplace.programme.models.sessions import AttendanceMark, CourseSession

_counter = iter(range(1, 1_000_000))


def project(of: BusinessGarden, name: str = "Digital synlighet", **values: Any) -> Project:
    """Add a project of a garden that began 60 days ago."""
    details: dict[str, Any] = {"starts_on": clock.today() - dt.timedelta(days=60), "garden_id": of.id}
    added = Project(name=name, slug=f"{make_slug(name)}-{next(_counter)}", **(details | values))
    session.add(added)
    session.flush()
    return added


def place(of: Project, name: str = "Oppdal", **values: Any) -> ProjectPlace:
    """Add a place of a project, by default in Oppdal and run by the owner garden."""
    details = {"garden_id": of.garden_id, "municipality_number": "5021"}
    added = ProjectPlace(project_id=of.id, name=name, **(details | values))
    session.add(added)
    session.flush()
    return added


def cohort(at: ProjectPlace, name: str | None = None, **values: Any) -> Cohort:
    """Add a cohort at a place, with 25 seats by default."""
    details: dict[str, Any] = {"name": name or f"{at.name} {next(_counter)}", "seats": 25}
    added = Cohort(project_id=at.project_id, place_id=at.id, **(details | values))
    session.add(added)
    session.flush()
    return added


def participation(of: Cohort | Project, name: str = "Bjørkvollen ysteri", **values: Any) -> Participation:
    """Add a company with a seat in a cohort, or a lead of a project, with a token of its own."""
    number = next(_counter)
    is_cohort = isinstance(of, Cohort)
    details: dict[str, Any] = {
        "project_id": of.project_id if is_cohort else of.id,  # type: ignore[union-attr]  # because is_cohort distinguishes them
        "cohort_id": of.id if is_cohort else None,
        "state": "signed_up" if is_cohort else "lead",
        "signed_up_at": clock.now() if is_cohort else None,
        "asked_to_confirm_at": clock.now() if is_cohort else None,
        "confirmed_at": clock.now() if is_cohort else None,
        "company_name": name,
        "municipality_number": "5021",
        "contact_name": "Kari Lyngstad",
        "contact_email": f"contact{number}@bjorkvollen.example",
    }
    added = Participation(**(details | values))
    added.renew_token()
    session.add(added)
    session.flush()
    return added


def course_session(of: Cohort, starts_at: dt.datetime | None = None, **values: Any) -> CourseSession:
    """Add a session of three hours for a cohort, in a week by default."""
    begins = starts_at or clock.now() + dt.timedelta(days=7)
    details: dict[str, Any] = {
        "number": 1,
        "uid": f"session-{next(_counter)}@leverandortorget",
        "starts_at": begins,
        "ends_at": begins + dt.timedelta(hours=3),
        "venue": "Meieriet",
        "municipality_number": "5021",
    }
    added = CourseSession(cohort_id=of.id, **(details | values))
    session.add(added)
    session.flush()
    return added


def mark(at: CourseSession, of: Participation, kind: str = "here", **values: Any) -> AttendanceMark:
    """Add a mark of a company at a session, made when the session began."""
    details: dict[str, Any] = {
        "marked_at": at.starts_at,
        "client_key": f"key-{next(_counter)}",
        "source": "staff",
    }
    added = AttendanceMark(session_id=at.id, participation_id=of.id, mark=kind, **(details | values))
    session.add(added)
    session.flush()
    return added
