"""Blueprint of the reporting pages, most of which exist twice: about a project, and about the viewer's garden."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, url_for

View = TypeVar("View", bound=Callable[..., Any])
blueprint = Blueprint("reporting", __name__)
LEADER_ISSUES = "the project leader may be any member of the owner garden; the use case checks the role"


def report_route(rule: str, **options: Any) -> Callable[[View], View]:
    """Register a view about a project, given by `slug`, and under the rule alone about the viewer's garden."""

    def register(view: View) -> View:
        blueprint.add_url_rule(f"/programme/<slug>{rule}", view_func=view, **options)
        blueprint.add_url_rule(rule, view_func=view, **options)
        return view

    return register


def report_url(slug: str, endpoint: str, **values: Any) -> str:
    """Return the URL of a page about a project, or about the viewer's garden if `slug` is empty."""
    if slug:
        values["slug"] = slug
    return url_for(endpoint, **values)
