"""Hooks through which higher-level packages add to the pages of a strategy."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marketplace.core.hooks import Hook, Panel
from marketplace.core.viewer import Viewer
from marketplace.strategy.objective_warnings import Period

action_panels: Hook[Callable[[Viewer, Sequence[int]], Mapping[int, Panel]]] = Hook()
"""Build panels for actions of the viewer's company, by the ids of the actions; an action may have none."""

plan_start_panels: Hook[Callable[[Viewer], Panel | None]] = Hook()
"""Build a panel for the start page of the plan of the viewer's company; None shows nothing."""

plan_export: Hook[Callable[[int], Sequence[Mapping[str, Any]]]] = Hook()
"""Return rows of higher-level packages for the file with the whole plan of a company, by company id."""

course_ends: Hook[Callable[[Sequence[int]], Mapping[int, dt.date]]] = Hook()
"""Return the local date of each company's last course session, by company id. Companies in no course are left out."""

project_periods: Hook[Callable[[int], Sequence[Period]]] = Hook()
"""Return the periods of the projects that a company takes part in and that have not ended, by company id."""

guide_topics: Hook[Callable[[], Mapping[str, str]]] = Hook()
"""Return the titles of the procurement guide's topics in the current language, by code."""


def build_action_panels(viewer: Viewer, action_ids: Sequence[int]) -> dict[int, list[Panel]]:
    """Build all panels of actions, by the id of the action."""
    panels: dict[int, list[Panel]] = {number: [] for number in action_ids}
    for build in action_panels:
        for number, panel in build(viewer, action_ids).items():
            panels[number].append(panel)
    return panels


def exported_rows(company_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that higher-level packages add to the file with the whole plan of a company, by name."""
    return {
        name: [dict(row) for row in export(company_id)]
        for name, export in zip(plan_export.names, plan_export, strict=True)
    }


def find_course_ends(company_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return the date of the last course session of each company that is in a course."""
    return {company_id: day for find in course_ends for company_id, day in find(company_ids).items()}


def find_project_periods(company_id: int | None) -> list[Period]:
    """Return the periods of the projects that a company takes part in; none without a company."""
    return [] if company_id is None else [period for find in project_periods for period in find(company_id)]


def guide_topic_titles() -> dict[str, str]:
    """Return the titles of the procurement guide's topics in the current language, by code."""
    return {code: title for titles in guide_topics for code, title in titles().items()}
