"""Progress of the companies of a cohort."""

from flask import render_template

from marketplace.pages.queries.cohort_overview import cohort_overview
from marketplace.pages.views import blueprint
from marketplace.programme.queries.cohorts import cohort_for
from marketplace.programme.queries.projects import project_for
from marketplace.web import access
from marketplace.web.viewer import current_viewer


@blueprint.get("/programme/<slug>/cohorts/<int:cohort_id>/overview", endpoint="cohort_overview")
@access.garden
def show_cohort_overview(slug: str, cohort_id: int) -> str:
    """Show attendance, self-assessment, strategy and briefs of each company in a cohort, and its next step."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    cohort = cohort_for(project_access, cohort_id)
    return render_template(
        "pages/cohort_overview.html",
        access=project_access,
        cohort=cohort,
        rows=cohort_overview(viewer, cohort),
    )
