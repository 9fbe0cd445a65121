"""Panels with notes and tasks, on the page of a company and on the page of a company in a project."""

from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.casework.labels import ACTIVITIES
from marketplace.casework.queries.notes import notes_about
from marketplace.casework.queries.subjects import Subject, company_subject, participation_subject
from marketplace.casework.queries.tasks import tasks_about
from marketplace.core import clock
from marketplace.core.hooks import Panel
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.hooks import CompanyPanel, CompanyStep

if TYPE_CHECKING:
    from marketplace.programme.models.participation import Participation

TEMPLATE = "casework/_panel.html"


def _values(viewer: Viewer, subject: Subject) -> dict[str, Any]:
    about: dict[str, Any] = {"company_id": subject.company_id}
    if subject.company_id is None:
        about = {"slug": subject.slug, "participation_id": subject.participation_id}
    tasks, done = tasks_about(viewer, subject)
    return {
        "subject": subject,
        "new_note": url_for("casework.new_note", **about),
        "new_task": url_for("casework.new_task", **about),
        "notes": notes_about(viewer, subject),
        "tasks": tasks,
        "done": done,
        "activities": ACTIVITIES,
        "today": clock.today(),
        "user_id": viewer.user_id,
    }


def casework_panel(viewer: Viewer, company_id: int) -> CompanyPanel:
    """Build the panel on the page of a company, with the tasks that are due as next steps."""
    values = _values(viewer, company_subject(viewer, company_id))
    steps = [
        CompanyStep(
            task.what,
            url_for("pages.company_card", company_id=company_id, _anchor="casework"),
            when=_("Due %(date)s", date=format_date(task.due_on)),
            is_urgent=True,
        )
        for task in values["tasks"]
        if task.due_on <= values["today"]
    ]
    return CompanyPanel(TEMPLATE, values, steps)


def participation_casework_panel(viewer: Viewer, participation: "Participation") -> Panel:
    """Build the panel on the page of a company in a project."""
    subject = participation_subject(viewer, participation.project.slug, participation.id)
    return Panel(TEMPLATE, _values(viewer, subject))
