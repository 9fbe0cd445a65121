"""The handbook for business gardens, and the region's file for others to start from."""

from flask import Blueprint, Response, render_template

from marketplace.core.course_plan import course_plan
from marketplace.core.region import current_region
from marketplace.regions.export import region_yaml, with_whole_course_plan
from marketplace.regions.reader import FILE_NAME
from marketplace.vetting.rules import PROMISED_WORKING_DAYS
from marketplace.web import access

blueprint = Blueprint("regions", __name__)


@blueprint.get("/handbook")
@access.public
def handbook() -> str:
    """Explain to business gardens how the network works, and how to start one in another region."""
    return render_template(
        "regions/handbook.html",
        working_days=PROMISED_WORKING_DAYS,
        sessions=len(course_plan().sessions),
    )


@blueprint.get("/handbook/region.yaml")
@access.public
def region_file() -> Response:
    """Download the region file, without gardens and people."""
    text = region_yaml(with_whole_course_plan(current_region()), ())
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return Response(text, mimetype="application/yaml", headers=headers)
