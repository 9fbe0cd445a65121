"""The front page, the home page of each role, and explanatory pages."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)

from marketplace.pages.views import admin, company_card, drafts, explain, front, home  # noqa: E402, F401  because they add their routes to the blueprint
