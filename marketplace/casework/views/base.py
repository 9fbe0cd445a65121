"""Blueprint of the casework pages, and the page that notes and tasks are shown on."""

from flask import Blueprint, redirect, url_for

from marketplace.casework.queries.subjects import Subject
from marketplace.web.response import ViewResponse

blueprint = Blueprint("casework", __name__)
ADVISERS = "every adviser of a garden helps its companies; queries restrict which companies they see"


def subject_url(subject: Subject) -> str:
    """Return the URL of the page that shows the notes and tasks about a subject."""
    if subject.company_id is not None:
        return url_for("pages.company_card", company_id=subject.company_id, _anchor="casework")
    return url_for(
        "programme.participation",
        slug=subject.slug,
        participation_id=subject.participation_id,
        _anchor="casework",
    )


def back_to(subject: Subject) -> ViewResponse:
    """Redirect to the page that shows the notes and tasks about a subject."""
    return redirect(subject_url(subject), 303)
