"""Objects of the programme for the policy tests."""

from typing import Any

from flask import current_app

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.check_in import check_in_code
from marketplace.programme.models.projects import ProjectPerson
from marketplace.programme.models.sessions import SessionFeedback, SessionMaterial
from marketplace.programme.use_cases.attendance import LINK_PURPOSES, create_link
from tests.factories import casework, finance, programme
from tests.project.policy_reporting import report_objects, report_values


def programme_objects(garden: BusinessGarden, user_id: int, number: str = "310000019") -> dict[str, Any]:
    """Add a project of a garden with a place, a cohort, a session and a leader; return them by URL parameter name."""
    project = programme.project(garden, is_sign_up_open=True)
    place = programme.place(project)
    cohort = programme.cohort(place)
    person = ProjectPerson(project_id=project.id, user_id=user_id, role="leader", since=project.starts_on)
    seat = programme.participation(cohort, organisation_number=number)
    planned = programme.course_session(cohort)
    material = SessionMaterial(session_id=planned.id, title="Ark", use="before")
    session.add_all([person, material])
    session.flush()
    session.add(StoredFile(material_id=material.id, media_type="application/pdf", size=4, data=b"%PDF"))
    links = {purpose: create_link(planned.id, purpose, Viewer(user_id=user_id)) for purpose in LINK_PURPOSES}
    feedback_token = new_token()
    feedback = SessionFeedback(
        session_id=planned.id, participation_id=seat.id, token_hash=token_hash(feedback_token)
    )
    session.add(feedback)
    session.flush()
    return {
        "token:feedback": feedback_token,
        "token:attendance": links["attendance"],
        "token:lecturer": links["lecturer"],
        "slug:programme": project.slug,
        "token:seat": seat.token,
        "token:calendar": seat.calendar_token,
        "participation_id": seat.id,
        "session_id:programme": planned.id,
        "material_id": material.id,
        "place_id": place.id,
        "cohort_id": cohort.id,
        "person_id": person.id,
        **casework_objects(seat.id, garden.id, user_id),
        "hours_id": finance.hours(project, user_id).id,
        "source_id": finance.source(project, user_id).id,
        "entry_id": finance.entry(project, user_id).id,
        "grant_id": finance.grant(seat, user_id).id,
        **report_objects(project, user_id),
    }


def casework_objects(participation_id: int, garden_id: int, user_id: int) -> dict[str, Any]:
    """Add a note and a task about a company in a project; return them by URL parameter name."""
    adviser = Viewer(user_id=user_id, organisation_id=garden_id)
    return {
        "note_id": casework.note(adviser, participation_id=participation_id).id,
        "task_id": casework.task(adviser, participation_id=participation_id).id,
    }


def programme_values(rule: str, objects: dict[str, Any]) -> dict[str, Any]:
    """Return the values of URL parameters that other rules use for other objects."""
    if rule.startswith("/programme/"):
        return {
            "slug": objects["slug:programme"],
            "session_id": objects["session_id:programme"],
            **report_values(rule, objects),
        }
    if rule.startswith("/report"):
        return report_values(rule, objects)
    if rule.startswith("/here/"):
        session_id = objects["session_id:programme"]
        code = check_in_code(current_app.config["SECRET_KEY"], session_id, clock.now())
        return {"session_id": session_id, "code": code}
    if rule.startswith("/courses/seat/"):
        return {"session_id": objects["session_id:programme"]}
    return {"slug": objects["slug:programme"]} if rule.startswith("/courses/") else {}


def programme_token(rule: str, objects: dict[str, Any]) -> str | None:
    """Return a valid token for the secret links of a participation, or None for other rules."""
    tokens = {
        "/reports/": "project",
        "/calendar/": "calendar",
        "/courses/seat/": "seat",
        "/sessions/<token>/list": "attendance",
        "/sessions/<token>/room": "lecturer",
        "/sessions/<token>/feedback": "feedback",
    }
    purpose = next((purpose for prefix, purpose in tokens.items() if rule.startswith(prefix)), None)
    return str(objects[f"token:{purpose}"]) if purpose else None
