"""The front page, the home page of each role, and explanatory pages."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)

from marketplace.pages.views import (  # noqa: E402  because they add their routes to the blueprint
    admin,
    cohort_overview,
    company_card,
    company_next_steps,
    company_reminders,
    drafts,
    explain,
    front,
    home,
)
