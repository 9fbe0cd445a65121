"""Issued reports and links to them for the policy tests."""

import datetime as dt
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import new_token, token_hash
from marketplace.programme.models.projects import Project
from marketplace.reporting.models import ReportIssue, ReportLink


def report_objects(project: Project, user_id: int) -> dict[str, Any]:
    """Add an issue and a link for a project and for its garden; return them by URL parameter name."""
    objects: dict[str, Any] = {"extension": "json"}
    for kind, project_id in (("project", project.id), ("garden", None)):
        token = new_token()
        number = 100 + project.id
        about = {"garden_id": project.garden_id, "project_id": project_id}
        issue = ReportIssue(
            **about,
            number=number,
            from_on=dt.date(2026, 1, 1),
            to_on=dt.date(2026, 6, 30),
            as_of=clock.now(),
            content={"parts": []},
            digest="0" * 64,
            issued_by_id=user_id,
        )
        link = ReportLink(
            **about,
            label="Fylket",
            token_hash=token_hash(token),
            created_by_id=user_id,
            expires_at=clock.now() + dt.timedelta(days=30),
        )
        session.add_all([issue, link])
        session.flush()
        objects |= {f"number:{kind}": number, f"link_id:{kind}": link.id, f"token:{kind}": token}
    return objects


def report_values(rule: str, objects: dict[str, Any]) -> dict[str, Any]:
    """Return the values of URL parameters of the rules of reports."""
    if rule.startswith("/programme/<slug>/report/"):
        return {"number": objects["number:project"], "link_id": objects["link_id:project"]}
    if rule.startswith("/report/"):
        return {"number": objects["number:garden"], "link_id": objects["link_id:garden"]}
    return {"number": objects["number:project"]} if rule.startswith("/reports/") else {}
